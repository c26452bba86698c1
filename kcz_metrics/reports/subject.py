"""What a report is about, and the few questions every sheet asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import polars as pl

from kcz_metrics.language.periods import is_period, period
from kcz_metrics.locales import Language, translate
from kcz_metrics.scheme.models import Index, Indicator, Name, Node, Scheme

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard
    from kcz_metrics.store import Snapshot

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHORT = 6


@dataclass(frozen=True)
class Subject:
    """A scorecard with the scheme and data it stands on. ``previous`` is the scorecard of the period before, where there is one;
    ``snapshot`` is None for values from a file."""

    scorecard: Scorecard
    scheme: Scheme
    snapshot: Snapshot | None
    lang: Language
    previous: Scorecard | None
    created_at: datetime
    command: str

    def tr(self, source: str, /, **values: object) -> str:
        return translate(source, self.lang, **values)

    def say(self, text: Name | str | None, fallback: str = "") -> str:
        if text is None:
            return fallback
        return text if isinstance(text, str) else text.in_(self.lang)

    @property
    def index(self) -> Index:
        return self.scorecard.index

    @property
    def title(self) -> str:
        return self.say(self.index.name, self.index.id)

    @property
    def notice(self) -> str | None:
        """The line that stands on every sheet while the records are invented."""
        return self.tr("◇ 演示数据：全部记录均为虚构") if self.snapshot is not None and self.snapshot.invented else None

    def period_label(self, code: str | None = None) -> str:
        code = self.scorecard.period if code is None else code
        return period(code).label(self.lang) if is_period(code) else code

    @property
    def basis(self) -> str:
        """One line: period, scheme, data, coverage."""
        parts = [
            self.tr("评价期 {period}", period=self.period_label()),
            self.tr("方案 {edition}（{digest}）", edition=self.scheme.edition, digest=self.scheme.digest[:SHORT]),
        ]
        if self.snapshot is not None:
            day = self.snapshot.created_at.astimezone(SHANGHAI).date().isoformat()
            parts.append(self.tr("快照 {day} · {id}", day=day, id=self.snapshot.id[:SHORT]))
        else:
            parts.append(self.tr("指标值文件 {id}", id=self.scorecard.source[:SHORT]))
        coverage = self.root["coverage"].mean()
        if isinstance(coverage, float):
            parts.append(self.tr("平均覆盖率 {share}", share=f"{coverage:.1%}"))
        return "    ".join(parts)

    @cached_property
    def root(self) -> pl.DataFrame:
        """The index's own rows of the scores: ranked units by group and rank, then the others by id."""
        rows = self.scorecard.scores.filter(pl.col("node") == self.index.id)
        return rows.sort(pl.col("rank").is_null(), "group", "rank", "unit", nulls_last=True)

    @cached_property
    def totals(self) -> tuple[str, pl.DataFrame] | None:
        """The measure totalled beside a ranking within groups, and ``unit, total, total_rank``; None where there is none."""
        from kcz_metrics.analysis.totals import totals_by_group

        return totals_by_group(self.scorecard)

    @cached_property
    def total_of(self) -> Mapping[str, tuple[float | None, int | None]]:
        """Ranked unit to its total and its place by it."""
        return {} if self.totals is None else {unit: (total, place) for unit, total, place in self.totals[1].iter_rows()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Unit to name in the report's language; the id where it has none."""
        frame = self.scorecard.units
        named = f"name_{self.lang}"
        if named not in frame.columns:
            return {u: u for u in frame["unit"]}
        return {u: n or u for u, n in frame.select("unit", named).iter_rows()}

    @cached_property
    def scores(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """Rows of the scores by unit and node."""
        return {(row["unit"], row["node"]): row for row in self.scorecard.scores.iter_rows(named=True)}

    def score(self, unit: str, node: str) -> float | None:
        row = self.scores.get((unit, node))
        return None if row is None else row["score"]

    @cached_property
    def nodes(self) -> tuple[tuple[Node, int], ...]:
        """All nodes below the root with their depth (pillars 1), parents first."""

        def walk(node: Node, depth: int) -> Iterator[tuple[Node, int]]:
            for child in node.children:
                yield child, depth
                yield from walk(child, depth + 1)

        return tuple(walk(self.index.tree, 1))

    @property
    def inner(self) -> tuple[Node, ...]:
        return tuple(node for node, _ in self.nodes if not node.is_leaf)

    @property
    def leaves(self) -> tuple[str, ...]:
        return self.index.leaves

    def node_name(self, node: Node | str) -> str:
        """A node's name: an indicator's own, an inner node's, else the id."""
        if isinstance(node, str):
            node = next((n for n in self.index.tree.walk() if n.id == node), Node(id=node))
        if node.id == self.index.id:
            return self.title
        if node.is_leaf and node.id in self.scheme.indicators:
            return self.say(self.scheme.indicators[node.id].name or node.name, node.id)
        return self.say(node.name, node.id)

    def indicator(self, id: str) -> Indicator:
        return self.scheme.indicators[id]

    def unit_of(self, id: str) -> str:
        """The word for an indicator's unit of measurement; a ratio is shown as a percentage and says it itself."""
        unit = self.indicator(id).unit
        return "%" if unit == "ratio" else translate(unit, self.lang) if isinstance(unit, str) else self.say(unit)

    def decimals_of(self, id: str) -> int:
        indicator = self.indicator(id)
        return indicator.decimals if indicator.decimals is not None else 1 if indicator.unit == "ratio" else 2

    def shown_as(self, id: str) -> tuple[Literal["share", "number"], int]:
        """How an indicator's value is shown: kind and decimals."""
        return "share" if self.indicator(id).unit == "ratio" else "number", self.decimals_of(id)

    @property
    def decimals(self) -> int:
        """Decimals of a score: as published, else two, or four on a scale of 0 to 1."""
        declared = self.index.rank.decimals
        if declared is not None:
            return declared
        return 4 if abs(self.index.scale.upper - self.index.scale.lower) <= 1 else 2

    @cached_property
    def moves(self) -> Mapping[str, int]:
        """Places gained since the period before, for units ranked in both within the same group."""
        if self.previous is None:
            return {}
        before = self.previous.scores.filter(pl.col("node") == self.index.id).select("unit", "group", before="rank")
        both = self.root.join(before, on=["unit", "group"], how="inner", nulls_equal=True).drop_nulls(["rank", "before"])
        return {u: round(b - r) for u, r, b in both.select("unit", "rank", "before").iter_rows()}

    @cached_property
    def tiers(self) -> Mapping[str, int]:
        """Unit to the place of its level by this period's score among the index's levels, best 0; empty where the index has no tiers. Where
        tiers have a memory this is a seat, not the unit's tier: see ``tier_heading``."""
        if self.index.tiers is None or not self.index.tiers.levels:
            return {}
        from kcz_metrics.decisions.tiers import assign

        order = {level.id: i for i, level in enumerate(self.index.tiers.levels)}
        return {u: order[t] for u, t in assign(self.scorecard).select("unit", "tier").iter_rows() if t in order}

    @property
    def tier_heading(self) -> str:
        """What ``tiers`` is called."""
        return self.tr("本期席位") if self.index.tiers is not None and self.index.tiers.remembers else self.tr("层级")

    def level_name(self, place: int) -> str:
        assert self.index.tiers is not None
        level = self.index.tiers.levels[place]
        return self.say(level.name, level.id)

    def why_not_ranked(self, unit: str) -> str:
        """Why a unit has no rank: what held it back, else that it has no score."""
        reasons = self.scorecard.reasons.get(unit, ())
        if not reasons:
            return self.tr("不参与排名：没有得分")
        return self.tr("不参与排名：{reason}", reason=self.tr("；").join(text.render(self.lang) for text in reasons))

    def group_label(self, code: str | None) -> str:
        """The name of a group, from the codes of the record tables where the group is one of their columns."""
        if code is None:
            return ""
        from kcz_metrics.facts import UNITS
        from kcz_metrics.tables import TABLES

        unit = UNITS.get(self.index.unit)
        for table in unit.tables if unit is not None else ():
            column = TABLES[table].columns.get(self.index.group or "")
            if column is not None and code in column.values:
                return column.values[code].in_(self.lang)
        return code
