"""Planted: the same thing reported twice, found (``duplicate_of`` set) and not found."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import ids

FOUND, HIDDEN = 0.011, 0.004
TWICE = {
    "need": ("ND", 5, "posted_at"),
    "resource": ("RS", 6, "entered_at"),
    "activity": ("AC", 5, "start_at"),
    "impact": ("IM", 5, "occurred_on"),
    "talent": ("TL", 5, "start_date"),
    "contract": ("CT", 5, "signed_at"),
}
Tables = dict[str, pl.DataFrame]


def plant_duplicates(rng: np.random.Generator, tables: Tables) -> tuple[Tables, dict[str, object]]:
    """Copies of verified rows, never in December, so that a copy stays in the period of its original."""
    changed, cases = dict(tables), {}
    for name, (prefix, width, when) in TWICE.items():
        frame, key = tables[name], tables[name].columns[0]
        fit = frame.with_row_index("at").filter((pl.col("status") == "verified") & (pl.col(when).dt.month() < 12))["at"].to_numpy()
        found = max(3, int(FOUND * frame.height))
        hidden = 0 if name == "contract" else max(3, int(HIDDEN * frame.height))  # without a registration number it could not count
        chosen = rng.choice(fit, found + hidden, replace=len(fit) < found + hidden)
        source = frame[chosen]
        fresh = ids(prefix, len(chosen), width, start=int(frame[key].str.extract(r"(\d+)$").cast(pl.Int64).max()) + 1)  # type: ignore[arg-type]
        marked = pl.Series([True] * found + [False] * hidden)
        copy = _altered(rng, name, source).with_columns(
            fresh.alias(key), duplicate_of=pl.when(marked).then(source[key]).otherwise(None), source=pl.lit("self_report")
        )
        changed[name] = pl.concat([frame, copy.select(frame.columns)])
        pairs = list(zip(fresh.to_list(), source[key].to_list(), strict=True))
        cases[name] = {
            "found": [p for p, m in zip(pairs, marked, strict=True) if m],
            "hidden": [p for p, m in zip(pairs, marked, strict=True) if not m],
        }
    return changed, {"duplicates": cases}


def _altered(rng: np.random.Generator, name: str, copy: pl.DataFrame) -> pl.DataFrame:
    """As a second report would differ from the first."""
    n, never = copy.height, pl.lit(None)
    later = pl.duration(days=pl.lit(pl.Series(rng.integers(1, 6, n))))
    if name == "need":
        return copy.with_columns(
            posted_at=pl.col("posted_at") + later,
            first_response_at=never,
            assigned_at=never,
            closed_at=never,
            outcome=pl.lit("open"),
            confirmed_by_enterprise=never,
        )
    if name == "resource":
        prints = pl.Series([f"{x:08x}" for x in rng.choice(16**8, n, replace=False)])
        return copy.with_columns(
            title=pl.col("title") + "（更新）",
            content_hash=prints,
            entered_at=pl.col("entered_at") + later,
            last_confirmed_at=never,
            retired_at=never,
            is_live=pl.lit(True),
        )
    if name == "contract":  # a registry gives one number only; the second report came from a party
        return copy.with_columns(
            registration_no=never, registered_at=never, docking_id=never, tm_id=never, evidence_class=pl.lit("C"), evidence_uri=never
        )
    return copy
