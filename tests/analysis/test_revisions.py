"""Two sides of one unit and of one measure: what differs is listed, and adds up."""

from __future__ import annotations

import polars as pl

from kcz_metrics.analysis import revisions


def explained(*rows: tuple[str, float | None, float | None]) -> pl.DataFrame:
    schema = {"node": pl.String, "value": pl.Float64, "contribution": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(is_leaf=pl.lit(True))
    root = pl.DataFrame({"node": ["root"], "value": [None], "contribution": [frame["contribution"].sum()], "is_leaf": [False]})
    return pl.concat([root.select(frame.columns).cast(frame.schema), frame])


def test_indicators_that_differ_add_up_to_the_change_and_say_whose_numbers_moved() -> None:
    before = explained(("A", 1.0, 10.0), ("B", 2.0, 20.0), ("C", 3.0, 5.0), ("D", None, None))
    now = explained(("A", 1.0, 12.0), ("B", 4.0, 15.0), ("C", 3.0, 5.0 + 1e-14), ("D", 7.0, 1.0))
    found = revisions.by_indicator(before, now)
    assert found.select("node", "change", "own").rows() == [("B", -5.0, True), ("A", 2.0, False), ("D", 1.0, True)]
    assert found["change"].sum() == 33.0 - 35.0


SCHEMA = {"id": pl.String, "status": pl.String, "_counted": pl.Boolean, "_reason": pl.String, "_contribution": pl.Float64}


def test_records_that_differ_bring_the_difference_of_the_measure() -> None:
    before = pl.DataFrame(
        [("1", "ok", True, None, 5.0), ("2", "ok", True, None, 3.0), ("3", "no", False, "unverified", None), ("4", "ok", True, None, 2.0)],
        schema=SCHEMA, orient="row",
    )  # fmt: skip
    now = pl.DataFrame(
        [("1", "ok", True, None, 5.0), ("2", "no", False, "unverified", 3.0), ("3", "ok", True, None, 4.0), ("5", "ok", True, None, 1.0)],
        schema=SCHEMA, orient="row",
    )  # fmt: skip
    found = revisions.by_record(before, now, ["id"]).sort("id")
    assert found.select("id", "state", "columns", "brought_before", "brought").rows() == [
        ("2", "changed", "status, _counted", 3.0, 0.0),
        ("3", "changed", "status, _counted", 0.0, 4.0),
        ("4", "gone", "", 2.0, 0.0),
        ("5", "new", "", 0.0, 1.0),
    ]
    assert found["brought"].sum() - found["brought_before"].sum() == 10.0 - 10.0
    assert found["counted_before"].to_list() == [True, False, True, False]


def test_what_is_the_same_on_both_sides_is_no_difference() -> None:
    same = pl.DataFrame([("1", None, True, None, None)], schema=SCHEMA, orient="row")
    assert revisions.by_record(same, same, ["id"]).is_empty()
