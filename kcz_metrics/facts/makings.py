"""Which records stand behind a line of a fact that is made of several: a year of service days, the visits to a firm, one of three kinds.

Written apart from the facts' SQL, as a way back to the records and not as a second computation of the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from kcz_metrics.facts.library import FACTS
from kcz_metrics.tables import TABLES

#: Gives the current rows of a record table.
Read = Callable[[str], pl.DataFrame]
#: Number of the line, from 0, beside the records of :func:`behind`.
LINE = "_line"
_YEAR = "_year"


@dataclass(frozen=True, slots=True)
class Making:
    """Records of ``table`` that make a line: those whose columns ``on`` are the line's (column of the record to column of the line).

    ``kind``: holds for lines of these kinds alone. ``where``: which records; only valid ones, unless ``valid`` is false. ``year_of``: the
    record's date whose year is the line's. ``beside``: a table, and the column by which it is joined, that has columns of ``on``.
    """

    table: str
    on: Mapping[str, str]
    kind: tuple[str, ...] = ()
    where: pl.Expr | None = field(default=None, hash=False, compare=False)
    year_of: str | None = None
    valid: bool = True
    beside: tuple[str, str] | None = None


def _met(stage: int) -> pl.Expr:
    return pl.col("stage") >= stage


_DAYS = Making("service_day", {"team_id": "team_id"}, year_of="date")

#: Fact to what its lines are made of, besides the one record of its own that some have.
MAKINGS: Mapping[str, tuple[Making, ...]] = MappingProxyType(
    {
        "baselines": (Making("baseline", {"metric": "item"}, valid=False),),
        "chain_outcomes": (
            Making("contract", {"contract_id": "outcome_id"}, ("contract",)),
            Making("docking", {"docking_id": "outcome_id"}, ("docking",)),
            Making("impact", {"impact_id": "outcome_id"}, ("impact",)),
        ),
        "city_profiles": (Making("city_industry", {"city_id": "city_id", "year": "year"}, valid=False),),
        "city_roadmaps": (
            Making("roadmap_item", {"city_id": "city_id"}, where=pl.col("published_at").is_not_null(), year_of="published_at"),
        ),
        "duties": (
            Making("roadmap_item", {"item_id": "duty_id"}, ("roadmap",), valid=False),
            Making("submission_log", {"submission_id": "duty_id"}, ("report",), valid=False),
            Making("work_task", {"task_id": "duty_id"}, ("task",), valid=False),
        ),
        "enterprise_activities": (
            Making("need", {"need_id": "activity_id"}, ("need",)),
            Making("docking", {"docking_id": "activity_id"}, ("docking",)),
            Making("contract", {"contract_id": "activity_id"}, ("contract", "sale")),
        ),
        "expert_acts": (
            Making("need_answer", {"answer_id": "act_id"}, ("answer",)),
            Making("docking", {"docking_id": "act_id"}, ("docking", "lead")),
        ),
        "list_types": (Making("award_list", {"list_type": "list_type"}),),
        "member_years": (Making("service_day", {"team_id": "team_id", "person_id": "person_id"}, year_of="date"),),
        "outcomes": (
            Making("contract", {"contract_id": "outcome_id"}, ("contract",)),
            Making("docking", {"docking_id": "outcome_id"}, ("docking",)),
            Making("impact", {"impact_id": "outcome_id"}, ("impact",)),
        ),
        "province_members": (
            Making("pilot_city", {"city_id": "member_id"}, ("city",), valid=False),
            Making("service_team", {"team_id": "member_id"}, ("team",), valid=False),
            Making("province_pilot", {"province_code": "member_id"}, ("pilot",), valid=False),
        ),
        # a use that is logged is a record of its own
        "resource_uses": (Making("docking", {"docking_id": "use_id"}),),
        "served_firms": (
            Making("docking", {"provider_org_id": "org_id", "enterprise_id": "enterprise_id"}, where=_met(2), beside=("need", "need_id")),
        ),
        "stations": (
            Making("activity", {"station_id": "station_id"}, year_of="start_at"),
            Making("docking", {"station_id": "station_id"}, where=_met(4), year_of="stage4_at"),
        ),
        "team_city_runs": (Making("service_day", {"team_id": "team_id", "city_id": "city_id"}, year_of="date"),),
        "team_targets": (Making("team_target", {"team_id": "team_id", "year": "year", "metric": "target"}, valid=False),),
        "team_years": (
            _DAYS,
            Making("team_city", {"team_id": "team_id", "year": "year"}, valid=False),
            Making("team_target", {"team_id": "team_id", "year": "year"}, valid=False),
        ),
    }
)


def has_own_record(fact: str) -> bool:
    """Whether a line of the fact is a record of its table, so that it leads back to it by its key."""
    declared = FACTS[fact]
    return set(TABLES[declared.record].key) <= set(declared.columns)


def behind(fact: str, lines: pl.DataFrame, read: Read) -> Iterator[tuple[str, pl.DataFrame]]:
    """Table and key of every record behind ``lines`` (rows of the fact), with :data:`LINE`; tables without any are left out."""
    numbered = lines.with_row_index(LINE)
    for making in MAKINGS.get(fact, ()):
        found = _of(making, numbered, read)
        if found.height:
            yield making.table, found


def _of(making: Making, lines: pl.DataFrame, read: Read) -> pl.DataFrame:
    table = TABLES[making.table]
    rows = read(making.table)
    if making.valid and table.has_tail:
        rows = rows.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())
    if making.where is not None:
        rows = rows.filter(making.where)
    if making.beside is not None:
        other, column = making.beside
        further = [name for name in making.on if name not in rows.columns]
        rows = rows.join(read(other).select(column, *further), on=column)
    on = dict(making.on)
    if making.year_of is not None:
        rows = rows.with_columns(pl.col(making.year_of).dt.year().cast(pl.Int64).alias(_YEAR))
        on[_YEAR] = "year"
    asked = lines.filter(pl.col("kind").is_in(making.kind)) if making.kind else lines
    asked = asked.select(LINE, *(pl.col(mine).alias(theirs) for theirs, mine in on.items()))
    return asked.join(rows, on=list(on), how="inner", maintain_order="left").select(LINE, *table.key)
