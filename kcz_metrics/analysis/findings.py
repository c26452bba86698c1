"""What the statistical audit found, one row a fault: the flagged figures named by what they mean, with what it costs in ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from kcz_metrics.analysis.diagnosis_structure import CONFLICTING

#: Kind of finding, in the order of their weight among equals; the first ones are of the ranking as a whole.
KINDS: Final = (
    "not_told_apart", "unstable", "reorders", "hangs_on_size", "unequal_groups", "against_index", "against_parent", "few_values",
    "few_distinct", "influence_high", "influence_low", "alike", "in_conflict", "misplaced", "mostly_zero", "skewed_after", "low_alpha",
    "several_components", "weak_component", "skewed_before", "drop", "merge",
)  # fmt: skip
#: Of the ranking as a whole: they always matter.
WHOLE: Final = ("not_told_apart", "unstable", "reorders", "hangs_on_size", "unequal_groups")
#: An indicator matters where leaving it out moves ranks by so many places on average.
MATTERS: Final = 1.0
#: Said of values before treatment, or a description of the tree: they move no rank by themselves.
_QUIET: Final = ("skewed_before", "low_alpha", "several_components", "weak_component")
SCHEMA: Final = {
    "kind": pl.String, "section": pl.String, "subject": pl.String, "other": pl.String, "figure": pl.String, "value": pl.Float64,
    "effect": pl.Float64, "matters": pl.Boolean,
}  # fmt: skip
_OF_FIGURE: Final[Mapping[str, str]] = {
    "share_known": "few_values", "share_zero": "mostly_zero", "distinct_values": "few_distinct", "with_parent": "against_parent",
    "with_index": "against_index", "with_other_pillar": "misplaced", "first_component": "weak_component",
    "components_above_1": "several_components", "cronbach_alpha": "low_alpha", "neighbours_told_apart": "not_told_apart",
    "kendall": "unstable", "units_that_change_the_order_of_others": "reorders", "share_between_groups": "unequal_groups", "drop": "drop",
    "merge": "merge", "skewness_before": "skewed_before", "skewness_after": "skewed_after",
}  # fmt: skip


def findings(found: pl.DataFrame, effects: Mapping[str, float]) -> pl.DataFrame:
    """``kind, section, subject, other, figure, value, effect, matters``; what matters first, then by effect.

    ``found``: what ``diagnose`` gave; ``effects``: indicator to the mean change in rank if it were left out (``left_out``). Kurtosis
    beside skewness is one finding, as is Spearman's coefficient beside Kendall's; what treatment mended is told apart from what it did
    not. ``effect`` is null for pillars and the index. An indicator's finding ``matters`` from ``MATTERS`` places on.
    """
    weights = {(r["subject"], r["other"]): r["value"] for r in found.filter(pl.col("figure") == "weight").iter_rows(named=True)}
    still = set(found.filter(pl.col("flag") & (pl.col("figure") == "skewness_after"))["subject"])
    rows = []
    for row in found.filter("flag").iter_rows(named=True):
        kind = _kind(row, weights.get((row["subject"], row["other"])))
        if kind is None or (kind == "skewed_before" and row["subject"] in still):
            continue
        effect = effects.get(row["subject"])
        effect = None if effect is None or effect != effect else effect
        matters = kind in WHOLE or (kind not in _QUIET and effect is not None and effect >= MATTERS)
        rows.append((kind, *(row[c] for c in ("section", "subject", "other", "figure", "value")), effect, matters))
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    place = pl.col("kind").replace_strict(dict(zip(KINDS, range(len(KINDS)), strict=True)), return_dtype=pl.Int64)
    whole = pl.col("kind").is_in(WHOLE)
    mended = pl.col("kind") == "skewed_before"
    order = [~pl.col("matters"), ~whole, mended, -pl.col("effect"), place]
    return frame.sort(order, nulls_last=True, maintain_order=True)


def _kind(row: Mapping[str, object], weight: float | None) -> str | None:
    figure, value = str(row["figure"]), row["value"]
    if figure == "with_sibling":
        return "in_conflict" if isinstance(value, float) and value < CONFLICTING else "alike"
    if figure == "influence":
        return "influence_high" if isinstance(value, float) and value > (weight or 0.0) else "influence_low"
    if figure == "spearman":
        return "hangs_on_size" if row["section"] == "size" else None
    return _OF_FIGURE.get(figure)
