"""The funnel on a handful of rows, and on the sample: the parts of every split add up at every step."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from kcz_metrics.analysis import paths
from kcz_metrics.engines.rows import fact_rows, measured
from kcz_metrics.language.periods import period

NEED = paths.PATHS["need"]


def rows() -> pl.DataFrame:
    """Ten needs of 2022 in two cities: 10 posted, 6 docked, 3 contracts, 3 paid, 1 effect; and one of 2021, and a duplicate."""
    reached = [1, 1, 1, 1, 2, 2, 2, 4, 4, 5, 5, 5]
    posted = [dt.datetime(2022, 1 + i, 1) for i in range(10)] + [dt.datetime(2021, 12, 31), dt.datetime(2022, 1, 1)]
    after = [None if step < 2 else day + dt.timedelta(days=10 * (i - 3)) for i, (step, day) in enumerate(zip(reached, posted, strict=True))]
    return pl.DataFrame(
        {
            "need_id": [f"N{i}" for i in range(12)],
            "city_id": ["A"] * 7 + ["B"] * 3 + ["A", "A"],
            "posted_at": posted,
            "docked_at": after,
            "reached": reached,
            "flaw": [None] * 11 + ["duplicate"],
            "days_to_docking": [None] * 4 + [10, 20, 30, 40, 50, 60] + [1, 1],
            "days_to_contract": [None] * 7 + [5, 7, 9, 1, 1],
            "days_to_payment": [None] * 7 + [5, 7, 9, 1, 1],
            "days_to_effect": [None] * 9 + [100, 1, 1],
        }
    )


def cohort(**more: object) -> pl.DataFrame:
    return paths.cohort(rows(), NEED, period("2022"), **more)  # type: ignore[arg-type]


def test_a_cohort_is_what_came_in_in_the_period_and_is_valid() -> None:
    assert cohort()["need_id"].to_list() == [f"N{i}" for i in range(10)]


def test_the_young_are_left_out_on_request() -> None:
    assert cohort(ripe=180, until=dt.date(2022, 12, 31))["need_id"].to_list() == [f"N{i}" for i in range(7)]  # posted by 4 July
    assert cohort(ripe=30, until=dt.date(2022, 10, 31)).height == 10  # 1 October is 30 days before


def test_stages_count_share_and_wait() -> None:
    found = paths.stages(cohort(), NEED)
    assert found["count"].to_list() == [10, 6, 3, 3, 1]
    assert found["share"].to_list() == [None, 0.6, 0.5, 1.0, pytest.approx(1 / 3)]
    assert found["lost"].to_list() == [None, 4, 3, 0, 2]
    assert found["days"].to_list() == [None, 35.0, 7.0, 7.0, 100.0]
    assert paths.leak(found) == "effect"


def test_an_empty_step_has_no_share_after_it() -> None:
    found = paths.stages(cohort().filter(pl.col("reached") == 1), NEED)
    assert found["count"].to_list() == [4, 0, 0, 0, 0]
    assert found["share"].to_list() == [None, 0.0, None, None, None]
    assert paths.leak(found) == "docked"


def test_nothing_lost_leaks_nowhere() -> None:
    assert paths.leak(paths.stages(cohort().filter(pl.col("reached") == 5), NEED)) is None
    assert paths.leak(paths.stages(cohort().clear(), NEED)) is None


def test_parts_add_up_and_each_tells_its_leak() -> None:
    split = paths.split(cohort(), NEED, "city_id")
    assert split.select("part", "posted", "docked", "contracted", "paid", "effect", "leak").rows() == [
        ("A", 7, 3, 0, 0, 0, "contracted"),
        ("B", 3, 3, 3, 3, 1, "effect"),
    ]
    assert paths.whole(split, NEED.steps) == [10, 6, 3, 3, 1]


def test_records_of_a_step_are_those_that_got_there_or_stopped_before() -> None:
    assert paths.stopped(cohort(), NEED, "contracted", reached=True)["need_id"].to_list() == ["N7", "N8", "N9"]
    assert paths.stopped(cohort(), NEED, "contracted", reached=False)["need_id"].to_list() == ["N4", "N5", "N6"]


def test_the_last_day_known_is_that_of_any_date() -> None:
    assert paths.known_until(rows()) == dt.date(2022, 11, 30)  # N9, posted on 1 October, met 60 days later
    assert paths.known_until(rows().clear()) is None


@pytest.mark.parametrize(
    "kind, columns",
    [("need", ["city_id", "province_code"]), ("handling", ["org_class", "team_id"]), ("resource", ["org_class", "city_id"])],
)
def test_the_sample_adds_up_over_every_split(kind: str, columns: list[str], sample_store, shipped_scheme) -> None:  # type: ignore[no-untyped-def]
    path = paths.PATHS[kind]
    found = fact_rows(sample_store.snapshot(), shipped_scheme, [path.fact])[path.fact]
    for year in ("2021", "2022"):
        rows_of = paths.cohort(found, path, period(year))
        counts = paths.stages(rows_of, path)["count"].to_list()
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] > 0
        for column in columns:
            assert paths.whole(paths.split(rows_of, path, column), path.steps) == counts


def test_the_funnel_of_the_sample_is_what_plain_joins_of_its_records_count(sample_store, shipped_scheme) -> None:  # type: ignore[no-untyped-def]
    """The records themselves, joined in polars; only the arm's-length test is the fact's."""
    snapshot = sample_store.snapshot()

    def valid(name: str) -> pl.DataFrame:
        return snapshot.read(name).filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())

    needs = valid("need").filter(pl.col("posted_at").dt.year() == 2022)
    facts = fact_rows(snapshot, shipped_scheme, ["need_paths", "contracts"])
    creditable = facts["contracts"].filter(pl.col("creditable"))
    met = valid("docking").filter((pl.col("stage") >= 2) & pl.col("stage2_at").is_not_null())
    signed = valid("contract").join(creditable, on="contract_id", how="semi").join(met.select("docking_id", "need_id"), on="docking_id")
    paid = signed.join(valid("contract_payment").filter(pl.col("paid_cny") > 0), on="contract_id", how="semi")
    impacts = valid("impact").filter(pl.col("evidence_class").is_in(["A", "B"]) & (pl.col("value") > 0))
    effect = paid.join(impacts, on="contract_id", how="semi")
    expected = [needs.height, *(needs.join(reached, on="need_id", how="semi").height for reached in (met, signed, paid, effect))]
    rows_of = paths.cohort(facts["need_paths"], NEED, period("2022"))
    assert paths.stages(rows_of, NEED)["count"].to_list() == expected


def test_measures_of_the_paths_agree_with_the_funnel(sample_store, shipped_scheme) -> None:  # type: ignore[no-untyped-def]
    from kcz_metrics.analysis.rollups import measures

    names = ("path_needs", "path_docked", "path_contracted", "path_paid", "path_effect")
    scheme = shipped_scheme.model_copy(update={"measures": measures()})
    nation = measured(sample_store.snapshot(), scheme, names, "programme", ["2022"])
    found = fact_rows(sample_store.snapshot(), shipped_scheme, ["need_paths"])["need_paths"]
    counts = paths.stages(paths.cohort(found, NEED, period("2022")), NEED)["count"].to_list()
    assert [nation.filter(measure=name)["value"][0] for name in names] == counts
