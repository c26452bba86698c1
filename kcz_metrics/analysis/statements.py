"""Why a unit stands where it stands, in a few plain sentences, each bound to its numbers and left unsaid where it is not sure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.explain import explain, row_of
from kcz_metrics.analysis.robustness import Robustness
from kcz_metrics.analysis.standing import peers, strengths, weaknesses
from kcz_metrics.locales import T, Text
from kcz_metrics.methods import Array
from kcz_metrics.methods.statistics import ratio
from kcz_metrics.scoring import Scorecard
from kcz_metrics.tables.labels import Label

#: How sure it must be that one stands before the other for it to be said.
SURE: Final = 0.9
#: So many standard errors, and one draw in twenty lies beyond.
ONE_IN_TWENTY: Final = 1.645
NEAREST: Final = 5


@dataclass(frozen=True)
class Statement:
    """``id`` names the kind; ``numbers`` are those in ``text``, in full precision; ``about`` is the indicator that it is about, if any."""

    id: str
    text: Text
    numbers: Mapping[str, float]
    about: str | None = None


def statements(card: Scorecard, unit: str, robust: Robustness, before: Scorecard | None = None) -> tuple[Statement, ...]:
    """What can be said of a unit, most important first; nothing for a unit without a rank.

    ``rank``: with its interval. ``above`` and ``below``: whether it can be told from its neighbours. ``strength`` and ``weakness``: the
    widest of ``standing``, unless the error of the value reaches over the gap. ``moved``: since ``before``, where the rank of then lies
    outside the interval of now; ``cause``: the pillar that moved the score most, where it is so. ``peers``: the pillar in which it differs
    most from its structural peers, where it surely stands before them or behind them. Raises ScoringError for an unknown
    unit.
    """
    row = row_of(card, unit)
    rows = robust.frame().filter(pl.col("unit") == unit)
    if rows.is_empty():
        return ()
    own = rows.row(0, named=True)
    said = [_rank(card, row, own), *_neighbours(card, row, robust), *_sides(card, unit, row, robust)]
    if before is not None:
        said += _moved(card, unit, own, before)
    return (*said, *_peers(card, unit, robust))


def _rank(card: Scorecard, row: int, own: Mapping[str, Any]) -> Statement:
    run = card.run
    assert run.ranks is not None
    group = next(rows for rows in run.groups if row in rows)
    numbers = {"rank": float(own["rank"]), "of": float((~np.isnan(run.ranks[group, 0])).sum()), "score": float(own["score"])}
    shown = {"rank": own["rank"], "of": int(numbers["of"]), "score": f"{own['score']:.2f}"}
    if own["rank_p5"] is None:
        return Statement("rank", T("得 {score} 分，列 {of} 个中的第 {rank}", **shown), numbers)
    numbers |= {"low": float(own["rank_p5"]), "high": float(own["rank_p95"])}
    text = T(
        "得 {score} 分，列 {of} 个中的第 {rank}；十次抽样中有九次在第 {low} 至第 {high}", **shown, low=own["rank_p5"], high=own["rank_p95"]
    )
    return Statement("rank", text, numbers)


def _neighbours(card: Scorecard, row: int, robust: Robustness) -> Iterator[Statement]:
    assert card.run.ranks is not None
    group = next(rows for rows in card.run.groups if row in rows)
    group = group[~np.isnan(card.run.ranks[group, 0])]
    assert card.run.scores is not None
    order = group[np.lexsort((-card.run.scores[group, 0], card.run.ranks[group, 0]))]
    place, names = int(np.flatnonzero(order == row)[0]), card.units["unit"].to_list()
    if place > 0 and not np.isnan(p := robust.win(row, int(order[place - 1]))):
        other, numbers = names[order[place - 1]], {"probability": p}
        if p > 1 - SURE:
            text = T("与前一名 {other} 难分先后：抽样中有 {share} 排到它前面", other=other, share=_percent(p))
            yield Statement("above", text, numbers)
    if place < len(order) - 1 and not np.isnan(p := robust.win(row, int(order[place + 1]))):
        other, numbers = names[order[place + 1]], {"probability": p}
        if p >= SURE:
            text = T("确实排在后一名 {other} 之前：抽样中有 {share} 如此", other=other, share=_percent(p))
        else:
            text = T("与后一名 {other} 难分先后：抽样中只有 {share} 排在它前面", other=other, share=_percent(p))
        yield Statement("below", text, numbers)


def _sides(card: Scorecard, unit: str, row: int, robust: Robustness) -> Iterator[Statement]:
    off = _off(card, row, robust.doubts.errors)
    for kind, found in (("strength", strengths(card, unit)), ("weakness", weaknesses(card, unit))):
        for one in found.iter_rows(named=True):
            if abs(one["gap"]) <= ONE_IN_TWENTY * off.get(one["node"], 0.0):
                continue
            numbers = {"gap": float(one["gap"]), "score": float(one["score"]), "median": float(one["median"]), "of": float(one["of"])}
            shown = {"name": _named(card, one["node"]), "gap": f"{abs(one['gap']):.1f}", "of": one["of"]}
            if kind == "strength":
                yield Statement(kind, T("最突出的是“{name}”：比同类 {of} 个的中位高 {gap} 分", **shown), numbers, one["node"])
            else:
                yield Statement(kind, T("差距最大的是“{name}”：比同类 {of} 个的中位低 {gap} 分", **shown), numbers, one["node"])
            break


def _off(card: Scorecard, row: int, errors: Array | None) -> dict[str, float]:
    """Standard error of the unit's score on each indicator, taken along the line through the least and the greatest value."""
    if errors is None:
        return {}
    run = card.run
    values, scores = run.stage("values"), run.stage("normalised")
    with np.errstate(all="ignore"):
        slope = np.nan_to_num(ratio(_spread(scores), _spread(values)))
    size = np.abs(np.nan_to_num(values[row])) * errors[row] * slope
    return dict(zip(run.structure.indicator_ids, size.tolist(), strict=True))


