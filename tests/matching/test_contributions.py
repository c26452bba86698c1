"""Points of a suggestion record by record: in the small world by hand, and added up for the best candidates of the sample's needs."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import polars as pl
import pytest
from small_world import world

from kcz_metrics.matching import load_weights, read
from kcz_metrics.matching.contributions import ALL_TEAMS, EMPTY_HANDED, resource_part, team_part
from kcz_metrics.matching.resources import need_texts, resources
from kcz_metrics.matching.suggesting import Desk, best_resources, best_teams, desk
from kcz_metrics.matching.text import characters, texts_of
from kcz_metrics.matching.weights import RESOURCE_PARTS, TEAM_PARTS


def need_of(at: Desk, need_id: str) -> dict[str, Any]:
    return at.seen.needs.filter(need_id=need_id).row(0, named=True)


# points at the most: 100 · weight / sum of the weights
WHOLE = sum(load_weights().team.values())
MOST = {part: 100 * weight / WHOLE for part, weight in load_weights().team.items()}


@pytest.mark.parametrize(
    "part, expected",
    [
        # ST1's one skill 碳纤维 is named by ND1 and ND3, both of industry A
        ("industry", [("team_skill", "ST1|碳纤维", 1.0, MOST["industry"])]),
        ("field", [("service_team", "ST1", None, MOST["field"])]),
        # DK1 came to an agreement; of all teams one in two did; strength 10
        ("success", [("docking", None, 0.5, MOST["success"] * 5 / 11), ("docking", "DK1", None, MOST["success"] / 11)]),
        # one of two dockings in the city, 5 more, three tenths count whole
        ("docked_here", [("docking", "DK1", None, MOST["docked_here"] / 7 / 0.3)]),
        ("docked_industry", [("docking", "DK1", None, MOST["docked_industry"] / 6 / 0.3)]),
        ("agreement", [("team_city", "ST1|PC001|2021", None, MOST["agreement"])]),
        ("distance", [("org", "OR1", 0.0, MOST["distance"])]),
    ],
    ids=lambda p: p if isinstance(p, str) else "",
)
def test_what_each_record_adds_by_hand(part: str, expected: list[tuple[Any, ...]]) -> None:
    at = desk(world(), date(2022, 1, 31), load_weights())
    found = team_part(at, need_of(at, "ND3"), "ST1", part).select("table", "record", "what", "adds").rows()
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert [row[2:] for row in found] == [pytest.approx(row[2:]) for row in expected]


def test_what_adds_nothing_is_not_listed() -> None:
    at = desk(world(), date(2022, 1, 31), load_weights())
    assert team_part(at, need_of(at, "ND3"), "ST2", "field").is_empty()
    assert team_part(at, need_of(at, "ND3"), "ST2", "docked_industry").is_empty()


@pytest.fixture(scope="module")
def at(sample_store: Any) -> Desk:
    return desk(read(sample_store.snapshot()), date(2022, 12, 31), load_weights())


def test_rows_without_a_record_are_told_apart(at: Desk) -> None:
    need = at.asked().row(0, named=True)
    busy = at.teams.ids[int(at.teams.active.argmax())]
    for part, code in (("capacity", EMPTY_HANDED), ("success", ALL_TEAMS)):
        rows = team_part(at, need, busy, part)
        assert rows.filter(pl.col("record").is_null())["about"].to_list() == [code]
    held = team_part(at, need, busy, "capacity").filter(pl.col("record").is_not_null())
    assert held.height == at.teams.active.max()
    assert (held["adds"] < 0).all()


@pytest.mark.parametrize("most", [3, pytest.param(300, marks=pytest.mark.long)], ids=["few", "many"])
def test_records_add_up_to_the_points(most: int, at: Desk) -> None:
    weights = at.weights
    needs = at.asked().sort("need_id").gather_every(max(1, at.asked().height // most)).head(most)
    wrong = []
    for row in best_teams(at, needs, 3).iter_rows(named=True):
        need = need_of(at, row["need"])
        for part in TEAM_PARTS:
            made = float(team_part(at, need, row["candidate"], part)["adds"].sum())
            if not math.isclose(made, row[part], rel_tol=1e-9, abs_tol=1e-9):
                wrong.append((row["need"], row["candidate"], part, made, row[part]))
    words = need_texts(at.records, needs["need_id"].to_list())
    stock = resources(at.seen, words, weights)
    for row in best_resources(at, needs, 2, stock).iter_rows(named=True):
        need = need_of(at, row["need"])
        for part in RESOURCE_PARTS:
            made = float(resource_part(at, stock, need, row["candidate"], part)["adds"].sum())
            if not math.isclose(made, row[part], rel_tol=1e-9, abs_tol=1e-9):
                wrong.append((row["need"], row["candidate"], part, made, row[part]))
    assert not wrong


def test_runs_of_characters_are_read_back() -> None:
    texts = texts_of(["碳纤维"])
    assert sorted(characters(int(gram)) for gram in texts.grams) == ["碳纤", "碳纤维", "纤维"]
