"""What a scenario's numbers are made of: the records as they are lead to the passport, what would be opens to its own scoring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui import loading, measured, scenario
from kcz_metrics.ui.behind import trials
from kcz_metrics.ui.behind.causes import placed
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Change, Leads, Opening, Part, Source, Way, Worked

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard
    from kcz_metrics.ui.scenario import Scenario
    from kcz_metrics.ui.scenario_correct import Correction
    from kcz_metrics.ui.scenario_reach import Reach


def way(found: Scenario, node: str | None = None) -> Way:
    """To the passport of the unit's score, or of one value."""
    return "passport", {"unit": found.unit, "index": found.ctx.index_id, "indicator": node}


def contributions(ctx: Context, explained: Callable[[], pl.DataFrame]) -> Part:
    """A score as the sum of what its indicators contribute."""
    labels = {
        "node": ctx.tr("编号"), "named": ctx.tr("指标"), "value": ctx.tr("值"), "weight": ctx.tr("占全体"),
        "contribution": ctx.tr("贡献"),
    }  # fmt: skip

    def read(_: str) -> pl.DataFrame:
        return explained().filter("is_leaf").with_columns(named=pl.col("node").map_elements(ctx.name, return_dtype=pl.String))

    return Source("", pl.DataFrame, labels=labels, read=read).sum("contribution")


def _scored(found: Scenario, card: Callable[[], Scorecard], unit: str | None = None) -> Part:
    from kcz_metrics.analysis.explain import explain

    own = unit or found.unit
    return contributions(found.ctx, lambda: explain(card(), own))


def _rank(found: Scenario, card: Callable[[], Scorecard]) -> Part:
    """Those that stand before the unit, whatever row asks."""
    inner = placed(found.ctx, card)
    assert inner.read is not None
    read = inner.read
    return Source("", pl.DataFrame, labels=inner.labels, leads=inner.leads, read=lambda _: read(found.unit)).place()


def now(found: Scenario) -> dict[str, Opening]:
    return {"rank": _rank(found, lambda: found.card)}


def after(found: Scenario, card: Callable[[], Scorecard]) -> dict[str, Opening]:
    return {"rank": _rank(found, card), "score": _scored(found, card)}


def values(found: Scenario) -> Behind:
    """A value that the unit has leads to where it comes from."""
    return {"was": Leads(partial(_to_value, found))}


def _to_value(found: Scenario, indicator: str) -> Way:
    return way(found, indicator)


def moves(found: Scenario, card: Callable[[], Scorecard]) -> dict[str, Opening]:
    """What lies between now and then: places, up is positive, and points."""
    before = contributions(found.ctx, lambda: loading.explained(found.ctx, found.unit))
    then, now = _sides(found.ctx)
    return {
        "rank": Change(_rank(found, lambda: found.card), _rank(found, card), sides=(now, then)),
        "score": Change(_scored(found, card), before, sides=(then, now)),
    }


def _sides(ctx: Context) -> tuple[str, str]:
    """What would be, and what is."""
    return ctx.tr("变动后"), ctx.tr("现在")


def steps(reach: Reach) -> Behind:
    """The value now leads to its passport, the best one to that of the unit that has it; a gain opens to both scores, what a step adds to
    both contributions; the value needed and how much more of a measure that is to what was tried on the way there. Where it is the best
    of the group, because nothing less is known to do, it opens to the values of the group."""
    found, steps, goal = reach.scenario, reach.found.steps, reach.goal
    bounds = dict(steps.select("indicator", "bound").iter_rows())

    def peer(indicator: str) -> Way:
        return "passport", {"unit": found.best(indicator, bounds[indicator]), "index": found.ctx.index_id, "indicator": indicator}

    before, sides = contributions(found.ctx, lambda: loading.explained(found.ctx, found.unit)), _sides(found.ctx)
    gains: Mapping[str, Opening] = {
        name: Change(_scored(found, partial(found.after, {name: bound})), before, sides=sides) for name, bound in bounds.items()
    }
    then = _scored(found, lambda: reach.after)
    adds: Mapping[str, Opening] = {
        name: Change(replace(then, where=pl.col("node") == name), replace(before, where=pl.col("node") == name), sides=sides)
        for name in bounds
    }
    tried = trials.steps(found.ctx, found.card, found.unit, steps, trials.reaching(goal.rank, goal.score))
    after: dict[str, Opening] = {name: _best(found, name) for name in bounds}
    if reach.found.reached and isinstance(tried["after"], Mapping):
        after |= tried["after"]
    return {**tried, "after": after, "bound": Leads(peer), "gain": gains, "adds": adds}


