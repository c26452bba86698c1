"""Indicators of the sample worked out a second time, in plain polars from the files, without facts, SQL or the scheme's formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.engines.duckdb import values
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
START, END = datetime(2022, 1, 1), datetime(2023, 1, 1)
Given = Mapping[str, float | None]


def every(table: str) -> pl.DataFrame:
    return pl.read_parquet(SAMPLE / f"{table}.parquet")


def valid(table: str) -> pl.DataFrame:
    return every(table).filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())


def within(column: str, start: datetime = START, end: datetime = END) -> pl.Expr:
    return (pl.col(column) >= start) & (pl.col(column) < end)


def by_unit(frame: pl.DataFrame, unit: str, value: pl.Expr) -> dict[str, float]:
    return {
        key: found for key, found in frame.group_by(unit).agg(value.alias("found")).select(unit, "found").iter_rows() if key is not None
    }


def ratio(a: Mapping[str, float], b: Mapping[str, float], units: list[str], scale: float = 1.0) -> dict[str, float | None]:
    return {u: a.get(u, 0) / b[u] * scale if b.get(u) else None for u in units}


def shrunk(
    x: Mapping[str, float | None], n: Mapping[str, float], group: Mapping[str, str | None], strength: float = 10
) -> dict[str, float | None]:
    """(n·x + m·x̄) / (n + m), by the book, one group after the other."""
    out: dict[str, float | None] = dict.fromkeys(x)
    for name in set(group.values()):
        there = [u for u in x if group[u] == name and x[u] is not None and n.get(u)]
        if not there:
            continue
        mean = math.fsum(n[u] * x[u] for u in there) / math.fsum(n[u] for u in there)  # type: ignore[operator]
        for u in there:
            out[u] = (n[u] * x[u] + strength * mean) / (n[u] + strength)  # type: ignore[operator]
    return out


def context(column: str) -> dict[str, float]:
    return dict(every("city_context").filter(pl.col("year") == 2022).select("city_id", column).iter_rows())


def dockings_met() -> pl.DataFrame:
    return valid("docking").filter((pl.col("stage") >= 2) & within("stage2_at"))


def docked_in_time(units: list[str]) -> Given:
    """CF01: a ratio of needs with shrinking."""
    first = valid("docking").filter(pl.col("stage") >= 2).group_by("need_id").agg(pl.col("stage2_at").min())
    due = valid("need").filter(within("posted_at", START - timedelta(days=60), END - timedelta(days=60)))
    met = due.join(first, on="need_id").filter(pl.col("stage2_at") <= pl.col("posted_at") + timedelta(days=60))
    n, k = by_unit(due, "city_id", pl.len()), by_unit(met, "city_id", pl.len())
    return shrunk(ratio(k, n, units), n, dict.fromkeys(units))


def response(units: list[str]) -> Given:
    """CE05: a median in which the unanswered rank last."""
    days = (pl.col("first_response_at") - pl.col("posted_at")).dt.total_seconds() / 86400
    return by_unit(valid("need").filter(within("posted_at")), "city_id", days.fill_null(999).median())


def profile(units: list[str]) -> Given:
    """CE02: rows valid at the year's end; what is not reported is zero."""
    rows = every("city_industry").filter(pl.col("year") == 2022).with_columns(pl.len().over("city_id").alias("industries"))
    filled = by_unit(rows, "city_id", (pl.col("profile_filled") * pl.when(pl.col("industries") <= 2).then(1.0).otherwise(0.5)).sum())
    required = by_unit(rows, "city_id", pl.col("profile_required").sum())
    return {u: v if v is not None else 0.0 for u, v in ratio(filled, required, units).items()}


def funding(units: list[str]) -> Given:
    """CE06: a sum over a size."""
    own = by_unit(valid("city_input").filter(within("occurred_on", START.date(), END.date())), "city_id", pl.col("amount_cny").sum())  # type: ignore[arg-type]
    return ratio(own, context("gdp_100m"), units)


