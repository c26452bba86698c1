"""How often the resource that a docking used was among the first suggested, beside the most used resources so far.

As with teams, from what was known before: here at the end of the month before the docking was assigned. A resource that entered the
library after the docking began was not there to be suggested; such a docking is not asked.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from kcz_metrics.matching import parts as part
from kcz_metrics.matching.evaluating import rates
from kcz_metrics.matching.known import known
from kcz_metrics.matching.parts import Floats, Ints
from kcz_metrics.matching.reading import Records
from kcz_metrics.matching.resources import Resources, need_texts, resources
from kcz_metrics.matching.teams import asked_of, documents
from kcz_metrics.matching.weights import Weights

BASELINES = ("most_used", "most_used_in_field")
_BLOCK = 64


def evaluate_resources(records: Records, weights: Weights, first: date, before: date) -> pl.DataFrame:
    """Columns of :func:`kcz_metrics.matching.evaluating.evaluate`; one need for each docking with a resource that was there."""
    hits = {name: np.zeros(3, dtype=np.int64) for name in ("matching", *BASELINES)}
    texts, n = documents(records), 0
    start, end = (datetime.combine(d, time()) for d in (first, before))
    valid = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null() & pl.col("resource_id").is_not_null()
    dockings = records["docking"].filter(valid & (pl.col("assigned_at") >= start) & (pl.col("assigned_at") < end))
    month = pl.col("assigned_at").dt.truncate("1mo").dt.date() - timedelta(days=1)
    used = dockings.select("need_id", "resource_id", month.alias("asked_on")).sort("asked_on", "need_id", "resource_id")
    for (as_of,), asked in used.group_by("asked_on", maintain_order=True):
        assert isinstance(as_of, date)
        seen = known(records, as_of)
        rows = asked.join(records["need"], on="need_id", how="inner", maintain_order="left")
        words = need_texts(records, rows["need_id"].to_list())
        stock = resources(seen, words, weights)
        place = {one: i for i, one in enumerate(stock.ids)}
        there = rows["resource_id"].is_in(list(place))
        rows, words = rows.filter(there), [w for w, kept in zip(words, there, strict=True) if kept]
        target = np.array([place[r] for r in rows["resource_id"].to_list()], dtype=np.int64)
        n += rows.height
        for begin in range(0, rows.height, _BLOCK):
            block = asked_of(rows.slice(begin, _BLOCK), seen, texts)
            scores = part.total(stock.parts(block, words[begin : begin + _BLOCK]), weights.of_resources())
            own = part.best_within(scores, stock.holder, int(weights.number["holder_most"]), 10)
            tops = {"matching": own, **_most_used(stock, block.field)}
            for name, top in tops.items():
                found = top == target[begin : begin + _BLOCK, None]
                hits[name] += [int(found[:, :k].any(axis=1).sum()) for k in (1, 5, 10)]
    return rates(hits, n)


def _most_used(stock: Resources, field: np.ndarray) -> dict[str, Ints]:
    uses: Floats = np.broadcast_to(stock.uses, (len(field), len(stock.ids)))
    same = np.where(field[:, None] == stock.field[None, :], 1.0 + uses, 0.0)
    return {"most_used": part.best(uses, 10), "most_used_in_field": part.best(same, 10)}
