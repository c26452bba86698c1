"""Short histories of scores and their replay, for the tests of tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kcz_metrics.decisions.replay import Replay, replay
from kcz_metrics.decisions.rounds import Rounds, rounds_of
from kcz_metrics.scheme.policies import Tiers

#: Unit → score by period, 2020 on; None: not ranked.
History = Mapping[str, Sequence[float | None]]
FIRST = 2020


def policy(**given: Any) -> Tiers:
    return Tiers.model_validate(given)


def levels(**seats: int | None) -> list[dict[str, Any]]:
    return [{"id": name, "seats": n} for name, n in seats.items()]


def rounds(
    history: History,
    marks: Mapping[str, Mapping[str, Sequence[Any]]] | None = None,
    pillars: Mapping[str, History] | None = None,
    area: Mapping[str, str] | None = None,
) -> Rounds:
    """``marks``: ``vetoed``, ``flagged`` or ``grade`` → unit → by period."""
    rows = [
        {
            "unit": unit,
            "period": str(FIRST + t),
            "score": score,
            **{m: of[unit][t] if unit in of else None for m, of in (marks or {}).items()},
        }
        for unit, scores in history.items()
        for t, score in enumerate(scores)
    ]
    inner = [
        {"unit": unit, "period": str(FIRST + t), "pillar": name, "score": score}
        for name, of in (pillars or {}).items()
        for unit, scores in of.items()
        for t, score in enumerate(scores)
    ]
    units = pl.DataFrame({"unit": list(area), "area_flag": list(area.values())}) if area else None
    schema = {"score": pl.Float64}
    return rounds_of(
        pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None),
        pl.DataFrame(inner, schema_overrides=schema) if inner else None,
        units,
    )


def replayed(history: History, of: Tiers, *, decided: Mapping[str, str] | None = None, **given: Any) -> Replay:
    return replay(rounds(history, **given), of, decided=decided)


def path(found: Replay, unit: str, *columns: str) -> list[Any]:
    """A unit's rows in order: reasons, or other columns."""
    rows = found.frame.filter(pl.col("unit") == unit).sort("period").select(columns or ("reason",))
    return rows.to_series().to_list() if len(columns) < 2 else rows.rows()
