"""Which indicators tell a unit's size, by hand and where nothing can be told. COINr's figures stand in tests/published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_index import index, leaf, scheme, values

from kcz_metrics.analysis.denominators import biased, correlations, denominator_bias
from kcz_metrics.scheme.models import Denominate, Index, Scheme

NAN = float("nan")
PEOPLE = {"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0, "E": 5.0}
#: contracts grow with the people; talks do not; firms a head still do; of roads only two are known
CITIES = {
    "A": {"contracts": 10.0, "talks": 3.0, "firms": 1.0, "roads": 1.0},
    "B": {"contracts": 20.0, "talks": 1.0, "firms": 4.0, "roads": 2.0},
    "C": {"contracts": 30.0, "talks": 2.0, "firms": 9.0, "roads": None},
    "D": {"contracts": 40.0, "talks": 1.0, "firms": 16.0, "roads": None},
    "E": {"contracts": 50.0, "talks": 3.0, "firms": 25.0, "roads": None},
}
OWN = {"firms": {"denominate": Denominate(by="people")}}


def given() -> tuple[Index, Scheme]:
    of = index(leaf("contracts"), leaf("talks"), leaf("firms"), leaf("roads"))
    return of, scheme(of, OWN)


def test_correlations_by_hand() -> None:
    # people -2 -1 0 1 2; talks 1 -1 0 -1 1: their products add up to 0; of 3 1 2 and 1 2 3: -1/2
    x = np.array([[10, 3, 7, NAN], [20, 1, 7, NAN], [30, 2, 7, NAN], [40, 1, 7, 5], [50, 3, 7, NAN]])
    people = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, NAN], [5.0, NAN]])
    np.testing.assert_allclose(correlations(x, people), [[1, 1], [0, -0.5], [NAN, NAN], [NAN, NAN]], atol=1e-15)


def test_sizes_beyond_squaring_are_compared_too() -> None:
    x = np.array([[1e200], [2e200], [4e200]])
    np.testing.assert_allclose(correlations(x, x * 1e-250), [[1.0]])


def test_a_row_for_each_indicator_and_denominator() -> None:
    of, made = given()
    frame = denominator_bias(values({"2022": CITIES}, denominators={"people": PEOPLE}), of, made, "2022")
    rows = {row["indicator"]: row for row in frame.iter_rows(named=True)}
    assert list(rows) == ["contracts", "talks", "firms", "roads"]
    assert rows["contracts"] == {
        "indicator": "contracts", "denominator": "people", "divided": False, "n": 5, "correlation": pytest.approx(1), "after": None,
    }  # fmt: skip
    assert rows["firms"]["divided"]
    assert rows["firms"]["after"] == pytest.approx(1)  # 1 4 9 16 25 over 1 2 3 4 5
    assert (rows["roads"]["n"], rows["roads"]["correlation"]) == (2, pytest.approx(1))


def test_measures_may_stand_for_sizes() -> None:
    of, made = given()
    frame = denominator_bias(values({"2022": CITIES}, measures={"staff": PEOPLE}), of, made, "2022", ["staff"])
    assert frame["correlation"].to_list() == pytest.approx([1, 0, frame["correlation"][2], 1], abs=1e-15)
    assert not frame["divided"].any()


def test_what_is_told() -> None:
    of, made = given()
    told = [i.render("en") for i in biased(values({"2022": CITIES}, denominators={"people": PEOPLE}), of, made, "2022")]
    assert [text.split(":")[0] for text in told] == ["indicators.contracts.denominate", "indicators.firms.denominate"]
    assert "goes with people and is not divided by it" in told[0]
    assert "found: 1.00 (2022, 5 units)  hint: denominate: {by: people}" in told[0]
    assert "still goes with people" in told[1]


def test_without_denominators_there_is_nothing_to_tell() -> None:
    of = index(leaf("contracts"), leaf("talks"))
    cells = {unit: {name: row[name] for name in of.leaves} for unit, row in CITIES.items()}
    given_ = values({"2022": cells})
    assert denominator_bias(given_, of, scheme(of), "2022").is_empty()
    assert list(biased(given_, of, scheme(of), "2022")) == []


def test_check_warns_of_it(tmp_path: Path) -> None:
    from kcz_metrics.cli.checking import of_values
    from kcz_metrics.scheme import load_scheme

    text = "edition: '1'\nindicators: {contracts: {}, firms: {denominate: {by: people}}}\n"
    text += "indices: {i: {unit: u, tree: {contracts: 1, firms: 1}}}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    rows = [f"{unit},2021,{PEOPLE[unit]},{row['contracts']},{row['firms']}" for unit, row in CITIES.items()]
    (tmp_path / "v.csv").write_text("\n".join(["unit,period,people,contracts,firms", *rows]), encoding="utf-8")
    found = of_values(load_scheme(tmp_path / "s.yaml"), tmp_path / "v.csv")
    assert [(i.code, i.level) for i in found] == [("denominator_bias", "warning")] * 2
