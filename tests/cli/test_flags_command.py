"""``kcz flags`` over the sample and an empty store."""

from __future__ import annotations

import io

import polars as pl


def test_the_columns_and_the_rules(sample) -> None:
    done = sample("flags", "--rule", "split_contracts", "--format", "csv")
    assert done.status == 0
    found = pl.read_csv(io.StringIO(done.out))
    assert found.columns == ["flag", "rule", "subject", "records", "state", "sentence"]
    assert set(found["rule"]) == {"split_contracts"}
    assert set(found["state"]) == {"open"}
    assert found["flag"].n_unique() == found.height == 15
    assert found["records"].str.count_matches("contract/CT").to_list() == [3] * 15
    assert all("likely one contract split" in sentence for sentence in found["sentence"])


def test_a_period_keeps_the_flags_whose_evidence_reaches_into_it(sample) -> None:
    year, earlier = (
        pl.read_csv(io.StringIO(sample("flags", "--rule", "split_contracts", "--period", p, "--format", "csv").out))
        for p in ("2022", "2020")
    )
    assert (year.height, earlier.height) == (15, 0)


def test_an_unknown_rule_and_a_wrong_period(sample) -> None:
    wrong = sample("flags", "--rule", "split_contract")
    assert (wrong.status, wrong.out) == (1, "")
    assert "there is no rule" in wrong.err
    assert "split_contracts" in wrong.err
    assert sample("flags", "--period", "2022-13").status == 2


def test_an_empty_store_says_so(kcz) -> None:
    done = kcz("flags")
    assert done.status == 1
    assert "kcz demo" in done.err
