"""The funnel: a cohort of needs, handings-over or resources, followed to the latest known state, and where most of it is lost.

A cohort is what came in in a period (needs posted, resources entered). ``reached`` of a row is the number of steps it has gone, all in a
row, so that each step's count is a part of the one before and the parts of any split add up at every step. The young have had less time:
``ripe`` leaves out what came in less than so many days before the last day known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import polars as pl

from kcz_metrics.language.periods import Period


@dataclass(frozen=True)
class Path:
    """One cohort: its fact, the column that dates it, its steps, and the columns of days from each step to the next."""

    fact: str
    time: str
    steps: tuple[str, ...]
    days: tuple[str, ...]


_AFTER = ("days_to_docking", "days_to_contract", "days_to_payment", "days_to_effect")
#: ``need`` counts needs, ``handling`` a need given to a body, ``resource`` resources.
PATHS: Mapping[str, Path] = MappingProxyType(
    {
        "need": Path("need_paths", "posted_at", ("posted", "docked", "contracted", "paid", "effect"), _AFTER),
        "handling": Path("handling_paths", "posted_at", ("handed", "docked", "contracted", "paid", "effect"), _AFTER),
        "resource": Path(
            "resource_paths", "entered_at", ("entered", "used", "brought", "contracted", "paid", "effect"), ("days_to_use", *_AFTER)
        ),
    }
)


def known_until(paths: pl.DataFrame) -> date | None:
    """The last day of which anything on these paths is known."""
    days = [pl.col(name).cast(pl.Date).max() for name, kind in paths.schema.items() if kind == pl.Date or isinstance(kind, pl.Datetime)]
    latest = paths.select(pl.max_horizontal(days)).item() if days and paths.height else None
    assert latest is None or isinstance(latest, date)
    return latest


def cohort(paths: pl.DataFrame, path: Path, period: Period, *, ripe: int = 0, until: date | None = None) -> pl.DataFrame:
    """The valid rows that came in in the period and, with ``ripe``, at least so many days before ``until``."""
    came = pl.col(path.time).cast(pl.Date)
    kept = [came >= period.start, came < period.end]
    if "flaw" in paths.columns:
        kept.append(pl.col("flaw").is_null())
    if ripe and until is not None:
        kept.append(came <= until - timedelta(days=ripe))
    return paths.filter(*kept)


def stages(rows: pl.DataFrame, path: Path) -> pl.DataFrame:
    """``stage, count, share, lost, days``, a row a step: how many got there, what share of the step before that is (null for the first and
    after an empty step), how many stayed behind, and the median days since the step before of those who got there."""
    counts = _counts(rows, path)
    before = [None, *counts[:-1]]
    days = [None, *(rows[name].median() for name in path.days)]
    return pl.DataFrame(
        {
            "stage": path.steps,
            "count": counts,
            "share": [None if not was else now / was for now, was in zip(counts, before, strict=True)],
            "lost": [None if was is None else was - now for now, was in zip(counts, before, strict=True)],
            "days": days,
        },
        schema={"stage": pl.String, "count": pl.Int64, "share": pl.Float64, "lost": pl.Int64, "days": pl.Float64},
    )


def _counts(rows: pl.DataFrame, path: Path) -> list[int]:
    return [int((rows["reached"] >= number).sum()) for number in range(1, len(path.steps) + 1)]


def leak(found: pl.DataFrame) -> str | None:
    """The step with the smallest share of the one before; the earlier of equals; None where nothing is lost.

    ``found``: see :func:`stages`.
    """
    lost = found.filter(pl.col("share") < 1)
    return None if lost.is_empty() else str(lost.sort("share", maintain_order=True)["stage"][0])


def split(rows: pl.DataFrame, path: Path, column: str) -> pl.DataFrame:
    """``part``, a count a step and ``leak``, a row a value of ``column``; null is the part of rows without one. Largest cohort first.

    The counts of each step add up over the parts to those of :func:`stages`.
    """
    steps = [(pl.col("reached") >= number).sum().cast(pl.Int64).alias(step) for number, step in enumerate(path.steps, start=1)]
    shares = {
        step: (pl.when(pl.col(before) > 0).then(pl.col(step) / pl.col(before)))
        for before, step in zip(path.steps, path.steps[1:], strict=False)
    }
    counted = rows.group_by(pl.col(column).alias("part")).agg(steps)
    least = pl.min_horizontal(list(shares.values()))
    worst = pl.coalesce([pl.when((share == least) & (share < 1)).then(pl.lit(step)) for step, share in shares.items()])
    return counted.with_columns(leak=worst).sort(path.steps[0], "part", descending=[True, False], nulls_last=True)


def stopped(rows: pl.DataFrame, path: Path, stage: str, *, reached: bool) -> pl.DataFrame:
    """The rows of the cohort that got to ``stage``, or those that got to the step before and no further."""
    number = path.steps.index(stage) + 1
    return rows.filter(pl.col("reached") >= number if reached else pl.col("reached") == number - 1)


def whole(parts: pl.DataFrame, steps: Sequence[str]) -> list[int]:
    """What the parts of :func:`split` add up to, step by step."""
    return [int(parts[step].sum()) for step in steps]
