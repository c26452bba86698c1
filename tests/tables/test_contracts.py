"""The contracts of the record tables: whole, consistent with one another, and saying what is wrong with a row."""

from __future__ import annotations

import datetime as dt
import pickle
import re

import polars as pl
import pytest

from kcz_metrics.errors import RecordsError
from kcz_metrics.tables import TABLES, Column, Label, Table

TAIL = ("period_id", "source", "evidence_class", "evidence_uri", "status", "duplicate_of", "submitted_at", "verified_at", "verified_by")
VERIFIED = {
    "period_id": "2022",
    "source": "registry",
    "evidence_class": "A",
    "evidence_uri": "doc://1",
    "status": "verified",
    "duplicate_of": None,
    "submitted_at": dt.datetime(2022, 6, 1),
    "verified_at": dt.datetime(2022, 6, 8),
    "verified_by": "HY01",
}
CONTRACT = VERIFIED | {
    "contract_id": "CT00110",
    "registration_no": "2022330200000123",
    "contract_type": "development",
    "seller_org_id": "OR30010",
    "buyer_org_id": "OR20771",
    "seller_city_id": "PC017",
    "buyer_city_id": None,
    "amount_cny": 1_200_000,
    "tech_amount_cny": 900_000,
    "signed_at": dt.date(2022, 5, 20),
    "registered_at": dt.date(2022, 6, 2),
    "docking_id": None,
    "tm_id": None,
    "is_related": False,
    "in_kind_equity": False,
    "source_activity_id": None,
}
CITY = {
    "city_id": "PC017",
    "name_zh": "云泽",
    "name_en": "Yunze",
    "kind": "city",
    "province_code": "330000",
    "parent_city_id": None,
    "lon": 121.5,
    "lat": 29.9,
    "batch": 2021,
    "area_flag": "east",
    "active_from": dt.date(2021, 6, 1),
    "active_to": None,
    "old_revolutionary": False,
}


def frame(table: str, *rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in TABLES[table].columns.items()})


def rules_broken(table: str, *rows: dict[str, object]) -> set[str]:
    return set(TABLES[table].broken(frame(table, *rows))["rule"])


def test_the_list_of_tables_is_whole() -> None:
    kinds = {name: table.kind for name, table in TABLES.items()}
    assert len(kinds) == 104
    assert sum(kind == "record" for kind in kinds.values()) == 60
    assert {"need", "docking", "contract", "impact", "service_day"} <= {name for name, kind in kinds.items() if kind == "record"}
    assert {"province", "pilot_city", "org", "team_member", "calendar"} <= {name for name, kind in kinds.items() if kind == "reference"}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_records_and_only_records_carry_the_tail(table: Table) -> None:
    # team_registration has a time of submission of its own
    own = [name for name in TAIL if name in table.columns and not (table.name == "team_registration" and name == "submitted_at")]
    assert own == (list(TAIL) if table.has_tail else [name for name in own if name == "status" and table.name == "org"])


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_keys_and_references_name_columns_that_are_there(table: Table) -> None:
    assert table.key
    assert all(not table.columns[name].nullable for name in table.key)
    assert table.schema.primary_key() == [name for name in table.columns if name in table.key]
    for reference in table.references:
        target = TABLES[reference.table]
        assert target.columns[reference.to].dtype == table.columns[reference.column].dtype
        assert target.key == (reference.to,)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_everything_shown_has_both_languages(table: Table) -> None:
    shown = [table.label, *(rule.label for rule in table.rules)]
    for column in table.columns.values():
        shown += [column.label, *column.values.values(), *([column.unit] if column.unit else [])]
    for label in shown:
        assert label.zh
        assert label.en
        assert not re.search(r"[\u4e00-\u9fff]", label.en)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_labels_of_a_table_tell_its_columns_apart(table: Table) -> None:
    for lang in ("zh", "en"):
        names = [column.label.in_(lang) for column in table.columns.values()]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_rule_of_the_schema_is_said_in_both_languages(table: Table) -> None:
    _, failures = table.validate(table.empty())
    assert set(failures.counts()) == set()
    evaluated = set(failures.details().columns) - set(table.columns)
    assert set(table.expectations) == evaluated
    for _, text in table.expectations.values():
        assert text.render("zh")
        assert not re.search(r"[\u4e00-\u9fff]", text.render("en"))


