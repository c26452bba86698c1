"""The two ends of a range: each opens to all that lie in it, its own end first, and is the least or the largest of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from kcz_metrics.ui import loading
from kcz_metrics.ui.behind.scores import ranked
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Opening, Source, Way


def ends(ctx: Context, rows: Callable[[], pl.DataFrame], of: str, by: str = "", index_id: str | None = None) -> dict[str, Opening]:
    """``low`` and ``high`` of a column of a ranking, over the ranked units of a row ``by``; each leads to the unit's passport."""

    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": str(row["unit"]), "index": index_id or ctx.index_id}

    def source(down: bool) -> Source:
        return replace(ranked(ctx, lambda: rows().sort(of, "unit", descending=[down, False]), by), leads=to)

    return {"low": source(False).min(of), "high": source(True).max(of)}


def of_indices(ctx: Context, index_ids: list[str]) -> Behind:
    """The same of the scores of every index, a row an index."""
    made: dict[str, dict[str, Opening]] = {"low": {}, "high": {}}
    for index_id in index_ids:
        for end, opening in ends(ctx, lambda i=index_id: loading.standing(ctx, i), "score", index_id=index_id).items():  # type: ignore[misc]
            made[end][index_id] = opening
    return made
