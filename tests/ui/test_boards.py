from datetime import datetime

import polars as pl
import pytest

from kcz_metrics.scheme.models import Index, Indicator, Measure, Node, Scheme
from kcz_metrics.ui import boards


def scheme() -> Scheme:
    index = Index(
        id="board",
        unit="organisation",
        tree=Node(
            id="board", children=(Node(id="p", weight=3, children=(Node(id="A", weight=1), Node(id="B", weight=3))), Node(id="C", weight=1))
        ),
    )
    return Scheme(
        edition="t",
        measures={
            "won": Measure(fact="f", agg="count"),
            "speed": Measure(fact="f", agg="median", of="d"),
            "worth": Measure(fact="f", agg="sum", of="y"),
        },
        indicators={"A": Indicator(formula="won"), "B": Indicator(formula="speed"), "C": Indicator(formula="worth / won")},
        indices={"board": index},
    )


def test_effective_shares_multiply_down_the_tree():
    assert boards.effective_shares(scheme().indices["board"]) == pytest.approx({"A": 3 / 16, "B": 9 / 16, "C": 1 / 4})


def test_leading_measure_is_a_total_of_the_heaviest_indicator_that_has_one():
    made = scheme()
    assert boards.leading_measure(made, made.indices["board"]) == "worth", "B weighs most but a median has no total"


def test_totals_share_ranks_and_leave_nulls_out():
    frame = pl.DataFrame({"unit": list("abcd"), "period": ["2022"] * 4, "measure": ["won"] * 4, "value": [5.0, 9.0, 5.0, None]})
    assert boards.totals(frame, "won", list("abcd"), "2022").sort("unit").rows() == [
        ("a", 5.0, 2),
        ("b", 9.0, 1),
        ("c", 5.0, 2),
        ("d", None, None),
    ]


def test_size_takes_the_first_column_that_half_of_the_units_report():
    context = pl.DataFrame(
        {
            "org_id": ["a", "b", "c"],
            "year": [2022] * 3,
            "members": [10, None, None],
            "rd_staff": [None, None, None],
            "employees": [1, 2, 3],
        },
        schema_overrides={"rd_staff": pl.Int64},
    )
    name, frame = boards.size_of(context, ["a", "b", "c"], "2022")
    assert name == "employees"
    assert frame.rows() == [("a", 1), ("b", 2), ("c", 3)]
    assert boards.size_of(context, ["a", "b", "c"], "2021") is None


def test_stages_count_valid_dockings_that_got_at_least_so_far():
    rows = [
        ("a", 6, "verified", None, 2022),
        ("a", 2, "verified", None, 2022),
        ("a", 6, "submitted", None, 2022),
        ("a", 6, "verified", "D1", 2022),
        ("z", 6, "verified", None, 2022),
        ("a", 6, "verified", None, 2021),
    ]
    frame = pl.DataFrame(
        [{"provider_org_id": o, "stage": s, "status": t, "duplicate_of": d, "assigned_at": datetime(y, 6, 1)} for o, s, t, d, y in rows]
    )
    assert boards.stages(frame, ["a"], "2022") == [(1, 2), (2, 2), (3, 1), (4, 1), (5, 1), (6, 1)]


def test_across_orders_by_mean_place_and_keeps_boards_in_order():
    one = pl.DataFrame({"unit": ["a", "b", "c"], "group": ["NS", "NS", "UN"], "rank": [2.0, 1.0, 1.0]})
    two = pl.DataFrame({"unit": ["a", "b"], "group": ["NS", "NS"], "rank": [1.0, None]})
    frame = boards.across({"x": one, "y": two}, "NS")
    assert frame.select("unit", "board", "rank", "of").rows() == [
        ("a", "x", 2.0, 2),
        ("a", "y", 1.0, 1),
        ("b", "x", 1.0, 2),
        ("b", "y", None, 1),
    ]
    assert boards.across({}, None).is_empty()
