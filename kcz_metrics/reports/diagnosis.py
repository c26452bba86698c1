"""The statistical audit as a Markdown report: what it stands on, what to look at, then all figures by section."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kcz_metrics.locales import Language, T
from kcz_metrics.scoring import Scorecard
from kcz_metrics.tables.labels import Label, labels

SECTIONS = labels(
    coverage=("数据覆盖", "Coverage"),
    distribution=("分布：处理前后", "Distributions before and after treatment"),
    correlation=("相关", "Correlations"),
    components=("主成分与内部一致性", "Components and internal consistency"),
    weights=("权重与实际影响", "Weights and influence"),
    compensation=("补偿", "Compensation"),
    telling_apart=("区分能力", "What the ranking tells apart"),
    stability=("与上一期相比", "Stability"),
    reversal=("逆序", "Rank reversal"),
    size=("对规模的依赖", "Dependence on size"),
    fairness=("分组与区域", "Groups and regions"),
    advice=("建议", "Advice"),
)
FIGURES = labels(
    applies=("适用的评价对象", "units it applies to"),
    share_known=("有值的比例", "share with a value"),
    share_zero=("零值的比例", "share of zeros"),
    distinct_values=("不同的值", "distinct values"),
    share_filled=("填补的比例", "share filled in"),
    skewness_before=("偏度（处理前）", "skewness before"),
    kurtosis_before=("峰度（处理前）", "kurtosis before"),
    skewness_after=("偏度（处理后）", "skewness after"),
    kurtosis_after=("峰度（处理后）", "kurtosis after"),
    treated_points=("处理的点数", "points treated"),
    with_parent=("与上级的相关", "correlation with parent"),
    with_sibling=("与同级的相关", "correlation with sibling"),
    with_index=("与总分的相关", "correlation with index"),
    with_other_pillar=("与其他维度的最高相关", "highest correlation with another pillar"),
    first_component=("第一主成分的份额", "share of first component"),
    components_above_1=("大于1的特征值", "eigenvalues above 1"),
    cronbach_alpha=("克朗巴赫系数", "Cronbach's alpha"),
    weight=("权重", "weight"),
    influence=("实际影响", "influence"),
    weight_for_equal_influence=("使影响等于意图的权重", "weight that makes influence what is intended"),
    shift_if_geometric=("改用几何平均时名次平均移动", "mean shift with the geometric mean"),
    largest_shift_if_geometric=("改用几何平均时最大移动", "largest shift with the geometric mean"),
    neighbours_told_apart=("分得清先后的相邻名次", "neighbours told apart"),
    mean_width_of_rank_interval=("名次区间的平均宽度", "mean width of rank intervals"),
    units_sharing_a_rank=("并列的评价对象", "units sharing a rank"),
    spearman=("斯皮尔曼等级相关", "Spearman correlation"),
    kendall=("肯德尔等级相关", "Kendall correlation"),
    mean_shift=("名次平均移动", "mean shift"),
    units_that_change_the_order_of_others=("退出后使其他评价对象易位的比例", "share of units whose absence reorders others"),
    most_pairs_turned=("最多使几对易位", "most pairs turned"),
    share_between_groups=("组间差异的份额", "share of variance between groups"),
    mean_gap=("组均值与总均值之差", "group mean less mean of all"),
    drop=("删去；名次平均移动", "drop; mean shift"),
    merge=("并入；名次平均移动", "merge into; mean shift"),
)


def markdown(found: pl.DataFrame, card: Scorecard, lang: Language, *, invented: bool = False) -> str:
    """The report of a frame that ``diagnose`` gave."""
    return "\n".join(_lines(found, card, lang, invented)) + "\n"


def _lines(found: pl.DataFrame, card: Scorecard, lang: Language, invented: bool) -> Iterator[str]:
    name = card.index.name.in_(lang) if card.index.name is not None else card.index.id
    yield f"# {T('统计检查：{name}，{period}', name=name, period=card.period).render(lang)}"
    yield ""
    if invented:
        yield T("本报告所据的记录均为虚构。").render(lang)
        yield ""
    yield T("数据来源 {source}；方案摘要 {scheme}", source=f"`{card.source[:12]}`", scheme=f"`{card.scheme.digest[:12]}`").render(lang)
    yield ""
    flagged = found.filter("flag")
    yield T("共 {n} 项数字，其中 {flags} 项需要留意。", n=found.height, flags=flagged.height).render(lang)
    yield ""
    if flagged.height:
        yield f"## {T('需要留意').render(lang)}"
        yield ""
        yield from _table(flagged, card, lang, with_section=True)
    for section, label in SECTIONS.items():
        rows = found.filter(pl.col("section") == section)
        if rows.height:
            yield f"## {label.in_(lang)}"
            yield ""
            yield from _table(rows, card, lang, with_section=False)


def _table(rows: pl.DataFrame, card: Scorecard, lang: Language, *, with_section: bool) -> Iterator[str]:
    head = [T("项目"), T("相比对象"), T("统计量"), T("数值"), T("留意")]
    texts = [*([T("部分").render(lang)] if with_section else []), *(text.render(lang) for text in head)]
    yield f"| {' | '.join(texts)} |"
    yield f"|{'---|' * len(texts)}"
    names = _names(card, lang)
    for row in rows.iter_rows(named=True):
        cells = [SECTIONS[row["section"]].in_(lang)] if with_section else []
        other = row["other"] or ""
        figure = FIGURES.get(row["figure"], Label(row["figure"], row["figure"])).in_(lang)
        value = "—" if row["value"] is None else f"{row['value']:.4g}"
        cells += [names.get(row["subject"], row["subject"]), names.get(other, other), figure, value, "●" if row["flag"] else ""]
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""


def _names(card: Scorecard, lang: Language) -> dict[str, str]:
    found = {}
    for node in card.index.tree.walk():
        name = node.name or (card.scheme.indicators[node.id].name if node.id in card.scheme.indicators else None)
        if name is not None:
            found[node.id] = f"{node.id} {name.in_(lang)}"
    return found


def _cell(text: str) -> str:
    """A name from data stays one cell, and is no markup."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return "".join(f"\\{c}" if c in "\\|<>[]*_`!" else c for c in shown)