def _best(found: Scenario, indicator: str) -> Worked:
    """The best value of the ranked units of the group, each leading to where its value comes from."""
    ctx, name = found.ctx, "name_zh" if found.ctx.lang == "zh" else "name_en"
    assert ctx.scheme is not None
    up = ctx.scheme.indicators[indicator].direction == "up"

    def rows() -> pl.DataFrame:
        among = found.who.frame.filter(pl.col("rank").is_not_null()).select("unit", name)
        own = found.card.values.filter(pl.col("indicator") == indicator).drop_nulls("value").select("unit", "value")
        own = own.with_columns(value=pl.col("value").map_elements(partial(trials.shown, ctx, indicator), return_dtype=pl.Float64))
        return own.join(among, on="unit", how="inner").sort("value", "unit", descending=[up, False])

    def work(rows: pl.DataFrame) -> float | None:
        values = rows["value"].to_list()
        return (max if up else min)(values, default=None)

    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": str(row["unit"]), "index": ctx.index_id, "indicator": indicator}

    labels = {"unit": ctx.tr("编号"), name: ctx.tr("名称"), "value": trials.headed(ctx, indicator)}
    return Worked(Source("", rows, labels=labels, leads=to), work=work, told=ctx.tr("同类里参与排名的，取最好的"))


def road(reach: Reach) -> dict[str, Opening]:
    """From the score now to the score then: ``gained``, what each indicator adds; ``steps``, those of them that are other values."""
    ctx, steps = reach.ctx, reach.found.steps
    amounts = {name: (measure, more) for name, measure, more in steps.select("indicator", "measure", "more").iter_rows()}
    labels = {
        "named": ctx.tr("指标"), "change": ctx.tr("加分"), "so_far": ctx.tr("逐步加到"), "was": ctx.tr("现值"), "then": ctx.tr("须达到"),
        "more": ctx.tr("基础量增减"), "contribution_before": ctx.tr("现在的贡献"), "contribution": ctx.tr("做到后的贡献"),
        "node": ctx.tr("编号"),
    }  # fmt: skip

    def rows() -> pl.DataFrame:
        found = reach.changes.with_columns(so_far=reach.scenario.who.row["score"] + pl.col("change").cum_sum())
        lines = [
            (ctx.name(row["node"]), *(scenario.shown(ctx, row["node"], row[side]) for side in ("value_before", "value")),
             measured.more(ctx, *amounts.get(row["node"], (None, None))))
            for row in found.iter_rows(named=True)
        ]  # fmt: skip
        words = pl.DataFrame(lines, schema=dict.fromkeys(("named", "was", "then", "more"), pl.String), orient="row")
        return pl.concat([found, words], how="horizontal")

    source = Source("", rows, labels=labels, leads=lambda row: way(reach.scenario, str(row["node"])))
    return {"gained": source.sum("change"), "steps": source.count(pl.col("own"))}


def fewer(reach: Reach) -> Opening:
    """The sets of one step fewer, each scored with the best of the group on all that is in it."""
    ctx, found, goal = reach.ctx, reach.scenario, reach.goal
    labels = {"indicators": ctx.tr("指标"), "score": ctx.tr("得分"), "rank": ctx.tr("名次"), "met": ctx.tr("达到目标")}

    def rows() -> pl.DataFrame:
        from kcz_metrics.analysis.whatif import sets

        made = sets(found.card, found.unit, reach.found.steps.height - 1, rank=goal.rank, score=goal.score)
        comma = ctx.tr("，")
        named = [comma.join(ctx.name(name) for name in names) for names in made["indicators"].to_list()]
        return made.with_columns(indicators=pl.Series(named, dtype=pl.String)).sort("score", descending=True, nulls_last=True)

    return Source("", rows, labels=labels).count(~pl.col("met"))


def proof(reach: Reach) -> Behind:
    """With all steps, and without each."""
    cards = {"all": lambda: reach.after} | {name: partial(reach.without, name) for name in reach.values}
    return {
        "rank": {name: _rank(reach.scenario, card) for name, card in cards.items()},
        "score": {name: _scored(reach.scenario, card) for name, card in cards.items()},
    }


def touched(made: Correction) -> dict[str, Opening]:
    """The units that the headline counts."""
    ctx = made.ctx
    labels = {
        "unit": ctx.tr("编号"), "rank_before": ctx.tr("原名次"), "rank": ctx.tr("现名次"), "score_before": ctx.tr("原得分"),
        "score": ctx.tr("现得分"),
    }  # fmt: skip
    source = Source("", lambda: made.touched, labels=labels, leads=lambda row: ("profile", {"unit": str(row["unit"])}))
    unlike = {what: pl.col(what).ne_missing(pl.col(f"{what}_before")) for what in ("score", "rank")}
    return {"scored": source.count(unlike["score"]), "moved": source.count(unlike["rank"])}


def moved(made: Correction) -> Behind:
    """By unit: its rank before and then, and its scores."""
    ctx, found = made.ctx, made.scenario
    before, then = placed(ctx, lambda: found.card).place(), placed(ctx, lambda: made.after).place()

    def score(unit: str) -> Part:
        return _scored(found, lambda: made.after, unit)

    units = made.touched.filter(pl.col("score").is_not_null() & pl.col("score_before").is_not_null())["unit"].to_list()
    sides = _sides(ctx)
    both = {unit: Change(score(unit), contributions(ctx, partial(loading.explained, ctx, unit)), sides=sides) for unit in units}
    to = Leads(lambda unit: ("passport", {"unit": unit, "index": ctx.index_id}))
    scores = {unit: score(unit) for unit in units}
    return {"was": before, "rank": then, "move": Change(before, then, sides=sides[::-1]), "before": to, "score": scores, "change": both}
