"""All rules over all records of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kcz_metrics.errors import Issue, KczError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.quality.flag import Flag, flags_of
from kcz_metrics.quality.found import Records
from kcz_metrics.quality.parameters import with_changes
from kcz_metrics.quality.rule import Thresholds
from kcz_metrics.quality.rules import RULES
from kcz_metrics.tables.labels import Label

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

#: Table to the column of its id, for tables that name what they list.
NAMED: Mapping[str, str] = {"pilot_city": "city_id", "service_team": "team_id", "org": "org_id"}


def scan(
    source: Snapshot | Records, rules: Iterable[str] | None = None, thresholds: Mapping[str, Thresholds] | None = None
) -> tuple[Flag, ...]:
    """The flags of ``rules`` (all by default), rule by rule. Raises KczError for an unknown rule."""
    records = source if isinstance(source, Records) else of(source)
    given = thresholds if thresholds is not None else with_changes({})
    return tuple(flag for rule in (RULES if rules is None else rules) for flag in of_rule(records, rule, given))


def of_rule(records: Records, rule: str, thresholds: Mapping[str, Thresholds]) -> tuple[Flag, ...]:
    if rule not in RULES:
        raise KczError(Issue("unknown_rule", T("没有核查规则“{rule}”", rule=rule), hint=did_you_mean(rule, list(RULES))))
    return flags_of(RULES[rule], RULES[rule].find(records, thresholds[rule]))


def of(snapshot: Snapshot) -> Records:
    return Records(snapshot.tables, snapshot)


def names(source: Snapshot | Records) -> Mapping[str, Label]:
    """Id to name of every city, team and body."""
    records = source if isinstance(source, Records) else of(source)
    found: dict[str, Label] = {}
    for table, key in NAMED.items():
        rows = records.valid(table, [key, "name_zh", "name_en"])
        found |= {id: Label(zh, en or zh) for id, zh, en in rows.select(key, "name_zh", "name_en").iter_rows()}
    return found
