from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_records import scheme

from kcz_metrics.engines.file import values
from kcz_metrics.engines.values import FRAME, Values
from kcz_metrics.errors import ValuesError

INDICATORS = {"A": {"column": "a"}, "B": {"column": "b", "floor": 1, "cap": 3}}


def read(folder: Path, text: str | bytes, period: str = "2021", indicators: dict[str, Any] | None = None, **index: Any) -> Values:
    path = folder / "values.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return values(path, scheme({}, indicators or INDICATORS, unit="country", **index), "i", period)


def test_a_file_gives_values_units_and_source(tmp_path: Path) -> None:
    result = read(tmp_path, "unit,name,a,b,region\nX,Xland,1.5,9,north\nY,,,0,south\n")
    assert result.frame.rows() == [
        ("X", "2021", "A", 1.5, None, "ok"),
        ("X", "2021", "B", 3.0, None, "ok"),
        ("Y", "2021", "A", None, None, "missing"),
        ("Y", "2021", "B", 1.0, None, "ok"),
    ]
    assert result.raw["raw"].to_list() == [1.5, 9, None, 0]
    assert result.units.rows() == [("X", "Xland", "Xland", None, None, "north"), ("Y", "Y", "Y", None, None, "south")]
    assert dict(result.frame.schema) == dict(FRAME)
    assert len(result.source) == 64


def test_parquet_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "values.parquet"
    pl.DataFrame({"unit": ["X", "Y"], "a": [1, 2], "b": [2.5, None]}).write_parquet(path)
    result = values(path, scheme({}, INDICATORS, unit="country"), "i", "2021")
    assert result.frame["value"].to_list() == [1, 2.5, 2, None]


def test_all_periods_of_a_file_are_read(tmp_path: Path) -> None:
    result = read(tmp_path, "unit,period,a,b\nX,2021,1,1\nX,2020,2,2\n")
    assert result.frame.select("period", "indicator", "value").rows() == [
        ("2020", "A", 2),
        ("2020", "B", 2),
        ("2021", "A", 1),
        ("2021", "B", 1),
    ]


def test_groups_and_denominators_are_carried(tmp_path: Path) -> None:
    indicators = {"A": {"denominate": {"by": "people"}, "shrink": {"n": "n", "strength": 2}}}
    text = "unit,A,people,n,class\nX,10,100,2,p\nY,20,50,6,p\nZ,5,1,1,q\n"
    result = read(tmp_path, text, indicators=indicators, group="class")
    # within p: x̄ = (2·10 + 6·20) / 8 = 17.5; (2·10 + 2·17.5) / 4; (6·20 + 2·17.5) / 8; alone in q, Z stays
    assert result.frame["value"].to_list() == [pytest.approx(13.75), pytest.approx(19.375), pytest.approx(5)]
    assert result.frame["n"].to_list() == [2, 6, 1]
    assert result.denominators.rows() == [("X", "2021", "people", 100), ("Y", "2021", "people", 50), ("Z", "2021", "people", 1)]
    assert result.units["class"].to_list() == ["p", "p", "q"]


def test_population_and_applicability_read_the_files_columns(tmp_path: Path) -> None:
    indicators = {"A": {"applies_to": {"kind": "city"}}}
    text = "unit,A,kind,area\nX,1,city,east\nY,2,park,east\nZ,3,city,west\n"
    result = read(tmp_path, text, indicators=indicators, applies_to={"area": "east"})
    assert result.frame.select("unit", "value", "status").rows() == [("X", 1, "ok"), ("Y", None, "not_applicable")]


@pytest.mark.parametrize(
    "text, fragments",
    [
        ("unit,a\nX,1\n", ["indicators.B: ", "column b is missing"]),
        ("country,a,b\nX,1,1\n", ["indices.i.unit"]),
        ("unit,a,b\nX,1,eight\n", ["values.csv:2 b", "found: eight"]),
        ("unit,a,b\nX,1,1\nY,nan,1\nZ,1e400,inf\n", ["values.csv:3 a", "values.csv:4 a", "values.csv:4 b"]),
        ("unit,a,b\nX,1_000,١٢٣\n", ["values.csv:2 a", "values.csv:2 b"]),
        ("unit,a,b\nX,1,1\n,2,2\n", ["values.csv:3 unit: no unit"]),
        ("unit,a,b\nX,1,1\n X ,2,2\n", ["X stands more than once in 2021: lines 2, 3"]),
        ("unit,period,a,b\nX,2020,1,1\n", ["the file has no values of 2021", "found: 2020"]),
        ("unit,period,a,b\nX,2021,1,1\nX,later,1,1\n", ["no periods: later"]),
        ("unit,a,b\nX,1\n", ["values.csv:2", "expected: 3 cells", "found: 2 cells"]),
        ("unit,a,a,b\nX,1,1,1\n", ["values.csv:1 a: the heading stands twice"]),
        ("unit,a,b,\nX,1,1,\n", ["a column has no heading"]),
        ("unit,a,b\n", ["the file has no rows"]),
        ("", ["values.csv"]),
        (b"\x1f\x8b\x08\x00", ["gzip"]),
        (b"PAR1 and no more", ["no usable Parquet file"]),
    ],
)
def test_problems_are_named(text: str | bytes, fragments: list[str], tmp_path: Path) -> None:
    with pytest.raises(ValuesError) as caught:
        read(tmp_path, text)
    rendered = caught.value.render("en")
    assert [fragment for fragment in fragments if fragment not in rendered] == []


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValuesError) as caught:
        read(tmp_path, "unit,period,a\nX,2020,x\nX,2020,1\n,2020,2\n")
    assert {issue.code for issue in caught.value.issues} == {"column_missing", "not_a_number", "unit_twice", "unit_empty", "period_missing"}


@pytest.mark.parametrize("own", [False, True])
def test_a_column_to_fill_holes_by_is_a_column_of_the_file(tmp_path: Path, own: bool) -> None:
    filled = {"method": "group_mean", "by": "knd"}
    indicators = INDICATORS | {"A": {"column": "a", "impute": filled}} if own else INDICATORS
    with pytest.raises(ValuesError) as caught:
        read(tmp_path, "unit,kind,a,b\nX,one,1,1\n", "2021", indicators, **({} if own else {"impute": filled}))
    place = "indicators.A" if own else "indices.i"
    assert caught.value.render("en").endswith(f"values.csv {place}.impute.by: column knd is missing  hint: did you mean kind?")


def test_many_bad_cells_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"U{i},x,1\n" for i in range(100))
    with pytest.raises(ValuesError) as caught:
        read(tmp_path, f"unit,a,b\n{rows}")
    assert len(caught.value.issues) == 21
    assert "80 more cells of the column a" in caught.value.render("en")


@pytest.mark.parametrize("path", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_read(path: str, tmp_path: Path) -> None:
    with pytest.raises(ValuesError):
        values(tmp_path / path, scheme({}, INDICATORS, unit="country"), "i", "2021")
