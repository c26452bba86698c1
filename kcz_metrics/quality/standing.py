"""Where every flag stands: what the rules find now, and what was decided about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kcz_metrics.language.periods import Period
from kcz_metrics.locales import T, Text
from kcz_metrics.quality.flag import Flag
from kcz_metrics.quality.rules import RULES, SEVERITIES

if TYPE_CHECKING:
    from kcz_metrics.store.flags import FlagDecision, State

STATES: Mapping[State, Text] = {"open": T("待核"), "confirmed": T("已确认"), "cleared": T("已排除")}


@dataclass(frozen=True, slots=True)
class Standing:
    """``decision`` is the one that holds, None for a flag nobody has looked at. ``found``: the rules find it in this snapshot. A confirmed
    flag whose rule now names records that nobody had seen is open again, its decision still beside it."""

    flag: Flag
    state: State
    decision: FlagDecision | None
    found: bool


def standings(flags: Iterable[Flag], decisions: Iterable[FlagDecision]) -> tuple[Standing, ...]:
    """Every flag found or decided, open ones first, then the graver rules in the order of the table, latest evidence first."""
    held = {one.flag: one for one in decisions}
    found = {flag.id: flag for flag in flags}
    rows = [_standing(flag, held.get(id)) for id, flag in found.items()]
    rows += [
        Standing(of_case(one.flag, one.rule, one.case), one.state, one, False)
        for one in held.values()
        if one.flag not in found and one.rule in RULES and one.state != "open"
    ]
    order = {state: i for i, state in enumerate(STATES)}
    graver = sorted(RULES, key=lambda rule: list(SEVERITIES).index(RULES[rule].severity))
    rules = {rule: i for i, rule in enumerate(graver)}
    return tuple(sorted(rows, key=lambda s: (order[s.state], rules[s.flag.rule], -s.flag.last.toordinal(), s.flag.id)))


def _standing(flag: Flag, decision: FlagDecision | None) -> Standing:
    state: State = decision.state if decision else "open"
    if decision is not None and state == "confirmed":
        seen = {*decision.case["records"], *decision.case["beside"]}
        if not {*flag.records, *flag.beside} <= seen:
            state = "open"
    return Standing(flag, state, decision, True)


def within(rows: Sequence[Standing], period: Period) -> tuple[Standing, ...]:
    """Those whose evidence reaches into the period."""
    return tuple(row for row in rows if row.flag.first < period.end and row.flag.last >= period.start)


def open_by_unit(rows: Iterable[Standing]) -> Mapping[str, int]:
    """Unit to its number of open flags, hints aside: what a ranking marks."""
    return Counter(
        subject for row in rows if row.state == "open" and RULES[row.flag.rule].severity != "hint" for subject in row.flag.subjects
    )


def as_case(flag: Flag) -> dict[str, Any]:
    """The flag as plain JSON, for the ledger: it is shown from there once its records no longer count."""
    return {
        "subjects": list(flag.subjects),
        "records": list(flag.records),
        "beside": list(flag.beside),
        "first": flag.first.isoformat(),
        "last": flag.last.isoformat(),
        "numbers": dict(flag.numbers),
    }


def of_case(id: str, rule: str, case: Mapping[str, Any]) -> Flag:
    return Flag(
        id,
        rule,
        tuple(case["subjects"]),
        tuple(case["records"]),
        tuple(case["beside"]),
        date.fromisoformat(case["first"]),
        date.fromisoformat(case["last"]),
        case["numbers"],
    )