def test_a_good_row_passes() -> None:
    good, failures = TABLES["contract"].validate(frame("contract", CONTRACT))
    assert good.rows(named=True) == [CONTRACT]
    assert failures.counts() == {}


@pytest.mark.parametrize(
    "change, rule",
    [
        ({"contract_type": "gift"}, "contract_type|check__values"),
        ({"amount_cny": 0, "tech_amount_cny": 0}, "amount_cny|check__above"),
        ({"amount_cny": None}, "amount_cny|nullability"),
        ({"tech_amount_cny": -1}, "tech_amount_cny|check__minimum"),
        ({"tech_amount_cny": 1_200_001}, "technology_within_amount"),
        ({"buyer_org_id": "OR30010"}, "two_parties"),
        ({"registered_at": dt.date(2022, 5, 19)}, "registered_at_not_before_signed_at"),
        ({"signed_at": dt.date(2222, 5, 19), "registered_at": None}, "signed_at|check__calendar"),
        ({"seller_city_id": "宁波"}, "seller_city_id|check__pattern"),
        ({"contract_id": "CT1\n"}, "contract_id|check__pattern"),
        ({"evidence_uri": None}, "evidence_given"),
        ({"verified_at": None}, "verified_dated"),
        ({"period_id": "2022Q5"}, "period_id|check__pattern"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_rule_is_named(change: dict[str, object], rule: str) -> None:
    bad = CONTRACT | change
    assert rules_broken("contract", bad) == {rule}
    good, failures = TABLES["contract"].validate(frame("contract", CONTRACT | {"contract_id": "CT1", "registration_no": None}, bad))
    assert good["contract_id"].to_list() == ["CT1"]
    assert failures.counts() == {rule: 1}


def test_what_is_allowed_to_be_empty_may_be_empty() -> None:
    spare = CONTRACT | {"registration_no": None, "registered_at": None, "evidence_class": "C", "evidence_uri": None}
    draft = spare | {"contract_id": "CT2", "status": "draft", "submitted_at": None, "verified_at": None, "verified_by": None}
    assert rules_broken("contract", spare, draft) == set()  # two rows without a number do not repeat one


def test_a_key_and_a_unique_column_may_stand_once() -> None:
    twice = TABLES["contract"].broken(frame("contract", CONTRACT, CONTRACT))
    assert twice.rows() == [
        (0, "primary_key"),
        (0, "registration_no|check__unique"),
        (1, "primary_key"),
        (1, "registration_no|check__unique"),
    ]


@pytest.mark.parametrize(
    "change, rule",
    [
        ({"lon": 10.0}, "lon|check__minimum"),
        ({"lat": 60.0}, "lat|check__maximum"),
        ({"lat": float("nan")}, "lat|check__finite"),
        ({"active_to": dt.date(2021, 6, 1)}, "active_to_after_active_from"),
        ({"parent_city_id": "PC018"}, "parent_of_park"),
        ({"area_flag": "north"}, "area_flag|check__values"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_city_that_cannot_be(change: dict[str, object], rule: str) -> None:
    assert rule in rules_broken("pilot_city", CITY | change)


def test_stage_dates_do_not_go_back_over_gaps() -> None:
    docking = (
        VERIFIED
        | dict.fromkeys(TABLES["docking"].columns)
        | {
            **VERIFIED,
            "docking_id": "DK1",
            "need_id": "ND1",
            "provider_org_id": "OR1",
            "stage": 4,
            "no_show": False,
            "complaint_upheld": False,
            "mode": "online",
            "stage2_at": dt.datetime(2022, 3, 10, 14),
            "stage4_at": dt.datetime(2022, 4, 20),
        }
    )
    assert rules_broken("docking", docking) == set()
    assert rules_broken("docking", docking | {"stage4_at": dt.datetime(2022, 3, 10, 13)}) == {"stage4_at_in_order"}
    assert rules_broken("docking", docking | {"assigned_at": dt.datetime(2022, 3, 11)}) == {"stage2_at_in_order"}


def test_a_set_holds_known_codes_only() -> None:
    firm = {"org_id": "OR1", "size": "small", "founded_at": dt.date(2015, 1, 1), "title_hitech_at": None, "title_giant_at": None}
    assert rules_broken("enterprise", firm | {"flags": "hi_tech|startup"}) == set()
    assert rules_broken("enterprise", firm | {"flags": None}) == set()
    assert rules_broken("enterprise", firm | {"flags": "hi_tech|unicorn"}) == {"flags|check__values"}


@pytest.mark.parametrize(
    "code, broken",
    [
        ("91350100M000100Y43", set()), (None, set()), ("91350100M000100Y44", {"uscc_holds"}), ("91350100M000010Y43", {"uscc_holds"}),
        ("91350100M000100Y4", {"uscc|check__pattern"}),
    ],
)  # fmt: skip
def test_the_last_sign_of_a_credit_code_follows_from_the_others(code: str | None, broken: set[str]) -> None:
    body = dict.fromkeys(TABLES["org"].columns) | {
        "org_id": "OR1", "name_zh": "云泽某会", "org_class": "NS", "province_code": "330000", "status": "active",
        "old_revolutionary": False,
    }  # fmt: skip
    assert rules_broken("org", body | {"uscc": code}) == broken


def test_an_open_list_lets_new_codes_in() -> None:
    column = TABLES["activity"].columns["activity_type"]
    assert column.open
    assert "values" not in column.checks()


def test_a_person_is_in_three_teams_at_most() -> None:
    rows = [{"team_id": f"ST{i}", "person_id": "P1", "role": "core", "from_date": dt.date(2021, 1, 1), "to_date": None} for i in range(4)]
    assert rules_broken("team_member", *rows[:3]) == set()
    assert rules_broken("team_member", *rows) == {"three_teams_at_most"}


def test_conform_adds_what_may_be_empty_and_leaves_the_frame_alone() -> None:
    given = pl.DataFrame([CONTRACT]).drop("verified_by", "tm_id").with_columns(pl.col("amount_cny").cast(pl.Int32), remark=pl.lit("x"))
    before = given.clone()
    fitted = TABLES["contract"].conform(given)
    assert fitted.columns == list(TABLES["contract"].columns)
    assert fitted["tm_id"].to_list() == [None]
    assert fitted["amount_cny"].dtype == pl.Int64
    assert given.equals(before)


def test_conform_names_every_missing_column_at_once() -> None:
    given = pl.DataFrame([CONTRACT]).drop("signed_at").rename({"amount_cny": "amount_cyn"})
    with pytest.raises(RecordsError) as caught:
        TABLES["contract"].conform(given)
    assert {issue.subject for issue in caught.value.issues} == {"signed_at", "amount_cny"}
    assert "amount_cyn" in caught.value.render("en")


def test_conform_refuses_a_type_that_cannot_be_cast() -> None:
    given = pl.DataFrame([CONTRACT]).with_columns(amount_cny=pl.lit("much"))
    with pytest.raises(RecordsError, match="wrong column type"):
        TABLES["contract"].conform(given)


def test_labels_are_values() -> None:
    label = Label("城市", "City")
    assert (label.in_("zh"), label.in_("en"), label.render("en"), str(label)) == ("城市", "City", "City", "城市")
    assert pickle.loads(pickle.dumps(label)) == label
    assert len({label, Label("城市", "City"), Label("城市", "Town")}) == 2


def test_a_text_length_counts_characters() -> None:
    column = Column("title", Label("题目", "Title"), "text", min_chars=6)
    expression, _ = column.checks()["min_chars"]
    assert pl.DataFrame({"title": ["叶片涂层寿命", "叶片涂层寿"]}).select(expression).to_series().to_list() == [True, False]
