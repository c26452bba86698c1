"""``docs/indicators.md``: every indicator of a scheme as the compiler reads it, in both languages, and how the values lie in one period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from kcz_metrics.facts import UNITS
from kcz_metrics.reports import sources
from kcz_metrics.scheme.models import Index, Indicator, Method, Scheme
from kcz_metrics.tables.labels import Label

_FACT = "../kcz_metrics/facts/{name}.sql"
_DIRECTIONS = {"up": Label("越高越好", "higher is better"), "down": Label("越低越好", "lower is better")}
_MINIMUM = {
    "shrink": Label("少于此数时标注并向同类均值收缩", "marked and shrunk toward the mean where fewer"),
    "mark": Label("少于此数时标注", "marked where fewer"),
    "missing": Label("少于此数时不计", "missing where fewer"),
}
#: What the versions of the scheme say of an indicator that none of them has changed.
FIRST = Label("首版", "first edition")


def document(scheme: Scheme) -> str:
    """What the scheme says, ending in a line break; the same for the same scheme, whatever the records."""
    return "\n".join(_lines(scheme)) + "\n"


def figures(scheme: Scheme, period: str, found: Mapping[str, pl.DataFrame]) -> str:
    """The part on how the values lie: index to the frame of ``analysis.figures``."""
    return "\n".join(_figures(scheme, period, found)) + "\n"


def _lines(scheme: Scheme) -> Iterator[str]:
    yield "# 指标手册 Indicator handbook"
    yield ""
    yield "由方案 `indicators.yaml` 生成，勿手改：`kcz handbook --period 2022 -o docs/indicators.md`。"
    yield "Generated from the scheme, not written by hand. A measure stands with its aggregate and the SQL of its fact; the whole"
    yield "statement that runs is what `kcz sql INDEX` prints, and the page 指标手册 (Indicators) shows it for one indicator."
    yield ""
    yield f"{_both(scheme.title, scheme.edition)} · {len(scheme.indicators)} 项指标 indicators"
    yield from _contents(scheme)
    for index in scheme.indices.values():
        yield from ("", f"## {_both(index.name, index.id)} (`{index.id}`)", "")
        yield f"评价对象 Unit: {_both(UNITS[index.unit].label, index.unit) if index.unit in UNITS else index.unit}"
        if index.definition is not None:
            yield from ("", index.definition.zh, "", index.definition.en)
        for node in index.tree.walk():
            leaves = [child for child in node.children if child.is_leaf]
            if leaves:
                yield from ("", f"### {_both(node.name, node.id)} · {node.weight:g}")
            for leaf in leaves:
                yield from _entry(scheme, index, leaf.id)


def _contents(scheme: Scheme) -> Iterator[str]:
    yield ""
    for index in scheme.indices.values():
        links = ", ".join(f"[{leaf}](#{leaf.lower()})" for leaf in index.leaves)
        yield f"- {_both(index.name, index.id)}: {links}"


def _entry(scheme: Scheme, index: Index, id: str) -> Iterator[str]:
    one = scheme.indicators[id]
    place = next(place for place in sources.places(scheme, id) if place.index == index.id)
    yield from ("", f'<a id="{id.lower()}"></a>', f"#### {id} {_both(one.name, id)}", "")
    if one.definition is not None:
        yield from (one.definition.zh, "", one.definition.en, "")
    if one.formula is not None:
        yield from (f"`{id} = {one.formula}`", "")
        yield f"- 公式 Formula: {sources.formula_in_words(scheme, one, 'zh')}; {sources.formula_in_words(scheme, one, 'en')}"
    for measure in sources.measures(scheme, id):
        yield f"- `{measure.id}` {_both(measure.measure.name, measure.id)}: {sources.in_words(measure, 'zh')}。"
        yield f"  {sources.in_words(measure, 'en')}."
        yield f"  `{sources.in_sql(measure)}` · [{measure.fact.id}]({_FACT.format(name=measure.fact.id)})"
    if one.beside:
        named = (f"{_both(scheme.measures[name].name, name)} `{name}`" for name in one.beside)
        yield f"- 并列 Beside, not scored: {'; '.join(named)}"
    tables = sources.tables(scheme, id)
    if tables:
        yield f"- 来源 Source tables: {', '.join(f'{label.zh} `{name}`' for name, label in tables.items())}"
    yield f"- 计量 Unit: {_unit(one)}; {_both(_DIRECTIONS[one.direction], one.direction)}; {_treatment(index, one)}"
    if one.minimum_n is not None:
        of = scheme.measures[one.minimum_n.of].name
        yield f"- 最低样本 Minimum n: {one.minimum_n.at_least} ({_both(of, one.minimum_n.of)}), {_both(_MINIMUM[one.minimum_n.else_], '')}"
    if one.safeguard is not None:
        yield f"- 防范 Safeguard: {one.safeguard.zh}。{one.safeguard.en}."
    weight = f"{place.weight:g} ({place.share:.2%})"
    changed = f"{_both(FIRST, '')} {scheme.edition}"
    yield f"- 归口 Owner: {_both(one.owner, '')} · 权重 Weight: {weight} · 修订 Changed: {changed}"


def _unit(one: Indicator) -> str:
    return "比率 ratio" if one.unit == "ratio" else _both(one.unit, "")


def _treatment(index: Index, one: Indicator) -> str:
    """Bounds, transform, treatment and normalisation as the scheme writes them."""
    parts = [f"{name} {value:g}" for name, value in (("floor", one.floor), ("cap", one.cap)) if value is not None]
    parts += [one.transform] if one.transform else []
    parts += [_method(method) for method in (one.treat or index.treat, one.normalise or index.normalise) if method.method != "none"]
    return f"`{' → '.join(parts)}`"


def _method(method: Method) -> str:
    given = ", ".join(f"{key}={_plain(value)}" for key, value in method.parameters.items())
    return f"{method.method}({given})" if given else method.method


def _plain(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_plain(each) for each in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _figures(scheme: Scheme, period: str, found: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    yield ""
    yield f"## 数值分布 How the values lie, {period}"
    yield ""
    yield "随附的记录均为虚构 The records shipped are invented. 相关 Correlation: 指标得分与所在维度得分的皮尔逊相关，按同类组去均值；"
    yield "Pearson's, of the indicator's score with that of its pillar, each less the mean of its group."
    heads = [
        "编号 Id",
        "指标 Indicator",
        "有值 Values",
        "覆盖 Coverage",
        "最低 Lowest",
        "下四分位 Q1",
        "中位 Median",
        "上四分位 Q3",
        "最高 Highest",
        "相关 Corr.",
    ]
    for index, frame in found.items():
        yield from ("", f"### {_both(scheme.indices[index].name, index)}", "", _row(heads), _row(["---", "---", *["---:"] * 8]))
        for row in frame.iter_rows(named=True):
            numbers = [row[name] for name in ("lowest", "lower_quartile", "median", "upper_quartile", "highest")]
            coverage = "—" if row["coverage"] is None else f"{row['coverage']:.0%}"
            correlation = "—" if row["correlation"] is None else f"{row['correlation']:.2f}"
            name = scheme.indicators[row["indicator"]].name
            named = name.zh if name is not None else row["indicator"]
            yield _row(
                [
                    f"[{row['indicator']}](#{row['indicator'].lower()})",
                    named,
                    f"{row['known']} / {row['applies']}",
                    coverage,
                    *map(_number, numbers),
                    correlation,
                ]
            )


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _number(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _both(text: object, otherwise: str) -> str:
    """Chinese, then English; one of them where they are the same."""
    if hasattr(text, "zh") and hasattr(text, "en"):
        return text.zh if text.zh == text.en else f"{text.zh} {text.en}"
    return str(text) if text else otherwise
