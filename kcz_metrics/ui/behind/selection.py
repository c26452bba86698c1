"""The selection: counts open to the teams that are counted, totals to their points, a chance to its draws, scores to the passport."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui.sources import Behind, Change, Leads, Opening, Part, Source, Way, Worked

if TYPE_CHECKING:
    from kcz_metrics.ui.selection import Round


def units(seen: Round, rows: Callable[[], pl.DataFrame] | None = None) -> Source:
    """Candidates: ``unit, name, published, points, selected, reserve``; each leads to its passport."""
    from kcz_metrics.ui import selection_words as words

    ctx = seen.ctx
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "published": ctx.tr("公布得分"), "points": ctx.tr("计分（含加分）"),
        "selected": ctx.tr("入选"), "reserve": ctx.tr("候补次序"),
    }  # fmt: skip

    def listed() -> pl.DataFrame:
        called = dict(words.names(ctx))
        frame = seen.found.units if rows is None else rows()
        named = frame.with_columns(name=pl.col("unit").replace_strict(called, default=pl.col("unit"), return_dtype=pl.String))
        return named.select("unit", "name", "published", "points", "selected", "reserve", "plain", "eligible", "rank")

    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": str(row["unit"]), "index": ctx.index_id}

    return Source("", listed, "unit", labels=labels, leads=to)


def every(seen: Round, rows: Callable[[], pl.DataFrame] | None = None) -> Source:
    """The same for a number that is no row of a table."""
    source = units(seen, rows)
    return Source("", source.rows, labels=source.labels, leads=source.leads)


def counted(seen: Round, ids: list[str]) -> Opening:
    return every(seen).count(pl.col("unit").is_in(ids))


def total(seen: Round) -> Opening:
    return every(seen).sum("published", pl.col("selected"))


def lost(seen: Round) -> Opening:
    """By how much the plain first as many have more."""
    sides = (seen.ctx.tr("单按得分"), seen.ctx.tr("按名额"))
    return Change(every(seen).sum("published", pl.col("plain")), every(seen).sum("published", pl.col("selected")), sides=sides)


def scores(seen: Round) -> Behind:
    """Score by unit to its passport, points to what they are made of, the rank to those before."""
    ctx = seen.ctx

    def before(unit: str) -> pl.DataFrame:
        whole = units(seen).rows()
        own = whole.filter(pl.col("unit") == unit)["published"][0]
        return whole.filter(pl.col("published") > own)

    place = Source("", units(seen).rows, labels=units(seen).labels, leads=units(seen).leads, read=before)
    leads = Leads(lambda unit: ("passport", {"unit": unit, "index": ctx.index_id}))
    return {"published": leads, "points": units(seen).sum("points"), "rank": place.place()}


def gaps(seen: Round, cut: pl.DataFrame) -> Behind:
    """The gap to a rival: two points; the chance: the draws in which the unit is ahead."""
    from kcz_metrics.ui import selection

    ctx = seen.ctx
    rival = dict(cut.select("unit", "rival").iter_rows())
    added = dict(seen.found.units.select("unit", pl.col("points") - pl.col("published")).iter_rows())

    def draws(unit: str) -> pl.DataFrame:
        ids, made = selection.drawn(seen)
        at = {one: i for i, one in enumerate(ids)}
        own, other = (made[:, at[one]] + added[one] for one in (unit, rival[unit]))
        return pl.DataFrame({"draw": range(1, len(made) + 1), "own": own, "other": other})

    def ahead(rows: pl.DataFrame) -> float:
        own, other = rows["own"], rows["other"]
        return (int((own > other).sum()) + 0.5 * int((own == other).sum())) / max(rows.height, 1)

    labels = {"draw": ctx.tr("抽样"), "own": ctx.tr("该对象计分"), "other": ctx.tr("对手计分")}
    told = ctx.tr("该对象在前的次数之比，相同的各算一半")
    chance = Worked(Source("", pl.DataFrame, labels=labels, read=draws), work=ahead, told=told)
    mine, sides = every(seen), (ctx.tr("该对象"), ctx.tr("对手"))
    gap = {
        unit: Change(mine.sum("points", pl.col("unit") == unit), mine.sum("points", pl.col("unit") == other), sides=sides)
        for unit, other in rival.items()
    }
    return {"gap": gap, "chance": chance, "published": scores(seen)["published"]}


def ahead(seen: Round) -> dict[str, Opening]:
    """By how much score a unit is ahead of the one that has a seat."""
    mine, sides = every(seen), (seen.ctx.tr("该对象"), seen.ctx.tr("占席的对象"))
    return {
        unit: Change(mine.sum("published", pl.col("unit") == unit), mine.sum("published", pl.col("unit") == other), sides=sides)
        for unit, other in seen.found.units.drop_nulls("displaced_by").select("unit", "displaced_by").iter_rows()
    }


def quotas(seen: Round) -> Behind:
    """Whom a rule counts, and who of them has a seat, by the rule's line and value."""
    members = {f"{rule.line}:{rule.value or ''}": rule.members for rule in seen.found.rules}
    ids = pl.Series(list(seen.found.ids), dtype=pl.String)

    def of(row: str) -> pl.Expr:
        return pl.col("unit").is_in(ids.filter(pl.Series(members[row], dtype=pl.Boolean)).to_list())

    mine = every(seen)
    return {
        "eligible": {row: mine.count(of(row)) for row in members},
        "taken": {row: mine.count(of(row) & pl.col("selected")) for row in members},
    }