def _spread(x: Array) -> Array:
    return np.asarray(np.fmax.reduce(x, axis=0) - np.fmin.reduce(x, axis=0))


def _moved(card: Scorecard, unit: str, own: Mapping[str, Any], before: Scorecard) -> list[Statement]:
    rows = before.scores.filter((pl.col("unit") == unit) & (pl.col("node") == card.index.id) & pl.col("rank").is_not_null())
    if rows.is_empty() or own["rank_p5"] is None:
        return []
    was = rows.row(0, named=True)
    if own["rank_p5"] <= was["rank"] <= own["rank_p95"]:
        return []
    change = float(was["rank"] - own["rank"])
    numbers = {"change": change, "rank_before": float(was["rank"]), "rank": float(own["rank"])}
    shown = {"period": before.period, "was": was["rank"], "places": f"{abs(change):g}"}
    up = T("比{period}上升 {places} 位（原列第 {was}）", **shown)
    said = [Statement("moved", up if change > 0 else T("比{period}下降 {places} 位（原列第 {was}）", **shown), numbers)]
    if card.run.structure.nodes == before.run.structure.nodes:
        parts = explain(card, unit, before).filter(pl.col("parent") == card.index.id)
        most = parts.sort(pl.col("contribution").abs(), descending=True).row(0, named=True)
        text = T("得分变化中最大的一项是“{name}”：{points} 分", name=_named(card, most["node"]), points=_signed(most["contribution"], 2))
        said.append(Statement("cause", text, {"contribution": float(most["contribution"])}))
    return said


def _peers(card: Scorecard, unit: str, robust: Robustness) -> list[Statement]:
    near = tuple(peers(card, unit, NEAREST)["unit"].to_list())
    if not near:
        return []
    parts = explain(card, unit, near)
    whole = float(parts["contribution"][0])
    # by places, since scores under other methods lie on scales of their own
    won = float(np.mean([robust.win(row_of(card, unit), row_of(card, other)) for other in near]))
    if not (won >= SURE if whole > 0 else won <= 1 - SURE):
        return []
    of_pillars = parts.filter(pl.col("parent") == card.index.id).sort(pl.col("contribution").abs(), descending=True)
    most = of_pillars.row(0, named=True)
    shown = {"n": len(near), "gap": f"{abs(whole):.1f}", "name": _named(card, most["node"]), "part": _signed(most["contribution"], 1)}
    numbers = {"gap": whole, "contribution": float(most["contribution"])}
    if whole > 0:
        return [Statement("peers", T("比最相近的 {n} 个平均高 {gap} 分，其中“{name}”{part} 分", **shown), numbers)]
    return [Statement("peers", T("比最相近的 {n} 个平均低 {gap} 分，其中“{name}”{part} 分", **shown), numbers)]


def _percent(share: float) -> str:
    """Rounded half up: shares of draws often end in a half."""
    return f"{Decimal(repr(100 * share)).quantize(Decimal(1), ROUND_HALF_UP)}%"


def _signed(points: float, places: int) -> str:
    """With its sign, the true minus."""
    return f"{points:+.{places}f}".replace("-", "−")


def _named(card: Scorecard, node: str) -> Label:
    found = next((n.name for n in card.index.tree.walk() if n.id == node and n.name is not None), None)
    if found is None and node in card.scheme.indicators:
        found = card.scheme.indicators[node].name
    return Label(node, node) if found is None else Label(found.zh, found.en)
