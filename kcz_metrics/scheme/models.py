"""The scheme as frozen models. Reading, checking and writing stand beside this file; nothing here touches a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
Number = int | float
Scalar = bool | int | float | str | date
Share = Annotated[float, Field(ge=0, le=1, strict=False)]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())


class Name(Model):
    """A text in both languages. A plain string in the file stands for both."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


Bilingual = Annotated[Name, BeforeValidator(lambda v: {"zh": v, "en": v} if isinstance(v, str) else v)]


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


class Measure(Model):
    """One aggregate over one fact."""

    fact: str
    agg: Literal["count", "sum", "mean", "median", "quantile", "min", "max", "distinct", "diversity", "latest"]
    of: str | None = None
    q: Annotated[float, Field(gt=0, lt=1)] | None = None
    time: str | None = None
    window: Literal["period", "to_date", "trailing", "at_start", "at_end", "always"] = "period"
    months: Annotated[int, Field(gt=0)] | None = None
    where: Where = Field(default_factory=dict)
    at_least: Annotated[int, Field(ge=1)] | None = None
    at_least_of: str | None = None
    unit_key: Mapping[str, str] = Field(default_factory=dict)
    records: Literal["valid", "all"] = "valid"
    empty: Literal["zero", "missing"] | None = None
    name: Bilingual | None = None


class MinimumN(Model):
    of: str
    at_least: Annotated[int, Field(ge=1)]
    else_: Literal["missing", "mark", "shrink"] = Field("mark", alias="else")


class Shrink(Model):
    n: str
    strength: Annotated[float, Field(ge=0)]
    toward: Literal["group", "all"] = "group"


class Denominate(Model):
    by: str
    scale: Annotated[float, Field(gt=0)] = 1.0


class Indicator(Model):
    """A formula over measures, or a column of a file of values."""

    name: Bilingual | None = None
    definition: Bilingual | None = None
    safeguard: Bilingual | None = None
    formula: str | None = None
    column: str | None = None
    unit: str | Name | None = None
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    direction: Literal["up", "down"] = "up"
    floor: Number | None = None
    cap: Number | None = None
    denominate: Denominate | None = None
    transform: Literal["log", "log10", "log1p", "sqrt"] | None = None
    minimum_n: MinimumN | None = None
    shrink: Shrink | None = None
    applies_to: Where = Field(default_factory=dict)
    duty: bool = False
    impute: MethodSpec | None = None
    treat: MethodSpec | None = None
    normalise: MethodSpec | None = None
    owner: str | Name | None = None


class Node(Model):
    """A place in an index's tree; a leaf names an indicator. ``weight`` is relative within the parent: share × multiplier."""

    id: str
    name: Bilingual | None = None
    weight: Annotated[float, Field(ge=0)] = 1.0
    multiplier: float | None = None
    aggregate: MethodSpec | None = None
    weights: MethodSpec | None = None
    children_coverage: Share | None = None
    children: tuple[Node, ...] = ()

    @property
    def is_leaf(self) -> bool:
        return not self.children

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


class Override(Model):
    unit: str
    reason: str | Name = ""


class Screen(Model):
    minimum_coverage: Share = 0.0
    minimum_nonzero: Share = 0.0
    pillar_coverage: Share = 0.0
    coverage_by: Literal["weight", "count"] = "weight"
    required: tuple[str, ...] = ()
    minimum_group: Annotated[int, Field(ge=0)] = 0
    include: tuple[Override, ...] = ()
    exclude: tuple[Override, ...] = ()


class Periods(Model):
    grain: Literal["year", "half", "quarter", "month"] = "year"


class Scale(Model):
    lower: Number = 0
    upper: Number = 100


class Rank(Model):
    ties: Literal["competition", "dense", "average", "ordinal"] = "competition"
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    tie_break: tuple[str, ...] = ()


class Bounds(Model):
    share: Share


class Level(Model):
    id: str
    name: Bilingual | None = None
    seats: Annotated[int, Field(ge=0)] | None = None
    at_least: Number | None = None


class Tiers(Model):
    """Bands of the index's score, best first: by ``seats`` (places in the ranking) or by ``at_least`` (score thresholds).
    Keys of the state machine of DESIGN 7 are kept as given in ``model_extra`` until it exists."""

    model_config = ConfigDict(frozen=True, extra="allow")
    levels: tuple[Level, ...] = ()


Stage = Literal["denominate", "screen", "impute", "treat", "normalise", "aggregate", "adjust", "rank"]
STAGES: tuple[Stage, ...] = ("denominate", "screen", "impute", "treat", "normalise", "aggregate", "adjust", "rank")


class Index(Model):
    """A weighted tree of indicators over one kind of unit. ``tree`` is the root; its id is the index's id."""

    id: str
    name: Bilingual | None = None
    definition: Bilingual | None = None
    unit: str
    group: str | None = None
    applies_to: Where = Field(default_factory=dict)
    periods: Periods = Periods()
    scale: Scale = Scale()
    stages: tuple[Stage, ...] = STAGES
    screen: Screen | None = None
    impute: MethodSpec = Method(method="none")
    treat: MethodSpec = Method(method="none")
    normalise: MethodSpec = Method(method="minmax")
    weights: MethodSpec = Method(method="given")
    aggregate: MethodSpec = Method(method="arithmetic")
    children_coverage: Share = 0.0
    mixed: bool = False
    rank: Rank = Rank()
    tree: Node
    weight_sets: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)
    bounds: Bounds | None = None
    adjust: tuple[Mapping[str, Any], ...] = ()
    uncertainty: Mapping[str, Any] = Field(default_factory=dict)
    tiers: Tiers | None = None

    @property
    def leaves(self) -> tuple[str, ...]:
        """Indicator ids in the order of the tree."""
        return tuple(n.id for n in self.tree.walk() if n.is_leaf)

    @property
    def pillars(self) -> tuple[Node, ...]:
        return tuple(n for n in self.tree.children if not n.is_leaf)


class Scheme(Model):
    """A version of ``indicators.yaml``. ``digest`` is the SHA-256 of the canonical content, not of the file's bytes."""

    edition: str
    title: Bilingual | None = None
    parameters: Mapping[str, Any] = Field(default_factory=dict)
    measures: Mapping[Id, Measure] = Field(default_factory=dict)
    indicators: Mapping[Id, Indicator] = Field(default_factory=dict)
    indices: Mapping[Id, Index] = Field(default_factory=dict)
    selections: Mapping[str, Any] = Field(default_factory=dict)
    targets: Mapping[str, Any] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        import hashlib
        import json

        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
