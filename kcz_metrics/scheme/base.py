"""What all models of a scheme are made of: ids, bilingual names, methods, filters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

ID_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
#: An id, or a reference to one; full-width letters are taken for the plain ones.
Id = Annotated[
    str,
    BeforeValidator(lambda v: unicodedata.normalize("NFKC", v).strip() if isinstance(v, str) else v),
    Field(pattern=ID_PATTERN),
]
Number = int | float
Scalar = bool | int | float | str | date
Share = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())


class Name(Model):
    """A text in both languages. A plain string in the file stands for both, and so does a text in one language alone."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


def _in_both(v: object) -> object:
    if isinstance(v, Mapping) and len(v) == 1 and set(v) <= {"zh", "en"}:
        (v,) = v.values()
    return {"zh": v, "en": v} if isinstance(v, str) else v


Bilingual = Annotated[Name, BeforeValidator(_in_both)]


class Method(Model):
    """A method of a family and its parameters; in the file a bare name or ``{method: name, parameter: value}``."""

    method: str
    parameters: Mapping[str, Any] = Field(default_factory=dict)


def _method(v: object) -> object:
    if isinstance(v, str):
        return {"method": v}
    if isinstance(v, Mapping) and "parameters" not in v and "method" in v:
        return {"method": v["method"], "parameters": {k: p for k, p in v.items() if k != "method"}}
    return v


MethodSpec = Annotated[Method, BeforeValidator(_method)]

#: A filter as written: column to bare value, or to {operator: operand}. ``kcz_metrics.language.filters`` reads it.
Where = Mapping[str, Any]
