"""Suggestions in the small world by hand, and on the sample: nothing later than the day changes them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest
from small_world import at, docking, world

from kcz_metrics.errors import RecordsError
from kcz_metrics.matching import load_weights, suggest
from kcz_metrics.matching.reading import READS, last_day
from kcz_metrics.matching.suggesting import PARTS, best_resources, best_teams, desk
from kcz_metrics.matching.teams import asked_of
from kcz_metrics.matching.weights import RESOURCE_PARTS, TEAM_PARTS

ROOT = Path(__file__).parents[2]
DAY = date(2022, 1, 31)


def team_part(name: str) -> list[float]:
    """What each team gets for one part, before need ND3."""
    here = desk(world(), DAY, load_weights())
    found = here.teams.parts(asked_of(here.asked(["ND3"]), here.seen, here.texts), here.texts.texts)
    return [float(x) for x in found[TEAM_PARTS.index(name)][0]]


@pytest.mark.parametrize(
    "part, expected",
    [
        ("industry", [1.0, 0.5]),  # 碳纤维 comes from needs of A; ST2 has 数字孪生 of B besides
        ("field", [1.0, 0.0]),
        ("success", [11 * 0.5 / 11 + 0.5 / 11, 10 * 0.5 / 11]),  # 1 of 1 and 0 of 1: (1 + 5) / 11 and 5 / 11
        ("docked_here", [(1 / 7) / 0.3, (1 / 7) / 0.3]),  # one docking each in PC001, five more in the denominator
        ("docked_industry", [(1 / 6) / 0.3, 0.0]),
        ("agreement", [1.0, 0.5]),  # signed in 2021; listed only
        ("distance", [1.0, math.exp(-10 * 2 * math.pi * 6371 / 360 / 500)]),  # in the city; ten degrees north
    ],
)
def test_a_part_by_hand(part: str, expected: list[float]) -> None:
    assert team_part(part) == pytest.approx(expected)


def test_capacity_by_hand() -> None:
    # DK2 is still in hand, DK1 ended when its need was closed. In hand at the quarters before 1 February 2022 (2 November, 3 August,
    # 4 May, 2 February): ST1 1, 1, 1, 0 (begun on the 1st, before that moment: 1); ST2 1, 1, 1, 0
    here = desk(world(), DAY, load_weights()).teams
    assert here.active.tolist() == [0.0, 1.0]
    loads = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 0.0]])
    usual = (loads.sum(axis=1) + 2 * loads.mean()) / 6
    assert here.usual == pytest.approx(usual)
    assert here.capacity == pytest.approx((usual + 1) / (usual + 1 + here.active))


def test_text_prefers_the_team_that_names_the_need() -> None:
    skills = [{"team_id": "ST1", "tag": "碳纤维"}, {"team_id": "ST2", "tag": "数字孪生"}]
    here = desk(world(team_skill=skills), DAY, load_weights())
    found = here.teams.parts(asked_of(here.asked(["ND3"]), here.seen, here.texts), here.texts.texts)[TEAM_PARTS.index("text")]
    assert found[0, 1] == pytest.approx(0.0)
    assert 0 < found[0, 0] < 1


def test_a_suggestion_opens_to_its_parts() -> None:
    found = suggest(world(), DAY, load_weights(), ["ND3"])
    assert found.select("need", "rank", "kind", "candidate").rows() == [
        ("ND3", 1, "team", "ST1"), ("ND3", 2, "team", "ST2"), ("ND3", 1, "resource", "RS1"), ("ND3", 2, "resource", "RS2"),
    ]  # fmt: skip
    assert found.select(pl.sum_horizontal(PARTS)).to_series().to_list() == pytest.approx(found["score"].to_list())
    assert found["score"].is_between(0, 100).all()
    teams, stock = found.filter(kind="team"), found.filter(kind="resource")
    assert teams.select(p for p in PARTS if p not in TEAM_PARTS).null_count().sum_horizontal()[0] == 2 * (len(PARTS) - len(TEAM_PARTS))
    assert stock.select(p for p in PARTS if p not in RESOURCE_PARTS).null_count().sum_horizontal()[0] == 2 * (
        len(PARTS) - len(RESOURCE_PARTS)
    )


def test_without_names_every_open_need_is_asked() -> None:
    assert suggest(world(), DAY, load_weights(), kinds=["team"])["need"].unique().sort().to_list() == ["ND2", "ND3"]


def test_weights_change_the_order() -> None:
    only_near = replace(load_weights(), team=MappingProxyType({p: float(p == "distance") for p in TEAM_PARTS}))
    far = world(org=[{"org_id": "OR1", "city_id": "PC002"}, {"org_id": "OR2", "city_id": "PC001"}])
    assert suggest(far, DAY, only_near, ["ND3"], kinds=["team"])["candidate"].to_list() == ["ST2", "ST1"]


def test_a_need_not_known_by_then_is_refused() -> None:
    with pytest.raises(RecordsError, match="no valid need ND3 was known by 2021-12-31"):
        suggest(world(), date(2021, 12, 31), load_weights(), ["ND3"])


def test_an_empty_platform_suggests_nothing() -> None:
    nothing = world(**{table: [] for table in READS})
    assert suggest(nothing, DAY, load_weights()).is_empty()
    assert last_day(nothing) is None
    assert suggest(world(service_team=[], team_skill=[], resource=[]), DAY, load_weights(), ["ND3"]).is_empty()


def test_a_docking_of_tomorrow_changes_nothing() -> None:
    before = suggest(world(), DAY, load_weights())
    more = [docking(f"DK{k}", "ND3", "ST2", "2022-02-01", stage4_at=at("2022-02-02")) for k in range(10, 20)]
    assert suggest(world(docking=[*world()["docking"].to_dicts(), *more]), DAY, load_weights()).equals(before)


#: Table to the moments of an event; a row is of the future where the first of them is.
EVENTS = {
    "need": ("posted_at", "first_response_at", "assigned_at", "closed_at"),
    "docking": ("assigned_at", "first_reply_at", "stage2_at", "stage3_at", "stage4_at", "stage5_at", "stage6_at"),
    "resource": ("entered_at", "last_confirmed_at", "retired_at"),
    "resource_use": ("used_at",),
    "service_team": ("founded_at",),
    "team_registration": ("reviewed_at",),
}


def scrambled(records: dict[str, pl.DataFrame], until: datetime, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """The records with everything dated from ``until`` on changed: rows removed or given to others, later stages moved or taken away."""
    changed = dict(records)
    for table, moments in EVENTS.items():
        frame = records[table]
        kept = frame[moments[0]].cast(pl.Datetime("us")).fill_null(until) < until
        frame = pl.concat([frame.filter(kept), frame.filter(~kept).sample(fraction=0.4, seed=int(rng.integers(1000)))])
        later = [
            (pl.col(m).cast(pl.Datetime("us")) >= until) for m in (*moments, *(["verified_at"] if "verified_at" in frame.columns else []))
        ]
        lucky = pl.Series(rng.random(frame.height) < 0.5)
        shift = pl.duration(days=pl.Series(rng.integers(0, 90, frame.height)))
        names = (*moments, *(["verified_at"] if "verified_at" in frame.columns else []))
        frame = frame.with_columns(
            pl.when(is_later & lucky).then(pl.col(m) + shift).when(is_later & (m not in ("verified_at", moments[0]))).then(None)
            .otherwise(pl.col(m)).alias(m)
            for m, is_later in zip(names, later, strict=True)
        )  # fmt: skip
        if "team_id" in frame.columns and table == "docking":
            other = frame["team_id"].shuffle(seed=int(rng.integers(1000)))
            frame = frame.with_columns(team_id=pl.when(pl.col("assigned_at") >= until).then(other).otherwise(pl.col("team_id")))
        if table == "need":
            other = frame["industry_code"].shuffle(seed=int(rng.integers(1000)))
            future = pl.col("posted_at") >= until
            reopened = pl.col("closed_at").is_null() & ~future & records_closed(records, until)
            frame = frame.with_columns(
                industry_code=pl.when(future).then(other).otherwise(pl.col("industry_code")),
                title=pl.when(future).then(pl.lit("另一项完全不同的需求")).otherwise(pl.col("title")),
                outcome=pl.when(reopened).then(pl.lit("open")).otherwise(pl.col("outcome")),
            )
        changed[table] = frame
    known_needs = changed["need"]["need_id"]
    changed["need_tag"] = changed["need_tag"].filter(pl.col("need_id").is_in(known_needs.implode()))
    late = pl.col("agreement_signed_at").cast(pl.Datetime("us")) >= until
    tie = records["team_city"].filter(pl.col("year") <= until.year)
    changed["team_city"] = tie.with_columns(agreement_signed_at=pl.when(late).then(None).otherwise(pl.col("agreement_signed_at")))
    return changed


def records_closed(records: dict[str, pl.DataFrame], until: datetime) -> pl.Expr:
    """Needs that were closed later: with the closing taken away they are open."""
    late = records["need"].filter(pl.col("closed_at") >= until)["need_id"]
    return pl.col("need_id").is_in(late.implode())


@pytest.mark.parametrize("day", [date(2021, 6, 30), pytest.param(date(2022, 3, 14), marks=pytest.mark.long)], ids=str)
def test_nothing_later_than_the_day_changes_a_suggestion(day: date) -> None:
    folder = ROOT / "data" / "sample"
    records = {table: pl.read_parquet(folder / f"{table}.parquet", columns=list(columns)) for table, columns in READS.items()}
    rng, weights = np.random.default_rng(7), load_weights()
    other = scrambled(records, datetime(day.year, day.month, day.day) + timedelta(days=1), rng)
    assert other["docking"].height < records["docking"].height
    whole, later = desk(records, day, weights), desk(other, day, weights)
    asked = whole.asked()
    assert later.asked()["need_id"].to_list() == asked["need_id"].to_list()
    some = asked["need_id"].sample(150, seed=7).to_list()
    assert best_teams(later, later.asked(some)).equals(best_teams(whole, whole.asked(some)))
    assert best_resources(later, later.asked(some[:3])).equals(best_resources(whole, whole.asked(some[:3])))
