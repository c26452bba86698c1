"""The invented sample: it keeps its own contracts, looks like life, and can be told by its abilities."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from kcz_metrics.errors import RecordsError
from kcz_metrics.records.sample import Sample, invent, read_sample, write_sample, write_truth
from kcz_metrics.records.sample.names import BRANDS_ZH, PLACES_ZH, credit_codes
from kcz_metrics.tables import TABLES

SHIPPED = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return read_sample(SHIPPED)


@pytest.fixture(scope="module")
def small() -> Sample:
    return invent(seed=5, scale=0.1)


def valid(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())


def test_the_shipped_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.glob("*.parquet")) < 6_000_000


def test_it_has_the_promised_size(tables: dict[str, pl.DataFrame]) -> None:
    records = sum(frame.height for name, frame in tables.items() if TABLES[name].has_tail)
    evaluated = (
        tables["org_context"].select("org_id").unique().height + tables["org"].filter(pl.col("org_class").is_in(["PA", "LA"])).height
    )
    assert records >= 150_000
    assert tables["pilot_city"].height == 65
    assert tables["service_team"].height == 240
    assert 320 <= evaluated <= 345
    assert all(frame.height > 0 for frame in tables.values())


def test_every_class_is_large_enough_for_a_board(tables: dict[str, pl.DataFrame]) -> None:
    sized = tables["org"].join(tables["org_context"].select("org_id").unique(), on="org_id", how="semi")
    regional = tables["org"].filter(pl.col("org_class").is_in(["PA", "LA"]))
    counts = dict(pl.concat([sized, regional])["org_class"].value_counts().iter_rows())
    assert set(counts) == {"NS", "PS", "PA", "LA", "UN", "RI", "SO", "FI", "EN", "OT"}
    assert min(counts.values()) >= 8


@pytest.mark.parametrize("name", TABLES)
def test_every_table_keeps_its_contract(tables: dict[str, pl.DataFrame], name: str) -> None:
    good, failures = TABLES[name].validate(tables[name])
    assert failures.counts() == {}
    assert good.height == tables[name].height


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.references])
def test_references_resolve(tables: dict[str, pl.DataFrame], name: str) -> None:
    for reference in TABLES[name].references:
        values = tables[name].select(pl.col(reference.column).drop_nulls().alias("value"))
        dangling = values.join(tables[reference.table].select(pl.col(reference.to).alias("value")), on="value", how="anti")
        assert dangling.height == 0, reference


def test_subjects_named_by_kind_resolve(tables: dict[str, pl.DataFrame]) -> None:
    known = pl.concat(
        [tables["pilot_city"]["city_id"], tables["service_team"]["team_id"], tables["org"]["org_id"], tables["case_study"]["case_id"]]
    )
    for table, column in (
        ("feedback", "subject_id"),
        ("expert_score", "subject_id"),
        ("case_study", "owner_id"),
        ("submission_log", "subject_id"),
        ("case_adoption", "adopter_id"),
    ):
        assert set(tables[table][column]) <= set(known), table


def test_societies_and_cities_fit_their_provinces(tables: dict[str, pl.DataFrame]) -> None:
    assert set(tables["org"].join(tables["society"], on="org_id")["org_class"]) == {"NS"}
    placed = tables["pilot_city"].join(tables["province"], on="province_code")
    assert placed.height == 65
    assert placed["has_association"].all()
    assert tables["pilot_city"].group_by("province_code").agg(pl.col("area_flag").n_unique()).select(pl.col("area_flag").max()).item() == 1


def test_few_own_most(tables: dict[str, pl.DataFrame]) -> None:
    """Heavy tails: a tenth of the contracts carry over half of the value; few firms post most needs."""
    amount = np.sort(tables["contract"]["amount_cny"].to_numpy())[::-1]
    assert amount[: len(amount) // 10].sum() > 0.45 * amount.sum()
    needs = np.sort(tables["need"]["enterprise_id"].value_counts()["count"].to_numpy())[::-1]
    assert needs[: len(needs) // 10].sum() > 0.3 * needs.sum()


def test_service_and_development_lead(tables: dict[str, pl.DataFrame]) -> None:
    value = dict(tables["contract"].group_by("contract_type").agg(pl.col("tech_amount_cny").sum()).iter_rows())
    assert value["service"] + value["development"] > 0.65 * sum(value.values())


def test_there_are_seasons_and_growth(tables: dict[str, pl.DataFrame]) -> None:
    posted = tables["need"]["posted_at"]
    years = dict(posted.dt.year().value_counts().iter_rows())
    assert years[2020] < years[2021] < years[2022]
    months = dict(posted.filter(posted.dt.year() == 2022).dt.month().value_counts().iter_rows())
    assert months[2] < 0.6 * months[6]
    assert months[12] > months[1]


def test_some_is_missing_and_some_is_wrong(tables: dict[str, pl.DataFrame]) -> None:
    need = tables["need"]
    assert 0.1 < need["budget_cny"].null_count() / need.height < 0.4
    assert set(need["status"]) == {"verified", "submitted", "rejected", "draft", "withdrawn"}
    assert 0.85 < (need["status"] == "verified").mean() < 0.97
    assert set(tables["impact"]["evidence_class"]) == {"A", "B", "C"}


def test_the_calendar_knows_make_up_days(tables: dict[str, pl.DataFrame]) -> None:
    working = dict(tables["calendar"].select(pl.col("day").cast(pl.String), "is_working").iter_rows())
    assert len(working) == 366 + 365 + 365
    assert working["2022-10-08"]  # a Saturday worked for the National Day week
    assert not working["2022-10-07"]
    assert not working["2022-10-15"]
    assert working["2022-10-10"]
    assert sum(working[day] for day in working if day.startswith("2022")) == 249


def test_chains_are_consistent(tables: dict[str, pl.DataFrame]) -> None:
    docking = tables["docking"].join(tables["need"].select("need_id", "posted_at"), on="need_id")
    assert docking.filter(pl.col("stage2_at") < pl.col("posted_at")).height == 0
    reached = pl.sum_horizontal(pl.col(f"stage{k}_at").is_not_null() for k in range(2, 7)) + 1
    assert docking.select((reached == pl.col("stage")).all()).item()
    paid = tables["contract_payment"].join(tables["contract"].select("contract_id", "signed_at"), on="contract_id")
    assert paid.filter(pl.col("due_at") < pl.col("signed_at")).height == 0
    used = tables["resource_use"].join(tables["resource"].select("resource_id", "entered_at"), on="resource_id")
    assert used.filter(pl.col("used_at") < pl.col("entered_at")).height == 0
    answered = tables["need_answer"].join(tables["need"].select("need_id", "posted_at"), on="need_id")
    assert answered.filter(pl.col("answered_at") < pl.col("posted_at")).height == 0


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes(small: Sample, tmp_path: Path) -> None:
    again = invent(seed=5, scale=0.1)
    for folder, sample in (("one", small), ("two", again)):
        write_sample(tmp_path / folder, sample)
        write_truth(tmp_path / folder / "truth.json.gz", sample)
    one = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    two = {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert one == two
    assert len(one) == len(TABLES) + 1


def test_another_seed_gives_other_records(small: Sample) -> None:
    other = invent(seed=6, scale=0.1)
    differing = [name for name in TABLES if not small.tables[name].equals(other.tables[name])]
    assert len(differing) > 50
    assert small.tables["calendar"].equals(other.tables["calendar"])


def test_scale_multiplies_what_happens(small: Sample, tables: dict[str, pl.DataFrame]) -> None:
    ratio = tables["need"].height / small.tables["need"].height
    assert 7 < ratio < 13
    assert small.tables["pilot_city"].height == 65
    assert small.tables["service_team"].height == 240


@pytest.mark.parametrize("seed", [1, 7])
def test_any_seed_keeps_the_contracts(seed: int) -> None:
    made = invent(seed=seed, scale=0.05)
    assert {name: counts for name, frame in made.tables.items() if (counts := TABLES[name].validate(frame)[1].counts())} == {}


def test_what_is_written_can_be_read(small: Sample, tmp_path: Path) -> None:
    write_sample(tmp_path, small)
    back = read_sample(tmp_path)
    assert all(back[name].equals(small.tables[name]) for name in TABLES)
    (tmp_path / "need.parquet").unlink()
    with pytest.raises(RecordsError, match=r"need\.parquet"):
        read_sample(tmp_path)


def test_the_truth_can_be_written_as_json(small: Sample) -> None:
    assert set(json.loads(json.dumps(small.truth))) == {"seed", "scale", "abilities", "planted", "further"}


#: some of the largest cities, then some of the best-known societies and universities, which no invented name may equal
REAL_PLACES, REAL_BODIES = (
    set(part.split()) for part in (Path(__file__).parent / "real_names.txt").read_text(encoding="utf-8").split("\n\n")
)


@pytest.mark.parametrize("seed", [2022, 1])
def test_no_name_is_real(seed: int) -> None:
    made = invent(seed=seed, scale=0.05).tables
    places = {name.removesuffix("高新区").removesuffix("科技园") for name in made["pilot_city"]["name_zh"]}
    assert not places & REAL_PLACES
    assert not set(PLACES_ZH) & REAL_PLACES
    assert not set(BRANDS_ZH) & REAL_PLACES
    bodies = [*made["org"]["name_zh"], *made["service_team"]["name_zh"]]
    assert not set(bodies) & REAL_BODIES
    marks = [*PLACES_ZH, *BRANDS_ZH]
    assert all(any(mark in name for mark in marks) for name in bodies)
    assert made["org"]["name_zh"].n_unique() == made["org"].height


def test_credit_codes_have_right_check_digits() -> None:
    """GB 32100: the 18th character makes the weighted sum of all a multiple of 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in credit_codes(np.random.default_rng(1), np.full(50, 91), np.full(50, 330000)):
        values = [alphabet.index(letter) for letter in code]
        assert code.startswith("91330000")
        assert (sum(value * pow(3, i, 31) for i, value in enumerate(values[:17])) + values[17]) % 31 == 0
        organisation = sum(int(digit) * weight for digit, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        check = 10 if code[16] == "X" else int(code[16])
        assert (organisation + check) % 11 == 0


def test_abilities_of_a_unit_last_and_go_together() -> None:
    abilities = invent(seed=3, scale=0.02).truth["abilities"]["team"]
    block = np.array([list(unit.values()) for unit in abilities.values()])  # team × ability × year
    assert spearmanr(block[:, 0, 0], block[:, 0, 2]).statistic > 0.75
    assert 0.25 < spearmanr(block[:, 0, 0], block[:, 2, 0]).statistic < 0.75
