"""Codes as names: which columns refer to what, and what stays as it is."""

import polars as pl
import pytest

from kcz_metrics.tables import TABLES
from kcz_metrics.ui import browsing, naming


def test_a_record_names_what_it_refers_to_and_keeps_its_own_key():
    assert naming.of_table(TABLES["need"]) == {"city_id": "pilot_city", "enterprise_id": "org", "industry_code": "industry"}
    assert "org_id" not in naming.of_table(TABLES["org"])


@pytest.mark.parametrize(
    "column, table",
    [
        ("city_id", "pilot_city"),
        ("buyer_city_id", "pilot_city"),
        ("seller_org_id", "org"),
        ("enterprise_id", "org"),
        ("team_id", "service_team"),
    ],
)
def test_columns_of_a_fact_refer_by_how_they_end(column, table):
    assert naming.of_columns([column, "amount_cny"], ()) == {column: table}
    assert naming.of_columns([column], (column,)) == {}


def test_search_finds_by_name_too():
    frame = pl.DataFrame({"need_id": ["N1", "N2"], "city_id": ["PC001", "PC002"]})
    assert browsing.search(frame, "甲市").is_empty()
    assert browsing.search(frame, "甲市", {"city_id": ["PC002"]})["need_id"].to_list() == ["N2"]
