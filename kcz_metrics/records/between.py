"""What must hold between a file's rows and the other tables: the referential rules R1 to R12 of the programme, as far as a file can break
them. R9 is the store's (nothing is rewritten), R10 the scheme's, R4 and R12 stand in the contracts of their tables.

Most are warnings: such a row is a true report of something that does not count, or that a steward has to look into, and the facts and the
flags deal with it. Identity numbers (R8) are refused, for they must not be stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.records import personal, problems
from kcz_metrics.records.periods_of_rows import first_day, last_day
from kcz_metrics.store import Snapshot
from kcz_metrics.tables import Table

_CODES = ("uscc", "registration_no", "voucher_no")  # numbers of bodies and papers, not of persons
_DAYS_AFTER_MEETING = 7
_WHOLE = 100 + 1e-9  # per cent


@dataclass(frozen=True, slots=True)
class Stand:
    """A file's rows (typed, with ``_row``) and the records they come to."""

    table: Table
    rows: pl.DataFrame
    snapshot: Snapshot | None

    def others(self, table: str, *columns: str) -> pl.DataFrame:
        """Columns of the records of another table."""
        if self.snapshot is not None:
            return self.snapshot.read(table, columns=columns)
        from kcz_metrics.tables import TABLES

        return TABLES[table].empty().select(columns)

    def whole(self) -> pl.DataFrame:
        """The table as it would stand; rows that do not come from the file have no ``_row``."""
        if self.snapshot is None:
            return self.rows
        there = self.snapshot.read(self.table.name).join(self.rows, on=list(self.table.key), how="anti", maintain_order="left")
        return pl.concat([self.rows, there], how="diagonal")


Found = tuple[pl.Series, str]
Check = Callable[[Stand], list[Found]]


@dataclass(frozen=True, slots=True)
class Between:
    """One rule. ``check`` gives the rows that break it, and the column to look at."""

    name: str
    text: Text
    level: Literal["error", "warning"]
    tables: tuple[str, ...]
    check: Check


def check(table: Table, rows: pl.DataFrame, snapshot: Snapshot | None, level: Literal["error", "warning"]) -> pl.DataFrame:
    """Problems of ``rows`` by the rules of ``level``: see :mod:`kcz_metrics.records.problems`."""
    stand = Stand(table, rows, snapshot)
    parts = [
        problems.of(found, column, rule.name, rule.text)
        for rule in RULES
        if rule.level == level and (not rule.tables or table.name in rule.tables)
        for found, column in rule.check(stand)
        if found.len()
    ]
    return problems.together(parts)


def _pilot_in_its_time(stand: Stand) -> list[Found]:
    if not stand.table.has_tail:
        return []
    pilots = stand.others("pilot_city", "city_id", "active_from", "active_to")
    outside = (pl.col("active_from") > last_day()) | (pl.col("active_to") < first_day())
    return [
        (_of_pairs(stand, reference.column, pilots, "city_id", outside), reference.column)
        for reference in stand.table.references
        if reference.table == "pilot_city"
    ]


def _of_pairs(stand: Stand, column: str, others: pl.DataFrame, key: str, wrong: pl.Expr) -> pl.Series:
    """Rows whose value of ``column`` and period are ``wrong`` together; each different pair is asked about once."""
    pairs = stand.rows.select(column, "period_id").unique().drop_nulls()
    bad = pairs.join(others, left_on=column, right_on=key, how="inner").filter(wrong).select(column, "period_id")
    if bad.is_empty():
        return stand.rows["_row"].clear()
    return stand.rows.select("_row", column, "period_id").join(bad, on=[column, "period_id"], how="semi", maintain_order="left")["_row"]


def _place_of_the_need(stand: Stand) -> list[Found]:
    linked = stand.rows.drop_nulls("docking_id").select("_row", "docking_id", "seller_city_id", "buyer_city_id")
    needs = stand.others("need", "need_id", "city_id")
    dockings = stand.others("docking", "docking_id", "need_id").join(needs, on="need_id")
    both = linked.join(dockings, on="docking_id", how="inner", maintain_order="left")
    sides = pl.col("city_id").eq_missing(pl.col("seller_city_id")) | pl.col("city_id").eq_missing(pl.col("buyer_city_id"))
    return [(both.filter(~sides)["_row"], "docking_id")]


