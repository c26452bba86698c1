"""What a rank hangs on, in a sentence: named only where the intervals tell."""

from __future__ import annotations

import polars as pl
import pytest

from kcz_metrics.analysis.hinges import hinge

Row = tuple[str, float | None, float | None, float | None]


def indices(*rows: Row, unit: str | None = "U") -> pl.DataFrame:
    """``source, total, total_p5, total_p95`` of one unit."""
    columns = {"unit": pl.String, "source": pl.String, "total": pl.Float64, "total_p5": pl.Float64, "total_p95": pl.Float64}
    return pl.DataFrame([(unit, *row) for row in rows], schema=columns, orient="row")


@pytest.mark.parametrize(
    "rows, said",
    [
        ([("weights", 0.7, 0.6, 0.8), ("treat", 0.2, 0.12, 0.3)], "depends mainly on weights (70% of its movement has to do with it)"),
        (
            [("weights", 0.5, 0.3, 0.7), ("evidence", 0.45, 0.3, 0.6), ("treat", 0.4, 0.2, 0.5)],
            "depends mainly on weights and errors by evidence (50% and 45%",
        ),
        ([("weights", 0.5, 0.3, 0.9), ("treat", 0.1, 0.05, 0.6)], "depends mainly on weights (50%"),
        ([("weights", 0.3, 0.05, 0.7), ("treat", 0.2, 0.0, 0.5)], "too few draws"),
        ([("weights", None, None, None), ("treat", None, None, None)], "the same in every draw"),
        ([("leave_out", 1.2, 0.9, 1.6)], "what is left out (100%"),
    ],
    ids=["one", "two", "one_sure_of_two", "none_sure", "never_moves", "beyond_all"],
)
def test_a_source_is_named_where_it_is_sure(rows: list[Row], said: str) -> None:
    found = hinge(indices(*rows), "U")
    assert found is not None
    assert said in found.text.render("en")
    assert found.numbers == {source: total for source, total, *_ in sorted(rows, key=lambda r: -(r[1] or 0)) if total is not None}


def test_each_row_speaks_of_its_own_unit() -> None:
    both = pl.concat([indices(("weights", None, None, None), unit=None), indices(("treat", 0.5, 0.4, 0.6))])
    assert "whole ranking" in hinge(both, None).text.render("en")  # type: ignore[union-attr]
    assert "outliers" in hinge(both, "U").text.render("en")  # type: ignore[union-attr]
    assert hinge(both, "V") is None
