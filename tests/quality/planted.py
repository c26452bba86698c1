"""What is planted in an invented sample, as the subjects and records that each rule ought to name; and how well flags agree with it.

A planted case counts as found when some flag of the rule names it. A flag counts as right when it names a planted case of its rule, or,
where one planted case is another kind of case too, that one (padded days make two cities on one day).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kcz_metrics.quality.flag import Flag
from kcz_metrics.quality.found import Records
from kcz_metrics.quality.parameters import with_changes
from kcz_metrics.quality.rules import RULES
from kcz_metrics.quality.scan import of_rule
from kcz_metrics.records.sample import Sample
from kcz_metrics.tables import TABLES

Keys = frozenset[str]


@dataclass(frozen=True)
class Agreement:
    """``right`` of the ``flags`` name a planted case; ``found`` of the ``cases`` are named by a flag."""

    rule: str
    flags: int
    right: int
    cases: int
    found: int

    @property
    def precision(self) -> float | None:
        return self.right / self.flags if self.flags else None

    @property
    def recall(self) -> float | None:
        return self.found / self.cases if self.cases else None


def flags(sample: Sample) -> dict[str, tuple[Flag, ...]]:
    records, given = Records(TABLES, frames=sample.tables), with_changes({})
    return {rule: of_rule(records, rule, given) for rule in RULES}


def agreement(sample: Sample, found: Mapping[str, Iterable[Flag]] | None = None) -> dict[str, Agreement]:
    found = flags(sample) if found is None else found
    planted, excused, valid = cases(sample.truth["planted"]), excuses(sample.truth["planted"]), _valid(sample)
    given = {}
    for rule, of in found.items():
        named = [_named(flag) for flag in of]
        # A case whose records are not verified does not count in any indicator, and no rule looks at it.
        wanted = [case for case in planted[rule] if all(key in valid for key in case if "/" in key)]
        right = sum(any(case <= names for case in planted[rule]) or any(test(names) for test in excused[rule]) for names in named)
        given[rule] = Agreement(rule, len(named), right, len(wanted), sum(any(case <= names for names in named) for case in wanted))
    return given


def _named(flag: Flag) -> Keys:
    years = {str(flag.first.year), str(flag.last.year)}
    return frozenset([*flag.subjects, *flag.records, *flag.beside, *years])


def _valid(sample: Sample) -> set[str]:
    records = Records(TABLES, frames=sample.tables)
    tables = ("need", "resource", "activity", "impact", "talent", "contract", "feedback", "service_day", "visit_plan", "case_adoption")
    return {name for table in tables for name in records.valid(table, [])["name"]}


def cases(planted: Mapping[str, Any]) -> dict[str, list[Keys]]:
    """Rule to its planted cases, each the ids and record names that one flag must all have."""
    more = planted["irregular"]
    names = lambda table, ids: frozenset(f"{table}/{id}" for id in ids)  # noqa: E731
    twice = [
        names(table, pair)
        for table in ("need", "resource", "activity", "impact", "talent")
        for pair in planted["duplicates"][table]["hidden"]
    ]
    padded = planted["padded_days"]
    return {
        "near_duplicates": twice + [names("need", pair) for pair in more["reworded"]],
        "split_contracts": [names("contract", group) for group in [*planted["split"], *more["split"]]],
        "circular_value": [names("contract", group) for group in [*planted["circular"], *more["circles"]]],
        "one_buyer": [frozenset(pair) for pair in [[planted["one_buyer"]["seller"], planted["one_buyer"]["buyer"]], *more["buyers"]]],
        "last_week": [frozenset([who, "2022"]) for who in [planted["year_end_rush_city"], *more["rushing_sellers"]]],
        "round_amounts": [frozenset([who]) for who in [planted["round_sums"], *more["round_sellers"]]],
        "first_digits": [frozenset([who]) for who in [more["digits_city"]] if who],
        "service_days": [frozenset([padded["person"], str(padded["year"])])],
        "two_cities": [frozenset([person, day[:4]]) for person, day in more["two_cities"]],
        "wrong_dates": [
            *(names("need", [id]) for id in planted["before_start"]),
            *(names("feedback", [id]) for id in more["wrong_periods"]),
            *(names("impact", [id]) for id in more["reported_ahead"]),
            *(frozenset([firm]) for firm in more["too_young"]),
        ],
        "flat_satisfaction": [frozenset([who]) for who in [planted["flat_feedback"], *more["flat"]]],
        "mutual_praise": [frozenset(pair) for pair in [*planted["mutual_praise"], *more["top_marks"]]],
    }


def excuses(planted: Mapping[str, Any]) -> dict[str, list[Callable[[Keys], bool]]]:
    """Rule to tests of what else is right to name, since a planted case of another rule brings it about."""
    padded, rush = planted["padded_days"], planted["year_end_rush"][0]
    contracts = {f"contract/{id}" for id in rush}
    copies = {f"{table}/{copy}" for table, of in planted["duplicates"].items() for state in of.values() for copy, _ in state}
    none: dict[str, list[Callable[[Keys], bool]]] = {rule: [] for rule in RULES}
    return none | {
        # The padded member is in one city all year, wherever the visits went, and padded rows keep the time of an honest report.
        "two_cities": [lambda names: padded["person"] in names],
        "wrong_dates": [
            lambda names: any(f"|{padded['person']}|" in name for name in names),
            lambda names: any(name in copies for name in names),
        ],
        # Contracts between related parties that somebody made larger and more make one buyer dominate.
        "one_buyer": [lambda names, group={f"contract/{id}" for id in ids}: len(names & group) >= 4 for ids in planted["inflated"]],
        # The rush of a city is made of contracts of its sellers, some of whom signed most of theirs in it.
        "last_week": [lambda names: len(names & contracts) >= 2],
    }