def participation(units: list[str]) -> Given:
    """CE04: distinct enterprises over four tables, with shrinking and a cap."""
    needs, inside = every("need").select("need_id", "city_id", "enterprise_id"), (START.date(), END.date())
    signed = valid("contract").filter(within("signed_at", *inside))  # type: ignore[arg-type]
    firms = every("enterprise").select(pl.col("org_id").alias("enterprise_id"))
    parts = [
        valid("need").filter(within("posted_at")).select("city_id", "enterprise_id"),
        dockings_met().join(needs, on="need_id").select("city_id", "enterprise_id"),
        signed.select(pl.col("buyer_city_id").alias("city_id"), pl.col("buyer_org_id").alias("enterprise_id")).join(
            firms, on="enterprise_id"
        ),
        signed.select(pl.col("seller_city_id").alias("city_id"), pl.col("seller_org_id").alias("enterprise_id")).join(
            firms, on="enterprise_id"
        ),
    ]
    distinct = by_unit(pl.concat(parts).drop_nulls(), "city_id", pl.col("enterprise_id").n_unique())
    firms_there = context("enterprise_tech")
    found = shrunk(ratio(distinct, firms_there, units), firms_there, dict.fromkeys(units))
    return {u: None if v is None else min(v, 1.0) for u, v in found.items()}


def satisfaction(units: list[str]) -> Given:
    """CF09: a shrunken mean."""
    rows = valid("feedback").filter(pl.col("drawn_by_system") & within("occurred_on", START.date(), END.date()))  # type: ignore[arg-type]
    n, x = by_unit(rows, "subject_id", pl.len()), by_unit(rows, "subject_id", pl.col("score").mean())
    return shrunk({u: x.get(u) for u in units}, n, dict.fromkeys(units))


def service_days(units: list[str]) -> Given:
    """TP01: days over members on the roll at the end."""
    last = date(2022, 12, 31)
    there = every("team_member").filter((pl.col("from_date") <= last) & (pl.col("to_date").is_null() | (pl.col("to_date") > last)))
    days = by_unit(valid("service_day").filter(pl.col("date").dt.year() == 2022), "team_id", pl.len())
    return ratio(days, by_unit(there, "team_id", pl.len()), units)


def docking_cities(units: list[str]) -> Given:
    """BD06: distinct cities with at least two dockings."""
    cities = every("need").select("need_id", "city_id")
    pairs = dockings_met().join(cities, on="need_id").group_by("provider_org_id", "city_id").len().filter(pl.col("len") >= 2)
    found = by_unit(pairs, "provider_org_id", pl.len())
    return {u: found.get(u, 0) for u in units}


def diversity(units: list[str]) -> Given:
    """BR03: the effective number of libraries with at least five live items."""
    live = valid("resource").filter((pl.col("entered_at") < END) & (pl.col("retired_at").is_null() | (pl.col("retired_at") >= END)))
    counts = live.group_by("entered_by_org_id", "library_type").len().filter(pl.col("len") >= 5)
    found: dict[str, list[int]] = {}
    for org, _, count in counts.iter_rows():
        found.setdefault(org, []).append(count)
    return {org: math.exp(-sum(c / sum(cs) * math.log(c / sum(cs)) for c in cs)) for org, cs in found.items()}


def graded_a(units: list[str]) -> Given:
    """BR02: a ratio shrunk toward the mean of its class."""
    entered = valid("resource").filter(within("entered_at") & pl.col("grade").is_not_null())
    n = by_unit(entered, "entered_by_org_id", pl.len())
    k = by_unit(entered.filter(pl.col("grade") == "A"), "entered_by_org_id", pl.len())
    classes = dict(every("org").select("org_id", "org_class").iter_rows())
    return shrunk(ratio(k, n, units), n, {u: classes[u] for u in units})


def late_replies(units: list[str]) -> Given:
    """BD03: a median by another date of the same record."""
    rows = valid("docking").filter(within("assigned_at"))
    days = (pl.col("first_reply_at") - pl.col("assigned_at")).dt.total_seconds() / 86400
    return by_unit(rows, "provider_org_id", days.fill_null(999).median())


def cross_city(units: list[str]) -> Given:
    """CR01: registered arm's-length value to other cities, pairs of a month capped together, over GDP."""
    related = control_groups()
    rows = valid("contract").filter(pl.col("registration_no").is_not_null() & ~pl.col("is_related"))
    far = [
        not any(a <= day < b for a, b in related.get((seller, buyer), ()))
        for seller, buyer, day in rows.select("seller_org_id", "buyer_org_id", "signed_at").iter_rows()
    ]
    pair, month = ["seller_org_id", "buyer_org_id", "month"], pl.col("signed_at").dt.truncate("1mo").alias("month")
    rows = rows.filter(pl.Series(far)).with_columns(month).with_columns(pl.col("tech_amount_cny").sum().over(pair).alias("together"))
    year = pl.col("signed_at").dt.year().alias("year")
    merged = rows.select(*pair, year, "together").unique()
    caps = merged.group_by("year").agg(pl.col("together").quantile(0.99, "linear").alias("cap"))
    share = pl.min_horizontal(pl.lit(1.0), pl.col("cap") / pl.col("together"))
    out = (
        rows.with_columns(year)
        .join(caps, on="year")
        .with_columns((pl.col("tech_amount_cny") * share).round(0, mode="half_away_from_zero").alias("credited"))
        .filter(
            (pl.col("signed_at").dt.year() == 2022)
            & pl.col("seller_city_id").is_not_null()
            & pl.col("seller_city_id").ne_missing(pl.col("buyer_city_id"))
        )
    )
    return ratio(by_unit(out, "seller_city_id", pl.col("credited").sum()), context("gdp_100m"), units)


