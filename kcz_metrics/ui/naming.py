"""Names for the codes of cities, organisations, teams, industries and provinces that a row refers to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables import Table

#: Reference tables that name what they list, with the column of the code. Enterprises are organisations.
_CODES: Mapping[str, str] = MappingProxyType(
    {"pilot_city": "city_id", "org": "org_id", "service_team": "team_id", "industry": "industry_code", "province": "province_code"}
)
_SAME: Mapping[str, str] = MappingProxyType({"enterprise": "org", "incubated_firm": "org"})
#: How a fact's column that refers to one of them ends.
_ENDINGS: Mapping[str, str] = MappingProxyType({**{code: table for table, code in _CODES.items()}, "enterprise_id": "org"})


@st.cache_resource(show_spinner=False, max_entries=64)
def _names(_snapshot: Snapshot, snapshot_id: str, table: str, lang: str) -> Mapping[str, str]:
    first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
    code = _CODES[table]
    return dict(_snapshot.read(table).select(code, pl.coalesce(first, second, code)).iter_rows())


def names(ctx: Context, table: str) -> Mapping[str, str]:
    """Code to name in the reader's language."""
    assert ctx.snapshot is not None
    return _names(ctx.snapshot, ctx.snapshot.id, table, ctx.lang)


def of_table(table: Table) -> dict[str, str]:
    """Column of a record table to the table that names its codes; the table's own key is left as it is."""
    found = {r.column: _SAME.get(r.table, r.table) for r in table.references if r.column not in table.key}
    return {column: named for column, named in found.items() if named in _CODES}


def of_columns(columns: list[str], key: tuple[str, ...]) -> dict[str, str]:
    """The same for the columns of a fact, by how they end."""
    return {c: table for c in columns if c not in key for ending, table in _ENDINGS.items() if c == ending or c.endswith(f"_{ending}")}


def named(ctx: Context, frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """The frame with names in place of codes; a code that nothing names stays."""
    changes = []
    for column, table in columns.items():
        if column in frame.columns and frame.schema[column] == pl.String:
            known = names(ctx, table)
            words = {code: known[code] for code in frame[column].unique().to_list() if code in known}
            changes.append(pl.col(column).replace(words))
    return frame.with_columns(changes)


def called(ctx: Context, columns: Mapping[str, str], column: str, code: object) -> str | None:
    """Name and code of one value; None where nothing names it."""
    known = names(ctx, columns[column]) if column in columns and code is not None else {}
    name = known.get(str(code))
    return None if name is None else ctx.tr("{name}（{code}）", name=name, code=code)


def codes_like(ctx: Context, columns: Mapping[str, str], wanted: str) -> dict[str, list[str]]:
    """Column to the codes whose name contains ``wanted``, case ignored."""
    needle = wanted.strip().lower()
    if not needle:
        return {}
    hits = {table: [code for code, name in names(ctx, table).items() if needle in name.lower()] for table in set(columns.values())}
    return {column: hits[table] for column, table in columns.items() if hits[table]}
