"""Planted in the lighter tables: complaints upheld though the docking hides it, and bodies that nominated themselves for a list."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Bools

Tables = dict[str, pl.DataFrame]
HIDDEN, SELF_NOMINATED = 8, 6


def conceal(rng: np.random.Generator, tables: Tables) -> tuple[Tables, dict[str, list[str]]]:
    """The tables with the cases, and their ids."""
    complaint, entry = tables["complaint"], tables["award_entry"]
    decided = complaint["docking_id"].is_not_null() & ~complaint["is_upheld"].fill_null(True)
    filed = _some(rng, (decided & (complaint["status"] == "verified")).to_numpy(), HIDDEN)
    listed = _some(rng, (entry["is_listed"] & (entry["status"] == "verified")).to_numpy(), SELF_NOMINATED)
    changed = {
        "complaint": complaint.with_columns(is_upheld=pl.when(pl.Series(filed)).then(pl.lit(True)).otherwise("is_upheld")),
        "award_entry": entry.with_columns(nominated_by=pl.when(pl.Series(listed)).then("org_id").otherwise("nominated_by")),
    }
    return tables | changed, {
        "hidden_complaints": complaint.filter(pl.Series(filed))["complaint_id"].to_list(),
        "self_nominated": entry.filter(pl.Series(listed))["entry_id"].to_list(),
    }


def _some(rng: np.random.Generator, able: Bools, n: int) -> Bools:
    places = np.flatnonzero(able)
    chosen = np.zeros(len(able), dtype=bool)
    chosen[rng.choice(places, min(n, len(places)), replace=False)] = True
    return chosen
