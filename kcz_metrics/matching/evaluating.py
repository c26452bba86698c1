"""How often the team that docked was among the first five suggested, beside what popularity alone would have said.

Every past docking with a team is asked again, from what was known on the Sunday before the week in which it was assigned: the need's own
text, and of everything else only what was dated and verified by then. The same needs and the same day for every method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import T
from kcz_metrics.matching import parts as part
from kcz_metrics.matching.fitting import fit
from kcz_metrics.matching.known import Known, known
from kcz_metrics.matching.parts import Bools, Floats
from kcz_metrics.matching.reading import Records
from kcz_metrics.matching.teams import Documents, Teams, asked_of, documents, positions, teams
from kcz_metrics.matching.weights import Weights

Scoring = Callable[["Week"], Floats]

#: How far back past dockings are asked again where no year is named.
LOOK_BACK = timedelta(days=91)


@dataclass(frozen=True)
class Week:
    """The needs of one week asked again. ``parts``: one matrix need × team a part; ``docked``: the teams that docked;
    ``in_field, in_city, in_industry``: past dockings of each team in the need's field, city, industry. All need × team."""

    as_of: date
    needs: pl.DataFrame
    teams: Teams
    parts: list[Floats]
    docked: Bools
    in_field: Floats
    in_city: Floats
    in_industry: Floats


def past_choices(records: Records, first: date, before: date) -> pl.DataFrame:
    """``need_id, city_id, industry_code, tech_field, team_ids, asked_on``: needs whose first docking with a team was assigned from
    ``first`` to before ``before``, with all teams that docked; ``asked_on`` is the Sunday before that week."""
    valid = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()
    dockings = records["docking"].filter(valid & pl.col("team_id").is_not_null() & pl.col("assigned_at").is_not_null())
    chosen = dockings.group_by("need_id").agg(
        pl.col("assigned_at").min().alias("_first"), pl.col("team_id").unique().sort().alias("team_ids")
    )
    start, end = (datetime.combine(d, time()) for d in (first, before))
    chosen = chosen.filter((pl.col("_first") >= start) & (pl.col("_first") < end))
    monday = pl.col("_first").dt.truncate("1w").dt.date()
    needs = records["need"].select("need_id", "city_id", "industry_code", "tech_field")
    return (
        chosen.join(needs, on="need_id", how="inner")
        .with_columns((monday - timedelta(days=1)).alias("asked_on"))
        .drop("_first")
        .sort("asked_on", "need_id")
    )


def weeks(records: Records, weights: Weights, first: date, before: date, texts: Documents | None = None) -> Iterator[Week]:
    """The past choices week by week, in the order of time."""
    broken = texts or documents(records)
    for (as_of,), needs in past_choices(records, first, before).group_by("asked_on", maintain_order=True):
        assert isinstance(as_of, date)
        seen = known(records, as_of)
        there = teams(seen, broken, weights)
        docked = np.zeros((needs.height, len(there.ids)), dtype=bool)
        place = {team: i for i, team in enumerate(there.ids)}
        for row, chosen in enumerate(needs["team_ids"].to_list()):
            docked[row, [place[t] for t in chosen if t in place]] = True
        asked = asked_of(needs, seen, broken)
        yield Week(as_of, needs, there, there.parts(asked, broken.texts), docked, *_counts(seen, there, needs))