def _signed_after_meeting(stand: Stand) -> list[Found]:
    week = pl.duration(days=_DAYS_AFTER_MEETING)
    if stand.table.name == "docking":
        early = stand.rows.filter(pl.col("stage5_at") < pl.col("stage2_at") + week)
        return [(early["_row"], "stage5_at")]
    dockings = stand.others("docking", "docking_id", "stage2_at")
    signed = stand.rows.select("_row", "docking_id", "signed_at").drop_nulls()
    both = signed.join(dockings, on="docking_id", how="inner", maintain_order="left")
    early = both.filter(pl.col("signed_at").cast(pl.Datetime("us")) < pl.col("stage2_at") + week)
    return [(early["_row"], "signed_at")]


def _shares_of_a_gain(stand: Stand) -> list[Found]:
    counted = pl.col("duplicate_of").is_null() & ~pl.col("status").is_in(["rejected", "withdrawn"])
    shares = pl.col("share_pct").filter(counted).sum().over("enterprise_id", "effect", pl.col("occurred_on").dt.year())
    above = stand.whole().filter(counted & (shares > _WHOLE)).drop_nulls("_row") if stand.rows.height else stand.rows
    return [(above["_row"], "share_pct")]


def _one_contract_a_docking(stand: Stand) -> list[Found]:
    linked = stand.whole().filter(pl.col("duplicate_of").is_null()).drop_nulls("docking_id")
    return [(linked.filter(~pl.col("docking_id").is_unique()).drop_nulls("_row")["_row"], "docking_id")]


def _merged_bodies(stand: Stand) -> list[Found]:
    if not stand.table.has_tail:
        return []
    gone = stand.others("org", "org_id", "status", "merged_at").filter(pl.col("status") == "merged").drop("status")
    if gone.is_empty():
        return []
    return [
        (_of_pairs(stand, reference.column, gone, "org_id", pl.col("merged_at") <= first_day()), reference.column)
        for reference in stand.table.references
        if reference.table == "org"
    ]


def _numbers_of(kind: str) -> Check:
    def check(stand: Stand) -> list[Found]:
        return [(stand.rows.filter(found[kind])["_row"], name) for name, found in _personal(stand)]

    return check


def _personal(stand: Stand) -> Iterator[tuple[str, Mapping[str, pl.Series]]]:
    for name, column in stand.table.columns.items():
        if column.kind in ("text", "set"):
            is_free = (column.pattern is None or "person" in name) and column.kind == "text"
            yield name, personal.numbers(stand.rows[name], is_code=name in _CODES, is_free=is_free)


def _open_stations(stand: Stand) -> list[Found]:
    if not stand.table.has_tail or not any(reference.table == "station" for reference in stand.table.references):
        return []
    stations = stand.others("station", "station_id", "opened_at", "closed_at")
    shut = (pl.col("opened_at") > last_day()) | (pl.col("closed_at") < first_day())
    return [(_of_pairs(stand, "station_id", stations, "station_id", shut), "station_id")]


RULES: tuple[Between, ...] = (
    Between("R1", T("所填试点在这一期间不是试点，不计入"), "warning", (), _pilot_in_its_time),
    Between("R2", T("对接的需求既不在买方试点也不在卖方试点"), "warning", ("contract",), _place_of_the_need),
    Between("R3", T("签订日距双方会面不足 7 天，不算由对接促成"), "warning", ("contract", "docking"), _signed_after_meeting),
    Between("R5", T("同一企业同一成效的份额合计超过 100%"), "warning", ("impact",), _shares_of_a_gain),
    Between("R6", T("同一对接已记在另一份合同上"), "warning", ("contract",), _one_contract_a_docking),
    Between("R7", T("所填单位此前已并入别的单位，归到并入的单位"), "warning", (), _merged_bodies),
    Between("R8", T("含有身份证号码，不得入库"), "error", (), _numbers_of(personal.IDENTITY_NUMBER)),
    Between("R8", T("含有手机号码，不得入库"), "error", (), _numbers_of(personal.MOBILE_NUMBER)),
    Between("R11", T("所填站点在这一期间没有开放，不计入"), "warning", (), _open_stations),
)
