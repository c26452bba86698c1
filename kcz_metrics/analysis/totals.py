"""What stands beside a size-adjusted ranking: the total of what the heaviest indicator counts, and the places by it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kcz_metrics.language.formula import parse
from kcz_metrics.scheme.models import Index, Scheme
from kcz_metrics.scoring import Scorecard


def leading_measure(scheme: Scheme, index: Index) -> str | None:
    """The measure whose total stands beside the ranking: what the heaviest indicator counts, the first name in its formula."""
    shares = effective_shares(index)
    for leaf in sorted(shares, key=lambda name: -shares[name]):
        formula = scheme.indicators[leaf].formula
        names = parse(formula).names if formula else ()
        sums = [n for n in names if n in scheme.measures and scheme.measures[n].agg in ("count", "sum", "distinct")]
        if sums:
            return sums[0]
    return None


def effective_shares(index: Index) -> dict[str, float]:
    """Leaf to its share of the whole by the weights as written."""
    shares: dict[str, float] = {}

    def down(node_id: str, share: float) -> None:
        node = next(n for n in index.tree.walk() if n.id == node_id)
        whole = sum(c.weight for c in node.children) or 1.0
        for child in node.children:
            part = share * child.weight / whole
            if child.is_leaf:
                shares[child.id] = part
            else:
                down(child.id, part)

    down(index.tree.id, 1.0)
    return shares


def totals_by_group(card: Scorecard) -> tuple[str, pl.DataFrame] | None:
    """The leading measure of an index that ranks within groups, and ``unit, total, total_rank``, the places among the ranked units of each
    group; None for an index without groups or without a measure to total."""
    measure = leading_measure(card.scheme, card.index) if card.index.group else None
    if measure is None:
        return None
    ranked = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null())
    found = [
        totals(card.history.sheet.values.measures, measure, part["unit"].to_list(), card.period) for part in ranked.partition_by("group")
    ]
    return (measure, pl.concat(found)) if found else None


def totals(measures: pl.DataFrame, measure: str, units: Sequence[str], period_id: str) -> pl.DataFrame:
    """``unit, total, total_rank`` of one measure among ``units``; equal totals share the rank, null totals have none."""
    mine = measures.filter((pl.col("measure") == measure) & (pl.col("period") == period_id) & pl.col("unit").is_in(list(units)))
    return mine.select(
        "unit", pl.col("value").alias("total"), pl.col("value").rank("min", descending=True).cast(pl.Int64).alias("total_rank")
    )
