"""The statistical audit as one HTML page that prints on A4: findings first, then every part with its picture and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from kcz_metrics.locales import Language, T
from kcz_metrics.reports.diagnosis import FIGURES, SECTIONS
from kcz_metrics.reports.diagnosis_picture import bar, heat, style
from kcz_metrics.reports.finding_words import FAILED, LIMITS, MEANINGS, STATES, STEPS, TESTS, TRIED
from kcz_metrics.scoring import Scorecard

#: Figures written as a percentage, and as whole numbers.
SHARES = frozenset((
    "share_known", "share_zero", "share_filled", "first_component", "weight", "influence", "weight_for_equal_influence",
    "neighbours_told_apart", "units_that_change_the_order_of_others", "share_between_groups",
))  # fmt: skip
WHOLE = frozenset((
    "applies", "distinct_values", "treated_points", "components_above_1", "units_sharing_a_rank", "most_pairs_turned",
    "largest_shift_if_geometric",
))  # fmt: skip
#: Sections whose figures stand beside one another, a row an indicator or node; the others have a row a figure.
_WIDE: Mapping[str, Sequence[str]] = {
    "coverage": ("applies", "share_known", "share_zero", "distinct_values", "share_filled"),
    "distribution": ("skewness_before", "kurtosis_before", "skewness_after", "kurtosis_after", "treated_points"),
    "correlation": ("with_parent", "with_index", "with_other_pillar"),
    "components": ("cronbach_alpha", "first_component", "components_above_1"),
    "weights": ("weight", "influence", "weight_for_equal_influence"),
}


def page(
    card: Scorecard,
    found: pl.DataFrame,
    findings: pl.DataFrame,
    correlations: pl.DataFrame,
    selftests: pl.DataFrame,
    lang: Language,
    *,
    invented: bool = False,
    names: Mapping[str, str] | None = None,
) -> str:
    """``found`` of ``diagnose``, ``findings`` of ``findings``, ``correlations`` of ``correlations``, ``selftests`` of ``self_tests``;
    ``names``: unit to name."""
    return "\n".join(_Page(card, lang, invented, names or {}).lines(found, findings, correlations, selftests)) + "\n"


def written(figure: str, value: float | None) -> str:
    if value is None or value != value:
        return "—"
    if figure in SHARES:
        return f"{value * 100:,.1f}%".replace("-", "−")
    return f"{value:,.0f}" if figure in WHOLE else f"{value:,.2f}".replace("-", "−")


class _Page:
    def __init__(self, card: Scorecard, lang: Language, invented: bool, units: Mapping[str, str]):
        self.card, self.lang, self.invented = card, lang, invented
        nodes = {node.id: node.name for node in card.index.tree.walk()}
        rules = card.scheme.indicators
        given = {i: name or (rules[i].name if i in rules else None) for i, name in nodes.items()}
        self.names = dict(units) | {i: name.in_(lang) for i, name in given.items() if name is not None}
        self.title = card.index.name.in_(lang) if card.index.name is not None else card.index.id

    def tr(self, source: str, /, **values: object) -> str:
        return T(source, **values).render(self.lang)

    def called(self, code: str | None) -> str:
        return escape(self.names.get(code, code)) if code else ""

    def lines(self, found: pl.DataFrame, findings: pl.DataFrame, correlations: pl.DataFrame, selftests: pl.DataFrame) -> Iterator[str]:
        said = self.tr("本报告所据的记录均为虚构。") if self.invented else ""
        head = self.tr("统计检查：{name}，{period}", name=self.title, period=self.card.period)
        yield f'<!doctype html><html lang="{"zh-CN" if self.lang == "zh" else "en"}"><head><meta charset="utf-8">'
        yield f"<title>{escape(head)}</title><style>{style(head, said)}</style></head><body>"
        yield f"<h1>{escape(head)}</h1>"
        if said:
            yield f'<p class="invented">◇ {escape(said)}</p>'
        basis = self.tr("数据来源 {source}；方案摘要 {scheme}", source=self.card.source[:12], scheme=self.card.scheme.digest[:12])
        yield f'<p class="muted">{escape(basis)}</p>'
        weighty = findings.filter("matters").height
        counted = self.tr("查了 {n} 个统计量，{k} 处需要留意，其中 {m} 处影响名次。", n=found.height, k=findings.height, m=weighty)
        yield f'<p class="answer">{escape(counted)}</p>'
        yield from self._findings(findings)
        yield from self._selftests(selftests)
        for section, label in SECTIONS.items():
            rows = found.filter(pl.col("section") == section)
            if rows.is_empty():
                continue
            yield f"<section><h2>{escape(label.in_(self.lang))}</h2>"
            if section == "correlation":
                leaves = [leaf for leaf in self.card.index.leaves if leaf in set(correlations["row"])]
                yield heat(correlations, leaves, self.names)
            yield from self._wide(section, rows) if section in _WIDE else self._long(rows)
            yield "</section>"
        yield "</body></html>"

    def _table(self, heads: Sequence[str], rows: Iterator[Sequence[str]], numeric: frozenset[int] = frozenset()) -> Iterator[str]:
        """Cells are markup already."""
        kinds = ['class="n"' if i in numeric else "" for i in range(len(heads))]
        yield (
            "<table><thead><tr>" + "".join(f"<th {k}>{escape(h)}</th>" for k, h in zip(kinds, heads, strict=True)) + "</tr></thead><tbody>"
        )
        for row in rows:
            yield "<tr>" + "".join(f"<td {k}>{c}</td>" for k, c in zip(kinds, row, strict=True)) + "</tr>"
        yield "</tbody></table>"

    def _findings(self, findings: pl.DataFrame) -> Iterator[str]:
        if findings.is_empty():
            return
        yield f"<section><h2>{escape(self.tr('需要留意'))}</h2>"
        heads = [self.tr(h) for h in ("项目", "相比对象", "发现", "数值", "界限", "不计时名次平均移动", "下一步")]

        def rows() -> Iterator[Sequence[str]]:
            for r in findings.iter_rows(named=True):
                kind, other = r["kind"], r["other"] if r["other"] != self.card.index.id else None
                words = [MEANINGS[kind].in_(self.lang), LIMITS[kind].in_(self.lang), STEPS[kind].in_(self.lang)]
                name = self.called(r["subject"])
                yield [
                    f"<b>{name}</b>" if r["matters"] else name, self.called(other), escape(words[0]), written(r["figure"], r["value"]),
                    escape(words[1]), written("shift", r["effect"]), escape(words[2]),
                ]  # fmt: skip

        yield from self._table(heads, rows(), frozenset((3, 5)))
        yield f'<p class="muted">{escape(self.tr("粗体者影响名次：不计这一项时名次平均移动 1 位以上，或关乎整个排名。"))}</p></section>'

    def _selftests(self, selftests: pl.DataFrame) -> Iterator[str]:
        yield f"<section><h2>{escape(self.tr('自检'))}</h2>"
        heads = [self.tr(h) for h in ("检验", "结论", "怎么试", "试了", "反例", "最大的反例")]

        def rows() -> Iterator[Sequence[str]]:
            for r in selftests.iter_rows(named=True):
                units = "、".join(self.called(u) for u in (r["unit"] or "").split(" ") if u)
                points = f"{written('', r['before'])} → {written('', r['after'])}" if r["state"] == "red" else ""
                example = " ".join(part for part in (units, self.called(r["indicator"]), points) if part)
                test = r["test"]
                tried = TRIED[test].in_(self.lang) + (f"<br>{escape(FAILED[test].in_(self.lang))}" if r["state"] == "red" else "")
                yield [
                    escape(TESTS[test].in_(self.lang)), f'<span class="{r["state"]}">{escape(STATES[r["state"]].in_(self.lang))}</span>',
                    tried, f"{r['checked']:,}", f"{r['failed']:,}", example,
                ]  # fmt: skip

        yield from self._table(heads, rows(), frozenset((3, 4)))
        yield "</section>"

    def _wide(self, section: str, found: pl.DataFrame) -> Iterator[str]:
        there = set(found["figure"])
        figures = [f for f in _WIDE[section] if f in there]
        by: dict[str, dict[str, Any]] = {}
        for row in found.iter_rows(named=True):
            by.setdefault(row["subject"], {})[row["figure"]] = row
        pictured = {"coverage": "share_known", "weights": "influence"}.get(section)
        heads = [self.tr("项目"), *(FIGURES[f].in_(self.lang) for f in figures), *([""] if pictured else [])]
        widest = max((abs(r["value"] or 0.0) for own in by.values() for f, r in own.items() if f in ("weight", "influence")), default=1.0)

        def rows() -> Iterator[Sequence[str]]:
            for subject, own in by.items():
                if not set(own) & set(figures):
                    continue
                cells = [self._value(own.get(f)) for f in figures]
                if pictured:
                    value = own[pictured]["value"] if pictured in own else None
                    mark = own["weight"]["value"] if section == "weights" else None
                    cells.append(bar(value, widest if section == "weights" else 1.0, mark))
                yield [self.called(subject), *cells]

        yield from self._table(heads, rows(), frozenset(range(1, len(figures) + 1)))

    def _long(self, found: pl.DataFrame) -> Iterator[str]:
        heads = [self.tr(h) for h in ("项目", "相比对象", "统计量", "数值")]
        rows = (
            [self.called(r["subject"]), self.called(r["other"]), escape(FIGURES[r["figure"]].in_(self.lang)), self._value(r)]
            for r in found.iter_rows(named=True)
        )
        yield from self._table(heads, rows, frozenset((3,)))

    def _value(self, row: Mapping[str, Any] | None) -> str:
        if row is None:
            return "—"
        said = written(row["figure"], row["value"])
        return f'<span class="flag">● {said}</span>' if row["flag"] else said