def relaxed(seen: Round) -> Behind:
    """Who could count towards a quota that cannot be met."""
    known = quotas(seen)["eligible"]
    assert isinstance(known, Mapping)
    mine = every(seen)
    return {"eligible": {**known, "seats.minimum:": mine.count(pl.col("eligible")), "seats.maximum:": mine.count(pl.col("eligible"))}}


def missing(seen: Round) -> Part:
    """The seats by which the rules that cannot all be met have to give way."""
    from kcz_metrics.ui import selection_words as words

    ctx = seen.ctx

    def rows() -> pl.DataFrame:
        found = [
            (words.line(ctx, seen, row), float(row["asked"]), float(row["possible"]), abs(float(row["asked"]) - float(row["possible"])))
            for row in seen.found.relaxation.iter_rows(named=True)
        ]
        columns = {"name": pl.String, "asked": pl.Float64, "possible": pl.Float64, "gap": pl.Float64}
        return pl.DataFrame(found, schema=columns, orient="row")

    labels = {"name": ctx.tr("规则"), "asked": ctx.tr("要求席数"), "possible": ctx.tr("可行席数"), "gap": ctx.tr("让出")}
    return Source("", rows, labels=labels).sum("gap")


def prices(seen: Round) -> Behind:
    """A price by the quota's line and value: the points of the best choice without it, less those of the choice with it."""
    from kcz_metrics.decisions.programme import of_size, rows_of

    found = seen.found

    def without(row: str) -> pl.DataFrame:
        line, _, value = row.partition(":")
        left = [rule for rule in found.rules if rule.line != line or (value and rule.value != value)]
        best = of_size(found.points, rows_of(left, len(found.points)), found.seats)
        ids = [] if best is None else [unit for unit, taken in zip(found.ids, best, strict=True) if taken]
        return units(seen).rows().filter(pl.col("unit").is_in(ids))

    other = Source("", units(seen).rows, labels=units(seen).labels, leads=units(seen).leads, read=without)
    sides = (seen.ctx.tr("去掉这项名额"), seen.ctx.tr("保留这项名额"))
    return {**quotas(seen), "price": Change(other.sum("points"), every(seen).sum("points", pl.col("selected")), sides=sides)}


def yearly(seen: Round, years: pl.DataFrame) -> Behind:
    """A year of a support by unit and period, parted by a blank: the score of that year, its plans, and the low years up to it."""
    ctx = seen.ctx

    def to(row: str) -> Way:
        unit, _, period = row.partition(" ")
        return "passport", {"unit": unit, "index": ctx.index_id, "period": period or ctx.period}

    def low(row: str) -> pl.DataFrame:
        unit, _, period = row.partition(" ")
        return years.filter((pl.col("unit") == unit) & (pl.col("period") <= period) & pl.col("low").fill_null(False))

    labels = {
        "unit": ctx.tr("编号"), "period": ctx.tr("年份"), "score": ctx.tr("得分"), "attainment": ctx.tr("计划完成度"),
    }  # fmt: skip
    lows = Source("", lambda: years, labels=labels, leads=lambda r: to(f"{r['unit']} {r['period']}"), read=low)
    return {"score": Leads(to), "low_years": lows.count(), **_plans(seen)}


def _plans(seen: Round) -> dict[str, Opening]:
    """The mean of what a year's plans came to, as the team's facts have it, to six decimals; where the scheme measures it."""
    from kcz_metrics.facts import FACTS
    from kcz_metrics.ui import measured

    ctx = seen.ctx
    assert ctx.scheme is not None
    names = [name for name, one in ctx.scheme.measures.items() if (one.fact, one.agg, one.of) == ("team_targets", "mean", "attainment")]
    if not names:
        return {}

    def rows(row: str) -> pl.DataFrame:
        unit, _, period = row.partition(" ")
        return measured.records(ctx, names[0], unit, period).filter("_counted")

    labels = {name: column.label.in_(ctx.lang) for name, column in FACTS["team_targets"].columns.items()}
    source = Source("", pl.DataFrame, labels=labels, read=rows)
    return {"attainment": Worked(source, work=lambda found: round(float(found["attainment"].sum()) / found.height, 6), told=ctx.tr("平均"))}


def supports(seen: Round, rows: Callable[[], pl.DataFrame], where: pl.Expr | None = None) -> Opening:
    """Supports of the year: ``unit, name, start, low_years, state``; each leads to its profile."""
    ctx = seen.ctx
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "start": ctx.tr("起始年"), "low_years": ctx.tr("未达标年"),
        "said": ctx.tr("复核意见"),
    }  # fmt: skip
    leads: Callable[[Mapping[str, Any]], Way] = lambda row: ("profile", {"unit": str(row["unit"]), "index": ctx.index_id})  # noqa: E731
    return Source("", rows, labels=labels, leads=leads).count(where)
