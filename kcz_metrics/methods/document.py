"""``docs/methods.md`` from the tables of methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kcz_metrics.methods import FAMILIES, MethodEntry
from kcz_metrics.methods.guidance import GUIDANCE, NOTES
from kcz_metrics.tables.labels import Label

#: Family → its name in both languages, and what its methods take and give.
_HEADINGS: Mapping[str, tuple[Label, str]] = {
    "impute": (
        Label("缺失填补", "Impute"),
        "Fills holes within the group; a filled cell is marked, a value that is there is never touched.",
    ),
    "treat": (
        Label("异常值处理", "Treat"),
        "Within the group, after the indicator's transform; every moved cell is marked with the way it went.",
    ),
    "normalise": (
        Label("标准化", "Normalise"),
        "Onto a common scale, direction applied once, here. Bounded methods give 0 to 1, mapped onto the index's `scale`; up says that "
        "more is better. `over` says whose values the scale is taken from. A denominator of 0 gives missing.",
    ),
    "weights": (Label("赋权", "Weights"), "Weights of a node's children as shares; objective ones read the children's scores x."),
    "aggregate": (
        Label("合成", "Aggregate"),
        "A node's score from its children's scores x under weights w, Σ w = 1 over the children present. With weights given and nothing "
        "treated a better value never lowers the unit's own score, except under `mazziotta_pareto`, and under `vikor` above nodes that "
        "compare units themselves; weights taken from the scores, and winsorising, may move against it under any.",
    ),
    "rank": (Label("排名", "Rank"), "Places by score, highest first, equal at 12 significant digits or at the published decimals."),
}


def document() -> str:
    """The whole text, ending in a line break. Raises KeyError for an entry without guidance."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Methods"
    yield ""
    yield "Generated from the tables of methods: `python -m kcz_metrics.methods` prints this part,"
    yield "`python tests/published/agreement.py --markdown` the last one. In the scheme a method is its name, or"
    yield "`{method: name, parameter: value}`. Missing values are passed over unless said otherwise; what cannot be computed is missing,"
    yield "never NaN or infinite."
    for family, entries in FAMILIES.items():
        label, text = _HEADINGS[family]
        yield from ("", f"## {label.en} {label.zh} (`{family}`)", "", text)
        for entry in entries.values():
            yield from ("", f"### `{entry.name}` {entry.label.en} · {entry.label.zh}", "")
            yield from _entry(family, entry)


def _entry(family: str, entry: MethodEntry) -> Iterator[str]:
    guidance = GUIDANCE[family][entry.name]
    yield f"- **Formula**: {entry.formula}"
    yield f"- **Parameters**: {'; '.join(_parameters(entry)) or 'none'}"
    yield f"- **Use**: {guidance.use}"
    yield f"- **Not**: {guidance.avoid}"
    if note := NOTES.get(family, {}).get(entry.name):
        yield f"- **Note**: {note}"
    yield f"- **Source**: {entry.source}"
    kinds = [said for said, holds in _kinds(family, entry) if holds]
    if kinds:
        yield f"- **Kind**: {'; '.join(kinds)}"


def _kinds(family: str, entry: MethodEntry) -> Iterator[tuple[str, bool]]:
    yield "bounded", entry.bounded
    yield "unbounded", family == "normalise" and not entry.bounded
    yield "scores are given on the scale itself", entry.on_scale
    yield "refuses negative scores", entry.nonnegative
    yield "compares units, group by group", entry.comparing
    yield "weights are not shares", entry.absolute


def _parameters(entry: MethodEntry) -> Iterator[str]:
    fields = entry.parameters.model_json_schema(by_alias=True)
    required = fields.get("required", [])
    for name, field in fields.get("properties", {}).items():
        default = "required" if name in required else f"default {_shown(field.get('default'))}"
        words = field.get("enum")
        among = f", one of {', '.join(f'`{w}`' for w in words)}" if words else ""
        yield f"`{name}` ({default}{among})"


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
