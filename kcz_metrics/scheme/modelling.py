"""Data to models. What a model refuses becomes an issue with its line and is left out; the rest is read on, for one answer with all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kcz_metrics.errors import Issue, did_you_mean
from kcz_metrics.locales import T, Text
from kcz_metrics.scheme.base import ID_PATTERN
from kcz_metrics.scheme.document import Document, Path, dotted
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scheme.shorthand import Origins, origin, written_out

#: Rounds of leaving out what is refused before the rest is given up.
_ROUNDS = 30
#: Of one kind that are put into words; a reader is told of fewer.
_WORDED = 200


@dataclass(frozen=True)
class Modelled:
    """``scheme`` lacks what was refused; None where nothing is left. ``origins`` lead from nodes to the text."""

    scheme: Scheme | None
    origins: Origins
    issues: tuple[Issue, ...]


def modelled(document: Document) -> Modelled:
    """The scheme of a document, without what is wrong in it, and the issues."""
    data, origins, issues = written_out(replace(document, data=deepcopy(document.data)))
    if any(i.code == "tree_empty" and i.subject.count(".") == 2 for i in issues):
        _drop_empty_trees(data)
    for turn in range(_ROUNDS):
        try:
            return Modelled(Scheme.model_validate(data, strict=True), origins, tuple(issues))
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=True)
            # what is missing later is missing because it was refused before
            issues += _issues([d for d in details if turn == 0 or d["type"] != "missing"], document, origins, data)
            for path in sorted({_refused(detail, data) for detail in details}, key=_backwards):
                _remove(data, path)
    return Modelled(None, origins, tuple(issues))


def _drop_empty_trees(data: dict[str, Any]) -> None:
    for id_, index in list(data["indices"].items()):
        if isinstance(index, dict) and isinstance(index.get("tree"), dict) and not index["tree"].get("children"):
            del data["indices"][id_]


def _issues(details: list[ErrorDetails], document: Document, origins: Origins, data: Any) -> Iterator[Issue]:
    """One issue for each place; a place that fits no member of a union is said once."""
    said: set[tuple[Path, str]] = set()
    counts: Counter[str] = Counter()
    for detail in details:
        model = tuple(detail["loc"])
        path = origin(_existing(model, data) if detail["type"] != "missing" else model, origins)
        counts[detail["type"]] += 1
        if counts[detail["type"]] > _WORDED:
            yield Issue(
                code_of(detail),
                T("值不对：{problem}", problem=detail["msg"].removeprefix("Value error, ")),
                document.at(path),
                dotted(path),
            )
            continue
        holder = model[:-1] if detail["type"] == "extra_forbidden" else model
        code, message, expected, found, hint = worded(detail, known_keys(holder))
        if (path, detail["type"] if detail["type"] in ("extra_forbidden", "missing") else "value") in said:
            continue
        said.add((path, detail["type"] if detail["type"] in ("extra_forbidden", "missing") else "value"))
        shown = dotted(document.nearest(path)) if detail["type"] != "missing" else dotted((*document.nearest(path[:-1]), path[-1]))
        yield Issue(code, message, document.at(path), shown, expected, found, hint)


def worded(detail: ErrorDetails, known: Sequence[str]) -> tuple[str, Text, Text | None, Text | None, Text | None]:
    """A refusal of pydantic in our words: code, message, expected, found, hint. ``known`` are the keys that can stand there."""
    return code_of(detail), *_wording(detail, known)


def code_of(detail: ErrorDetails) -> str:
    return {"extra_forbidden": "unknown_key", "missing": "missing_key", "string_pattern_mismatch": "id"}.get(detail["type"], "value")


def _wording(detail: ErrorDetails, known: Sequence[str]) -> tuple[Text, Text | None, Text | None, Text | None]:
    given, context = detail["input"], detail.get("ctx", {})
    found = T("{value}", value=_short(given))
    match detail["type"]:
        case "extra_forbidden":
            key = str(detail["loc"][-1])
            return T("没有“{key}”这个键", key=key), T("{names}", names=", ".join(known)), None, did_you_mean(key, known)
        case "missing":
            return T("缺少“{key}”", key=detail["loc"][-1]), None, None, None
        case "string_pattern_mismatch" if context.get("pattern") == ID_PATTERN:
            return T("代码写法不对"), T("以字母开头，只含字母、数字和下划线，至多 64 个字符"), found, None
        case "literal_error" | "enum":
            options = [word.strip("'") for word in str(context.get("expected", "")).replace(" or ", ", ").split(", ")]
            return T("没有这个选项"), T("{names}", names=", ".join(options)), found, did_you_mean(str(given), options)
        case "string_type":
            hint = T("加引号：{text}", text=f'"{given}"') if not isinstance(given, (dict, tuple)) and given is not None else None
            return T("此处应为文本"), None, found, hint
        case "float_type" | "int_type" | "int_from_float" | "float_parsing" | "int_parsing":
            whole = detail["type"].startswith("int") and detail["loc"][-1] != "int"  # a last step "int" is one side of "int or float"
            return T("此处应为整数") if whole else T("此处应为数值"), None, found, None
        case "bool_type":
            return T("此处应为 true 或 false"), None, found, None
        case "dict_type" | "mapping_type" | "model_type" | "model_attributes_type":
            return T("此处应为“键: 值”"), T("{names}", names=", ".join(known)) if known else None, found, None
        case "tuple_type":
            return T("此处应为列表"), None, found, T("写成 [ ]")
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            sign = {"greater_than": ">", "greater_than_equal": "≥", "less_than": "<", "less_than_equal": "≤"}[detail["type"]]
            limit = context.get(detail["type"].removesuffix("_equal").replace("greater_than", "gt").replace("less_than", "lt"))
            if limit is None:
                limit = context.get({"greater_than_equal": "ge", "less_than_equal": "le"}.get(detail["type"], ""), "")
            return T("数值超出范围"), T("{sign} {limit:g}", sign=sign, limit=limit), found, None
        case "date_type":
            return T("此处应为日期"), T("{example}", example="2021-12-31"), found, T("日期不加引号")
        case _:
            return T("值不对：{problem}", problem=detail["msg"].removeprefix("Value error, ")), None, found, None


def _short(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        text = "{" + ", ".join(map(str, value)) + "}"
    elif isinstance(value, tuple):
        text = "[" + ", ".join(map(str, value)) + "]"
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def known_keys(path: Path) -> tuple[str, ...]:
    """The keys that a model takes at a path of models."""
    found: set[type[BaseModel]] = {Scheme}
    kinds: list[Any] = [Scheme]
    for step in path:
        kinds = [inner for kind in kinds for inner in _inside(kind, step)]
    found = {m for kind in kinds for m in _models(kind)}
    names = [field.alias or name for model in found for name, field in model.model_fields.items()]
    # ids of nodes and indices are keys of the text, and a tree's shorthand has a word of its own
    if path[:1] == ("indices",):
        names = [n for n in names if n != "id" or "tiers" in path or "adjust" in path] + (["share"] if "multiplier" in names else [])
    return tuple(dict.fromkeys(name for name in names if name != "rules"))


def _inside(kind: Any, step: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                yield field.annotation
        return
    origin_, arguments = get_origin(kind), get_args(kind)
    if origin_ in (Union, UnionType):
        for member in arguments:
            yield from _inside(member, step)
    elif isinstance(origin_, type) and issubclass(origin_, Mapping):
        yield arguments[1]
    elif origin_ is tuple:
        yield arguments[0]
    elif hasattr(kind, "__metadata__"):
        yield from _inside(arguments[0], step)


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    elif get_origin(kind) in (Union, UnionType) or hasattr(kind, "__metadata__"):
        for member in get_args(kind):
            yield from _models(member)


def _existing(path: Path, data: Any) -> Path:
    """The path without steps that are no place in the data: names of union members, of moved keys, of ids."""
    here: Path = ()
    for step in path:
        if _has(data, step):
            data, here = data[step], (*here, step)
    return here


def _has(data: Any, step: Any) -> bool:
    """Whether a dict has the key, or a list the position."""
    return step in data if isinstance(data, dict) else isinstance(data, tuple) and isinstance(step, int) and step < len(data)


def _refused(detail: ErrorDetails, data: Any) -> Path:
    """What must go so that the rest can be read: the value, or the thing that misses one; a wrong key with its value."""
    path = tuple(detail["loc"])
    found = _existing(path[:-1] if detail["type"] == "missing" or path[-1:] == ("[key]",) else path, data)
    # an id of a node or a nested name cannot go alone
    return found[:-1] if found[-1:] == ("id",) and found[:1] == ("indices",) else found


def _backwards(path: Path) -> tuple[tuple[int, str], ...]:
    """Later items of a list before earlier ones, so that positions stay good."""
    return tuple((-step, "") if isinstance(step, int) else (0, step) for step in path)


def _remove(data: Any, path: Path) -> None:
    """Take a path out. Data is rebuilt by the caller's tuples, so a list loses the item by a new tuple."""
    if not path:
        data["edition"] = ""  # the one key a scheme must have; without it nothing else would be looked at
        return
    holder: Any = data
    trail: list[tuple[Any, Any]] = []
    for step in path[:-1]:
        if not _has(holder, step):
            return
        trail.append((holder, step))
        holder = holder[cast(Any, step)]
    last = path[-1]
    if isinstance(holder, dict) and last == "agg" and path[0] == "measures":
        # stands in, so that the rest of the measure is looked at in the same answer
        holder.pop("q", None)
        holder[last] = "distinct" if "of" in holder else "count"
    elif isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, tuple) and isinstance(last, int) and last < len(holder) and trail:
        above, step = trail[-1]
        if isinstance(above, dict):
            above[step] = (*holder[:last], *holder[last + 1 :])
        else:
            _remove(data, path[:-1])