def _counts(seen: Known, there: Teams, needs: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """need × team: past dockings of each team in the need's field, city, industry."""
    dockings = seen.dockings.filter(pl.col("team_id").is_in(list(there.ids)))
    team = positions(dockings["team_id"], pl.Series(there.ids))
    counted = []
    for column in ("tech_field", "city_id", "industry_code"):
        kinds = pl.concat([dockings[column], needs[column]]).unique().sort()
        kind, n = positions(dockings[column], kinds), len(kinds)
        table = np.bincount(team * n + kind, minlength=len(there.ids) * n).reshape(-1, n).astype(np.float64)
        counted.append(table.T[positions(needs[column], kinds)])
    return counted[0], counted[1], counted[2]


def by_weights(weights: Weights) -> Scoring:
    given = weights.of_teams()
    return lambda week: part.total(week.parts, given)


def _broken(counts: Floats, whole: Floats) -> Floats:
    """Counts, equal ones decided by the count over everything."""
    return np.asarray(counts + whole / (whole.max() + 1.0))


#: What anyone could suggest without matching: the most docked teams so far, over all, within the need's field, industry or city.
BASELINES: Mapping[str, Scoring] = {
    "popular": lambda week: np.broadcast_to(week.teams.docked, week.docked.shape),
    "popular_in_field": lambda week: _broken(week.in_field, week.teams.docked),
    "popular_in_industry": lambda week: _broken(week.in_industry, week.teams.docked),
    "popular_in_city": lambda week: _broken(week.in_city, week.teams.docked),
}


def evaluate(
    records: Records, methods: Mapping[str, Scoring], weights: Weights, first: date, before: date, texts: Documents | None = None
) -> pl.DataFrame:
    """``method, needs, hits_at_1, hits_at_5, hits_at_10, hit_rate_at_5, low, high`` over needs docked from ``first`` to before ``before``.

    A hit: at least one of the teams that docked is among the first k. A need whose team was not yet there counts as a miss. ``low`` and
    ``high``: 95 % interval of the rate (Wilson).
    """
    return rates_of(places(records, methods, weights, first, before, texts), list(methods))


def places(
    records: Records, methods: Mapping[str, Scoring], weights: Weights, first: date, before: date, texts: Documents | None = None
) -> pl.DataFrame:
    """``need_id, city_id, industry_code, tech_field, team_ids, asked_on`` of each need asked again, and a column a method: the place of
    the first of the teams that docked, null beyond the tenth."""
    frames = []
    for week in weeks(records, weights, first, before, texts):
        columns = []
        for name, scoring in methods.items():
            found = np.take_along_axis(week.docked, part.best(scoring(week), 10), axis=1)
            place = np.where(found.any(axis=1), found.argmax(axis=1) + 1, 0)
            columns.append(pl.Series(name, place, pl.Int64).replace(0, None))
        frames.append(week.needs.with_columns(columns))
    if frames:
        return pl.concat(frames)
    return past_choices(records, first, before).with_columns(pl.lit(None, pl.Int64).alias(name) for name in methods)


def rates_of(placed: pl.DataFrame, methods: Sequence[str]) -> pl.DataFrame:
    """The columns of :func:`evaluate` from those of :func:`places`."""
    hits = {name: np.array([int((placed[name] <= k).sum()) for k in (1, 5, 10)], dtype=np.int64) for name in methods}
    return rates(hits, placed.height)


def rates(hits: Mapping[str, NDArray[np.int64]], n: int) -> pl.DataFrame:
    """The columns of :func:`evaluate` from the hits at 1, 5 and 10 of each method in ``n`` needs."""
    rows = [(name, n, *map(int, h), h[1] / n if n else None, *_wilson(int(h[1]), n)) for name, h in hits.items()]
    kinds = [pl.String, *[pl.Int64] * 4, *[pl.Float64] * 3]
    columns = ["method", "needs", "hits_at_1", "hits_at_5", "hits_at_10", "hit_rate_at_5", "low", "high"]
    return pl.DataFrame(rows, schema=dict(zip(columns, kinds, strict=True)), orient="row")


def evaluate_year(records: Records, weights: Weights, year: int) -> pl.DataFrame:
    """The weights as given and as fitted on the dockings of the year before, and the baselines, on the dockings of ``year``."""
    texts = documents(records)
    methods = {"matching": by_weights(weights)}
    before = list(weeks(records, weights, date(year - 1, 1, 1), date(year, 1, 1), texts))
    if before:
        methods["matching_fitted_here"] = by_weights(weights.with_team(fit(_choices(before), weights.of_teams()).tolist()))
    return evaluate(records, {**methods, **BASELINES}, weights, date(year, 1, 1), date(year + 1, 1, 1), texts)


def evaluate_until(records: Records, weights: Weights, day: date) -> pl.DataFrame:
    """The weights as given and the baselines, on the dockings of the 13 weeks up to the end of ``day``, as the needs page says it."""
    return evaluate(records, {"matching": by_weights(weights), **BASELINES}, weights, day - LOOK_BACK, day + timedelta(days=1))


def fitted(records: Records, weights: Weights, year: int) -> Weights:
    """The weights with those of teams fitted on the dockings of the year before ``year``; RecordsError where there are none."""
    choices = list(_choices(weeks(records, weights, date(year - 1, 1, 1), date(year, 1, 1))))
    if not choices:
        raise RecordsError(Issue("no_dockings", T("{year} 年没有可用来拟合的对接", year=year - 1)))
    return weights.with_team(fit(choices, weights.of_teams()).tolist())


def _choices(chosen: Iterable[Week]) -> Iterator[tuple[list[Floats], Bools]]:
    return ((week.parts, week.docked) for week in chosen)


def _wilson(hits: int, n: int, z: float = 1.959963984540054) -> tuple[float | None, float | None]:
    if n == 0:
        return None, None
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(middle - half), float(middle + half)