def control_groups() -> dict[tuple[str, str], list[tuple[date, date]]]:
    """Ordered pairs joined by control, and while: relations walked from each body, keeping the time they all hold."""
    edges: dict[str, list[tuple[str, date, date]]] = {}
    for a, b, kind, share, since, until in every("org_relation").iter_rows():
        if kind in ("branch", "same_person") or (share if share is not None else 100 if kind == "control" else 0) >= 50:
            for x, y in ((a, b), (b, a)):
                edges.setdefault(x, []).append((y, since, until or date(2999, 12, 31)))
    found: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for start in edges:
        seen, todo = set(), [(start, date.min, date.max)]
        while todo:
            at, since, until = todo.pop()
            for to, a, b in edges[at]:
                step = (to, max(since, a), min(until, b))
                if step[1] < step[2] and step not in seen:
                    seen.add(step)
                    todo.append(step)
        for to, a, b in seen:
            if to != start:
                found.setdefault((start, to), []).append((a, b))
    return found


SECOND: dict[str, tuple[str, Callable[[list[str]], Given]]] = {
    "CF01": ("city_assessment", docked_in_time),
    "CE02": ("city_assessment", profile),
    "CE04": ("city_assessment", participation),
    "CE05": ("city_assessment", response),
    "CE06": ("city_assessment", funding),
    "CF09": ("city_assessment", satisfaction),
    "CR01": ("city_assessment", cross_city),
    "TP01": ("team_score", service_days),
    "BR02": ("board_resource", graded_a),
    "BR03": ("board_resource", diversity),
    "BD03": ("board_docking", late_replies),
    "BD06": ("board_docking", docking_cities),
}


@pytest.fixture(scope="module")
def frames(sample_store: Store, shipped_scheme: Scheme) -> dict[str, pl.DataFrame]:
    stored = sample_store.snapshot()
    return {index: values(stored, shipped_scheme, index, ["2022"]).frame for index in {index for index, _ in SECOND.values()}}


@pytest.mark.parametrize("indicator", SECOND)
def test_a_second_computation_agrees(indicator: str, frames: dict[str, pl.DataFrame]) -> None:
    index, compute = SECOND[indicator]
    found = dict(frames[index].filter(indicator=indicator).select("unit", "value").iter_rows())
    second = compute(list(found))
    assert sum(value is not None for value in found.values()) > 50
    wrong = {u: (v, second.get(u)) for u, v in found.items() if not same(v, second.get(u))}
    assert wrong == {}


def same(a: float | None, b: float | None) -> bool:
    return a is None and b is None if a is None or b is None else math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def test_growth_over_the_year_before_agrees(sample_store: Store, shipped_scheme: Scheme) -> None:
    index = shipped_scheme.indices["city_assessment"]
    tree = index.tree.model_copy(update={"children": (index.tree.children[0].children[2],)})
    changed = shipped_scheme.model_copy(
        update={
            "indicators": {
                **shipped_scheme.indicators,
                "CE03": shipped_scheme.indicators["CE03"].model_copy(update={"formula": "growth(own_funding)"}),
            },
            "indices": {"city_assessment": index.model_copy(update={"tree": tree})},
        }
    )
    found = values(sample_store.snapshot(), changed, "city_assessment", ["2022"]).frame
    sums = {
        year: by_unit(valid("city_input").filter(pl.col("occurred_on").dt.year() == year), "city_id", pl.col("amount_cny").sum())
        for year in (2021, 2022)
    }
    since = dict(every("pilot_city").select("city_id", "active_from").iter_rows())
    for unit, value in found.select("unit", "value").iter_rows():
        base = sums[2021].get(unit, 0) if since[unit] < date(2022, 1, 1) else 0
        assert same(value, sums[2022].get(unit, 0) / base - 1 if base > 0 else None), unit
    assert found["value"].drop_nulls().len() > 50
