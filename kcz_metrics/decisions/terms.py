"""The years of every support: who is in its term, what its years came to, and who takes a seat that is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.decisions import quotas, relaxing, support
from kcz_metrics.decisions.altering import altered, numbers
from kcz_metrics.decisions.confirming import Listed
from kcz_metrics.decisions.programme import Chosen
from kcz_metrics.decisions.selection import UNITS, Selection
from kcz_metrics.scheme.selections import Selection as Policy
from kcz_metrics.scheme.selections import Yearly
from kcz_metrics.scoring import Scorecard

#: A support: ``start`` its first year, ``years`` how many.
TERMS: Final = {"unit": pl.String, "start": pl.Int64, "years": pl.Int64}
CHECKED: Final = {**TERMS, **{name: kind for name, kind in support.YEARS.items() if name != "unit"}}


def terms(recorded: pl.DataFrame, confirmed: Mapping[str, Listed], years: int | None) -> pl.DataFrame:
    """:data:`TERMS`, a row for each unit: of records of support (``team_id, start_year, years``) the latest, and of lists that were
    confirmed (period to list), whose term begins in the year after and lasts ``years``. A record of the same start is the same support."""
    rows = [recorded.select(unit="team_id", start=pl.col("start_year").cast(pl.Int64), years=pl.col("years").cast(pl.Int64))]
    for period, one in confirmed.items():
        rows.append(pl.DataFrame([(unit, int(period[:4]) + 1, years or 1) for unit in one.units], schema=TERMS, orient="row"))
    return pl.concat(rows).sort("unit", "start").unique("unit", keep="last", maintain_order=True)


def checked(found: pl.DataFrame, figures: pl.DataFrame, policy: Yearly, year: int) -> pl.DataFrame:
    """:data:`CHECKED`, a row for each year of a term up to ``year``, of the supports whose term has begun and was not over before it.

    ``figures``: ``unit, period, score, attainment`` of whole years; a year that is not in them is not judged. See :func:`support.yearly`.
    """
    running = found.filter((pl.col("start") <= year) & (pl.col("start") + pl.col("years") > year))
    spans = running.with_columns(period=pl.int_ranges("start", pl.lit(year + 1))).explode("period")
    known = figures.select(pl.col("unit").cast(pl.String), pl.col("period").cast(pl.String), "score", "attainment")
    asked = spans.select("unit", pl.col("period").cast(pl.String)).join(known, on=["unit", "period"], how="left")
    years = running.join(support.yearly(asked, policy), on="unit", how="left")
    return years.select(pl.col(name).cast(kind) for name, kind in CHECKED.items()).sort("unit", "period")


def figures(card: Scorecard, known: pl.DataFrame) -> pl.DataFrame:
    """``unit, period, score, attainment`` of a year: the published score of who is ranked, the attainment that ``known`` (``unit`` and
    columns) has, null where it has none."""
    top = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null()).select("unit", score="published")
    planned = pl.col("attainment") if "attainment" in known.columns else pl.lit(None, pl.Float64).alias("attainment")
    joined = top.join(known.select("unit", planned), on="unit", how="full", coalesce=True)
    return joined.select("unit", pl.lit(card.period).alias("period"), "score", pl.col("attainment").cast(pl.Float64))


def stopped_in(years: pl.DataFrame, year: int) -> list[str]:
    """Units whose support this year's check ends: it was not stopped the year before."""
    ended = years.filter(pl.col("state") == "stopped").group_by("unit").agg(pl.col("period").min())
    return ended.filter(pl.col("period") == str(year))["unit"].sort().to_list()


def as_confirmed(candidates: pl.DataFrame, policy: Policy, given: Listed) -> Selection:
    """A list that was confirmed as a selection: its seats and reserves under the quotas of ``policy`` with the numbers confirmed, whoever
    would be eligible or chosen now.

    ``candidates`` are those of its period as the records say now: a seat of a unit that is not among them counts for no quota, and such a
    reserve is left out. Numbers that the policy no longer has are left aside.
    """
    known = set(candidates["unit"])
    reserves = {unit: place for unit, place in given.reserves.items() if unit in known}
    ids = tuple(dict.fromkeys((*given.units, *reserves)))
    frame = pl.DataFrame({"unit": ids}, schema={"unit": pl.String}).join(candidates, on="unit", how="left", maintain_order="left")
    has = numbers(policy)
    rule = altered(policy, {place: value for place, value in given.changed.items() if place in has})
    seated = frame["unit"].is_in(list(given.units)).to_numpy()
    nobody = np.zeros(len(ids), bool)
    places = pl.col("unit").replace_strict(reserves, default=None, return_dtype=pl.Int64)
    blank = [pl.lit(None, kind).alias(name) for name, kind in UNITS.items() if name != "unit"]
    units = frame.select("unit", *blank).with_columns(selected=pl.Series(seated), reserve=places).select(list(UNITS))
    return Selection(
        policy=rule, units=units, seats=len(given.units), open_seats=0, total=0.0, score=0.0, plain_score=0.0, decided_by=None,
        relaxation=pl.DataFrame(schema=relaxing.FRAME), ids=ids, points=np.zeros(len(ids), np.int64), rules=quotas.rules(frame, rule),
        chosen=Chosen(seated, seated, nobody, len(given.units), 0, 0), order=np.zeros(len(ids), np.int64),
    )  # fmt: skip


def moves(found: Selection, leaving: Iterable[str]) -> pl.DataFrame:
    """A row for each that leaves, also for those without a seat on this list, for whom nobody moves up; see :func:`support.moving_up`."""
    gone = list(leaving)
    made = support.moving_up(found, gone)
    return pl.DataFrame({"leaves": gone}, schema={"leaves": pl.String}).join(made, on="leaves", how="left", maintain_order="left")
