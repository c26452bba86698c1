"""What differs between two schemes, as changes that say themselves in either language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kcz_metrics.locales import T, Text
from kcz_metrics.scheme.models import Index, Method, Model, Scheme


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``subject`` is the path of the object; ``before`` and ``after`` are plain values, None where there was nothing."""

    kind: Literal["added", "removed", "changed", "weight"]
    subject: str
    before: Any
    after: Any
    text: Text


_SECTIONS = ("measures", "indicators", "indices", "selections", "targets")


def compare(before: Scheme, after: Scheme) -> tuple[Change, ...]:
    """The differences from one scheme to another, in the order of sections and of the file. Empty where they compute the same."""
    return tuple(_changes(before, after))


def _changes(before: Scheme, after: Scheme) -> Iterator[Change]:
    for key in ("edition", "title"):
        yield from _value(key, getattr(before, key), getattr(after, key))
    yield from _mapping("parameters", before.parameters, after.parameters)
    for section in _SECTIONS:
        old: Mapping[str, Model] = getattr(before, section)
        new: Mapping[str, Model] = getattr(after, section)
        for id_ in (*old, *(i for i in new if i not in old)):
            subject = f"{section}.{id_}"
            if id_ not in new:
                yield Change("removed", subject, id_, None, _gone_and_new(section, id_)[0])
            elif id_ not in old:
                yield Change("added", subject, None, id_, _gone_and_new(section, id_)[1])
            else:
                yield from _model(subject, old[id_], new[id_])


def _gone_and_new(section: str, id_: str) -> tuple[Text, Text]:
    """That an object was removed, and that it was added."""
    match section:
        case "measures":
            return T("删去了基础量 {id}", id=id_), T("新增了基础量 {id}", id=id_)
        case "indicators":
            return T("删去了指标 {id}", id=id_), T("新增了指标 {id}", id=id_)
        case "indices":
            return T("删去了指数 {id}", id=id_), T("新增了指数 {id}", id=id_)
        case "selections":
            return T("删去了遴选 {id}", id=id_), T("新增了遴选 {id}", id=id_)
    return T("删去了目标 {id}", id=id_), T("新增了目标 {id}", id=id_)


def _model(subject: str, before: Model, after: Model) -> Iterator[Change]:
    for name, field in type(before).model_fields.items():
        old, new = getattr(before, name), getattr(after, name)
        if name == "tree" and isinstance(before, Index) and isinstance(after, Index):
            yield from _tree(subject, before, after)
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _mapping(f"{subject}.{field.alias or name}", old, new)
        else:
            yield from _value(f"{subject}.{field.alias or name}", old, new)


def _tree(subject: str, before: Index, after: Index) -> Iterator[Change]:
    old = {child.id: (parent.id, child) for parent in before.tree.walk() for child in parent.children}
    new = {child.id: (parent.id, child) for parent in after.tree.walk() for child in parent.children}
    for id_ in (*old, *(i for i in new if i not in old)):
        here = f"{subject}.tree.{id_}"
        if id_ not in new:
            yield Change("removed", here, old[id_][1].weight, None, T("{index} 去掉了 {id}", index=before.id, id=id_))
            continue
        if id_ not in old:
            said = T("{index} 加入了 {id}，权重 {weight:g}", index=after.id, id=id_, weight=new[id_][1].weight)
            yield Change("added", here, None, new[id_][1].weight, said)
            continue
        (old_parent, was), (new_parent, now) = old[id_], new[id_]
        if old_parent != new_parent:
            said = T("{id} 从 {before} 移到 {after}", id=id_, before=old_parent, after=new_parent)
            yield Change("changed", here, old_parent, new_parent, said)
        if was.weight != now.weight:
            said = T("{id} 的权重由 {before:g} 改为 {after:g}", id=id_, before=was.weight, after=now.weight)
            yield Change("weight", here, was.weight, now.weight, said)
        for name in ("name", "aggregate", "weights", "children_coverage"):
            yield from _value(f"{here}.{name}", getattr(was, name), getattr(now, name))


def _mapping(subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in (*before, *(k for k in after if k not in before)):
        yield from _value(f"{subject}.{key}", before.get(key), after.get(key))


def _value(subject: str, before: Any, after: Any) -> Iterator[Change]:
    if before != after:
        said = T("{subject} 由 {before} 改为 {after}", subject=subject, before=_shown(before), after=_shown(after))
        yield Change("changed", subject, _plain(before), _plain(after), said)


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.model_dump(mode="json", exclude_none=True)
    return [_plain(v) for v in value] if isinstance(value, (tuple, list)) else value


def _shown(value: Any) -> Text:
    if value is None or value in ((), {}):
        return T("（无）")
    if isinstance(value, Method):
        inner = ", ".join(f"{k}: {v}" for k, v in value.parameters.items())
        return T("{text}", text=f"{value.method} ({inner})" if inner else value.method)
    plain = _plain(value)
    if isinstance(plain, dict):
        plain = "{" + ", ".join(f"{k}: {v}" for k, v in plain.items()) + "}"
    elif isinstance(plain, list):
        plain = "[" + ", ".join(map(str, plain)) + "]"
    text = str(plain).lower() if isinstance(plain, bool) else str(plain)
    return T("{text}", text=text if len(text) <= 120 else text[:119] + "…")
