"""Hit rates: by hand in the small world, and (long) on three samples that were not looked at while the weights were made."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from small_world import docking, need, world

from kcz_metrics.errors import RecordsError
from kcz_metrics.matching import load_weights
from kcz_metrics.matching.evaluating import BASELINES, by_weights, evaluate, evaluate_until, evaluate_year, fitted, past_choices, weeks
from kcz_metrics.matching.evaluating_resources import evaluate_resources
from kcz_metrics.matching.fitting import fit, placed
from kcz_metrics.matching.reading import READS
from kcz_metrics.matching.weights import TEAM_PARTS

UNSEEN = (101, 102, 103)
YEAR = (date(2022, 1, 1), date(2023, 1, 1))


def later() -> dict[str, pl.DataFrame]:
    """The small world with three dockings of 2022, two of them of one need."""
    base = world()
    more = [
        docking("DK3", "ND3", "ST1", "2022-01-19"),
        docking("DK4", "ND3", "ST2", "2022-03-01"),
        docking("DK5", "ND4", "ST2", "2022-02-02"),
        docking("DK6", "ND5", None, "2022-02-03"),
    ]
    needs = [need("ND4", "2022-01-20", industry_code="IND-B", tech_field="DIGI"), need("ND5", "2022-01-21")]
    return world(docking=[*base["docking"].to_dicts(), *more], need=[*base["need"].to_dicts(), *needs])


def test_a_need_is_asked_once_on_the_sunday_before_its_first_docking() -> None:
    found = past_choices(later(), *YEAR)
    assert found.select("need_id", "team_ids", "asked_on").rows() == [
        ("ND3", ["ST1", "ST2"], date(2022, 1, 16)), ("ND4", ["ST2"], date(2022, 1, 30)),
    ]  # fmt: skip


def test_baselines_count_what_was_known_on_the_day() -> None:
    first, second = weeks(later(), load_weights(), *YEAR)
    assert first.teams.ids == ("ST1", "ST2")
    assert first.in_industry.tolist() == [[1.0, 0.0]]
    assert first.in_city.tolist() == [[1.0, 1.0]]
    # by 30 January the docking of the 19th is known; ND4 is of industry B and field DIGI
    assert second.in_industry.tolist() == [[0.0, 1.0]]
    assert second.teams.docked.tolist() == [2.0, 1.0]


def test_hits_by_hand() -> None:
    found = evaluate(later(), {"matching": by_weights(load_weights()), **BASELINES}, load_weights(), *YEAR)
    # ND3: ST1 stands first; ND4 is ST2's by matching, field and industry, but by numbers over all and in the city ST1 comes first
    assert dict(found.select("method", "hits_at_1").iter_rows()) == {
        "matching": 2, "popular": 1, "popular_in_field": 2, "popular_in_industry": 2, "popular_in_city": 1,
    }  # fmt: skip
    assert found["needs"].to_list() == [2] * 5
    assert found["hits_at_5"].to_list() == [2] * 5
    # Wilson, 2 of 2 at 95 %: low = 2 / (2 + z²)
    assert found["low"][0] == pytest.approx(2 / (2 + 1.959963984540054**2))
    assert found["high"][0] == pytest.approx(1.0)


def test_thirteen_weeks_up_to_a_day() -> None:
    # ND3 is docked first on 19 January, ND4 on 2 February: both within, one, none
    days = (date(2022, 2, 28), date(2022, 2, 1), date(2022, 6, 1))
    assert [evaluate_until(later(), load_weights(), day)["needs"][0] for day in days] == [2, 1, 0]
    assert evaluate_until(later(), load_weights(), days[0])["method"].to_list() == ["matching", *BASELINES]


def test_nothing_to_ask_gives_no_rate() -> None:
    found = evaluate(world(), {"matching": by_weights(load_weights())}, load_weights(), *YEAR)
    assert found.row(0) == ("matching", 0, 0, 0, 0, None, None, None)
    with pytest.raises(RecordsError, match="no dockings of 2019"):
        fitted(world(), load_weights(), 2020)


def test_resources_are_asked_where_they_were_there_before() -> None:
    more = [
        docking("DK3", "ND3", "ST1", "2022-02-01", resource_id="RS1"),
        docking("DK4", "ND4", "ST2", "2022-02-02", resource_id="RS2"),
        docking("DK5", "ND1", "ST2", "2021-06-10", resource_id="RS1"),  # the library had it on 2 June, after the end of May
    ]
    records = world(docking=more, need=later()["need"].to_dicts())
    found = evaluate_resources(records, load_weights(), *YEAR)
    # 碳纤维 for ND3; ND4 is of industry B but its words are of 碳纤维: RS2 wins by field and holder
    assert found.filter(method="matching").row(0)[:5] == ("matching", 2, 2, 2, 2)
    assert found.filter(method="most_used").row(0)[:5] == ("most_used", 2, 1, 2, 2)
    assert evaluate_resources(records, load_weights(), date(2021, 1, 1), date(2022, 1, 1))["needs"].to_list() == [0, 0, 0]


def test_placing_by_hand() -> None:
    # second of three: exp(−1/5); a tie takes the worse place; two docked teams each have theirs
    scores = np.array([[3.0, 2.0, 1.0], [1.0, 1.0, 0.0]])
    docked = np.array([[False, True, False], [True, False, True]])
    assert placed(scores, docked) == pytest.approx([np.exp(-1 / 5), np.exp(-1 / 5), np.exp(-2 / 5)])


def test_fitting_finds_the_part_that_told() -> None:
    rng = np.random.default_rng(3)
    told, noise = rng.random((400, 30)), rng.random((400, 30))
    docked = np.zeros((400, 30), dtype=bool)
    docked[np.arange(400), told.argmax(axis=1)] = True
    found = fit([([told, noise], docked)], np.array([1.0, 1.0]))
    assert found[0] > 0.95
    assert found.sum() == pytest.approx(1.0)


@pytest.mark.long
@pytest.mark.parametrize("seed", UNSEEN)
def test_matching_beats_popularity_on_samples_not_seen(seed: int) -> None:
    """Weights were made on seeds 1, 2 and 3. ``pytest -m long tests/matching -s`` prints the tables."""
    from kcz_metrics.records.sample import invent

    tables = invent(seed).tables
    records = {table: tables[table].select(columns) for table, columns in READS.items()}
    found = evaluate_year(records, load_weights(), 2022)
    with pl.Config(tbl_cols=-1, tbl_width_chars=200, float_precision=3):
        print(f"\nseed {seed}: teams docked in 2022\n{found}")
    rate = dict(found.select("method", "hit_rate_at_5").iter_rows())
    assert rate["matching"] >= 5 * rate["popular"]
    assert rate["matching"] >= 2 * rate["popular_in_field"]
    own = found.row(0, named=True)
    strongest = found.filter(pl.col("method").is_in(list(BASELINES))).sort("hit_rate_at_5").row(-1, named=True)
    assert own["hit_rate_at_5"] >= 1.15 * strongest["hit_rate_at_5"]
    assert own["low"] > strongest["high"]
    assert set(TEAM_PARTS) == set(load_weights().team)
