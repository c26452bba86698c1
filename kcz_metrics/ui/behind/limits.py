"""The page on certainty: limits of weights open to the search for the weight at which two scores meet, reachable ranks to all scores.

The page's limits are roots of an equation and its ranks come from an integer programme; here every score is added up once more, node by
node, and the limit is found by halving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Source, Worked

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Node
    from kcz_metrics.scoring.scorecard import Scorecard

#: Pieces between the weight as it is and its end, of which the first is halved in which the two scores meet.
PIECES, HALVINGS = 64, 48
#: Scores closer than this are equal.
CLOSE = 1e-9


def limit(ctx: Context, card: Scorecard, node: str, rises: str, falls: str, called: Mapping[str, str], *, up: bool) -> Opening:
    """The weight of ``node``, all others as they are, at which ``rises`` has the score of ``falls``."""
    first, second = (ctx.tr("{unit}得分", unit=called.get(unit, unit)) for unit in (rises, falls))
    labels = {"weight": ctx.tr("试这个权重"), "rises": first, "falls": second, "apart": ctx.tr("相差")}
    source = Source("", pl.DataFrame, labels=labels, read=lambda _: search(card, node, rises, falls, up=up))
    told = ctx.tr("从现值起逐段试，再折半逼近两者得分相等处；每次按层层加权重新计分，取最后一行")
    return Worked(source, work=lambda rows: float(rows["weight"][-1]), told=told)


def room(ctx: Context, weight: float, ends: Mapping[str, float]) -> Opening:
    """The relative change to the nearer of the ends at which something changes."""
    labels = {"end": ctx.tr("哪一端"), "weight": ctx.tr("现值"), "limit": ctx.tr("界限")}
    frame = pl.DataFrame([(name, weight, end) for name, end in ends.items()], schema=["end", "weight", "limit"], orient="row")

    def work(rows: pl.DataFrame) -> float | None:
        return min((abs(end - now) / now for now, end in rows.select("weight", "limit").rows()), default=None)

    return Worked(Source("", lambda: frame, labels=labels), work=work, told=ctx.tr("界限与现值之差除以现值，取较小的一端"))


def signed(ctx: Context, weight: float, needed: float) -> Opening:
    """How much a weight must move, relative to what it is."""
    labels = {"weight": ctx.tr("现权重"), "limit": ctx.tr("易位时的权重")}
    frame = pl.DataFrame({"weight": [weight], "limit": [needed]})
    told = ctx.tr("易位时的权重与现权重之差，除以现权重")
    return Worked(Source("", lambda: frame, labels=labels), work=lambda rows: rows["limit"][0] / rows["weight"][0] - 1, told=told)


def together(ctx: Context, card: Scorecard, pair: tuple[str, str], called: Mapping[str, str], weights: Mapping[str, float]) -> Opening:
    """The share that all weights move by at the most, by those ``weights`` with which the two have the same score."""
    labels = {
        "node": ctx.tr("编号"), "name": ctx.tr("权重"), "weight": ctx.tr("现占比"), "moved": ctx.tr("易位时占比"), "change": ctx.tr("变化"),
        **{one: ctx.tr("{unit}得分", unit=called.get(one, one)) for one in pair},
    }  # fmt: skip

    def read(_: str) -> pl.DataFrame:
        rows, score = {name: row for row, name in enumerate(card.units["unit"].to_list())}, _scores(card, weights)
        ends = {one: score(rows[one]) for one in pair}
        found = []
        for parent in card.index.tree.walk():
            whole = sum(float(child.weight) for child in parent.children)
            for child in parent.children:
                own, moved = float(child.weight) / whole, weights[child.id]
                found.append(
                    {"node": child.id, "name": ctx.name(child.id), "weight": own, "moved": moved, "change": moved / own - 1, **ends}
                )
        return pl.DataFrame(found)

    def work(rows: pl.DataFrame) -> float | None:
        one, other = (float(rows[unit][0]) for unit in pair)
        return float(rows["change"].abs().max()) if abs(one - other) < CLOSE else None  # type: ignore[arg-type]

    told = ctx.tr("按易位时的权重层层加权，两者得分相等；各权重的变化取最大的")
    return Worked(Source("", pl.DataFrame, labels=labels, read=read), work=work, told=told)


def reach(ctx: Context, card: Scorecard, unit: str, weights: Mapping[str, float]) -> Opening:
    """A reachable rank: the scores of all units of the group by the weights that give it."""
    labels = {"unit": ctx.tr("编号"), "before": ctx.tr("现得分"), "score": ctx.tr("按这组权重的得分"), "apart": ctx.tr("高出它")}

    def read(_: str) -> pl.DataFrame:
        now, then = _scores(card), _scores(card, weights)
        rows = {name: row for row, name in enumerate(card.units["unit"].to_list())}
        own = then(rows[unit])
        ranks = np.full(len(rows), np.nan) if card.run.ranks is None else card.run.ranks[:, 0]
        group = set(next(part for part in card.run.groups if rows[unit] in part).tolist())
        listed = [(name, row) for name, row in rows.items() if row in group and not np.isnan(ranks[row])]
        found = [(name, now(row), then(row), then(row) - own) for name, row in listed]
        return pl.DataFrame(found, schema=["unit", "before", "score", "apart"], orient="row").sort("score", descending=True)

    def work(rows: pl.DataFrame) -> float:
        return 1.0 + rows.filter(pl.col("apart") > CLOSE).height

    told = ctx.tr("得分比它高的个数加一；按未取整的得分")
    return Worked(Source("", pl.DataFrame, labels=labels, read=read), work=work, told=told)


def search(card: Scorecard, node: str, rises: str, falls: str, *, up: bool) -> pl.DataFrame:
    """``weight, rises, falls, apart`` of every weight that is tried, the one where the scores meet last."""
    rows = {name: row for row, name in enumerate(card.units["unit"].to_list())}
    parent = next(n for n in card.index.tree.walk() if any(child.id == node for child in n.children))
    own = next(float(child.weight) for child in parent.children if child.id == node)
    rest = sum(float(child.weight) for child in parent.children) - own
    tried: list[tuple[float, float, float, float]] = []

    def apart(share: float) -> float:
        weight = share * rest / (1 - share)
        score = _scores(card, {node: weight})
        mine, theirs = score(rows[rises]), score(rows[falls])
        tried.append((weight, mine, theirs, mine - theirs))
        return mine - theirs

    now = own / (own + rest)
    near, sign = now, apart(now) > -CLOSE
    steps = [now + (((1.0 if up else 0.0) - now) * piece / PIECES) for piece in range(1, PIECES + 1)]
    far = next((share for share in steps if share < 1 and (apart(share) > 0) != sign), None) if not sign else near
    for _ in range(HALVINGS if far is not None else 0):
        assert far is not None
        middle = (near + far) / 2
        near, far = (near, middle) if apart(middle) > 0 else (middle, far)
    return pl.DataFrame(tried, schema=["weight", "rises", "falls", "apart"], orient="row")


def _scores(card: Scorecard, weights: Mapping[str, float] | None = None) -> Callable[[int], float]:
    """A unit's score by its row: weighted means all the way up, with ``weights`` in the place of those of the scheme."""
    from kcz_metrics.analysis.arithmetic_tree import arithmetic_tree

    tree, given = arithmetic_tree(card), weights or {}
    at: dict[str, int] = {name: place for place, name in enumerate(card.run.structure.nodes)}

    def mean(node: Node, held: Any) -> float | None:
        score = float(held[at.get(node.id, 0)])
        if node.is_leaf or np.isnan(score):
            return None if np.isnan(score) else score
        parts = [(given.get(child.id, float(child.weight)), mean(child, held)) for child in node.children]
        known = [(weight, part) for weight, part in parts if part is not None]
        whole = sum(weight for weight, _ in known)
        return sum(weight * part for weight, part in known) / whole if whole else None

    def score(row: int) -> float:
        made = mean(card.index.tree, tree.scores[row])
        return float("nan") if made is None else made + float(tree.added[row])

    return score
