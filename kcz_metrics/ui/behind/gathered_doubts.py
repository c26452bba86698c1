"""Doubtful records other than contracts, found a second time for a recount: doubles, days, dates, marks. See ``gathered_flags``."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from statistics import stdev
from typing import Any

from kcz_metrics.ui import loading
from kcz_metrics.ui.behind.gathered_flags import Doubt, Row, by, names, rows, spans, years_first
from kcz_metrics.ui.context import Context

#: Columns that say whose record it is, the first that the table has and requires.
_OWNERS = ("team_id", "city_id", "seller_org_id", "subject_id", "entered_by_org_id", "organiser_org_id", "org_id")


def records(ctx: Context, given: Mapping[str, Any]) -> Iterator[Doubt]:
    doubles = given["near_duplicates"]
    for table, how in doubles.tables.items():
        yield from _doubles(rows(ctx, table), ctx.snapshot.tables[table].key[0], how, doubles)  # type: ignore[union-attr]
    served = rows(ctx, "service_day")
    yield from _too_many_days(served, given["service_days"])
    yield from _two_cities(served, rows(ctx, "visit_plan"), given["two_cities"])
    yield from _wrong_dates(ctx, given["wrong_dates"])
    marks = rows(ctx, "feedback")
    yield from _flat(marks, given["flat_satisfaction"])
    yield from _praise(ctx, marks, given["mutual_praise"])


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _plain(text: str | None, ignored: tuple[str, ...]) -> str:
    said = unicodedata.normalize("NFKC", text or "").lower()
    said = re.sub(r"[(\[【<《](?:" + "|".join(ignored) + r")[)\]】>》]", "", said)
    return "".join(c for c in said if unicodedata.category(c)[0] in "LN")


def _pieces(text: str, length: int) -> set[str]:
    return {text[i : i + length] for i in range(max(len(text) - length + 1, 1))} if text else set()


def _doubles(found: list[Row], key: str, how: Any, given: Any) -> Iterator[Doubt]:
    """A copy against the earliest row before it, close in time, that agrees in the columns and nearly in its words."""
    for own in by(found, *how.same).values():
        if len(own) < 2:
            continue
        told = sorted(own, key=lambda row: (row[how.when], row[key]))
        words = ["".join(_plain(row[c], given.ignored) for c in how.text) if how.text else "x" for row in told]
        pieces = [_pieces(text, given.shingle) for text in words]
        for at, copy in enumerate(told):
            for before in range(at):
                if (_day(copy[how.when]) - _day(told[before][how.when])).days > how.within_days:
                    continue
                one, other = pieces[before], pieces[at]
                if words[before] == words[at] or ((one or other) and len(one & other) / len(one | other) >= given.similarity):
                    pair = (told[before]["name"], copy["name"])
                    yield Doubt("near_duplicates", " ".join(pair), (copy[how.same[0]],), pair)
                    break


def _too_many_days(served: list[Row], given: Any) -> Iterator[Doubt]:
    for (person, year), own in by([{**row, "year": row["date"].year} for row in served], "person_id", "year").items():
        if len({row["date"] for row in own}) > given.days_a_year:
            teams = sorted({row["team_id"] for row in own})
            yield Doubt("service_days", f"{person} {year}", (*teams, person), names(own))


def _two_cities(served: list[Row], visits: list[Row], given: Any) -> Iterator[Doubt]:
    there = [{**row, "day": row["date"]} for row in served if row["onsite"]]
    there += [{**row, "day": row["done_on"]} for row in visits if row["done_on"] is not None]
    days: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for (person, day), own in by(there, "person_id", "day").items():
        if len({row["city_id"] for row in own}) > given.cities_a_day:
            days[(person, day.year)] += own
    for (person, year), own in days.items():
        yield Doubt("two_cities", f"{person} {year}", (*sorted({row["team_id"] for row in own}), person), names(own))


def _wrong_dates(ctx: Context, given: Any) -> Iterator[Doubt]:
    """By table, problem, subject and year; a record whose date is before several starts counts for the first of them."""
    assert ctx.snapshot is not None
    starts: dict[str, date] = {}
    for table, key, column in (("pilot_city", "city_id", "active_from"), ("service_team", "team_id", "founded_at"),
                               ("enterprise", "org_id", "founded_at")):  # fmt: skip
        starts |= {code: start for code, start in loading.table(ctx, table).select(key, column).iter_rows() if start is not None}
    wrong: dict[tuple[str, str, str, int], list[str]] = defaultdict(list)
    for table, how in given.tables.items():
        columns = ctx.snapshot.tables[table].columns
        owner = next((c for c in _OWNERS if c in columns and not columns[c].nullable), "name")
        for row in rows(ctx, table):
            if row[how.when] is None:
                continue
            day, told = _day(row[how.when]), row["submitted_at"]
            if told is not None and (day - _day(told)).days > given.reported_ahead_days:
                wrong[(table, "ahead", row[owner], day.year)].append(row["name"])
            if row["period_id"] is not None and not _within(day, row["period_id"]):
                wrong[(table, "outside", row[owner], day.year)].append(row["name"])
            early = next((row[c] for c in how.starts if row[c] in starts and day < starts[row[c]]), None)
            if early is not None:
                wrong[(table, "before_start", early, day.year)].append(row["name"])
    for (table, problem, subject, year), records in wrong.items():
        yield Doubt("wrong_dates", f"{table} {problem} {subject} {year}", (subject,), tuple(records))


def _within(day: date, period: str) -> bool:
    if "-" in period:
        return period == f"{day:%Y-%m}"
    return period == f"{day.year}Q{(day.month + 2) // 3}" if "Q" in period else period[:4] == str(day.year)


def _flat(marks: list[Row], given: Any) -> Iterator[Doubt]:
    called = {}
    for key, own in spans(marks, "subject_id", when="occurred_on").items():
        known = [row["score"] for row in own if row["score"] is not None]
        if len(own) >= given.minimum_records and len(known) > 1 and stdev(known) <= given.deviation:
            called[key] = own
    for key in years_first(list(called)):
        yield Doubt("flat_satisfaction", " ".join(key), key[:1], names(called[key]))


def _praise(ctx: Context, marks: list[Row], given: Any) -> Iterator[Doubt]:
    owners = {row["case_id"]: row["owner_id"] for row in rows(ctx, "case_study")}
    taken = [
        (row["adopter_id"], owners[row["case_id"]], row["adopted_at"], row["name"])
        for row in rows(ctx, "case_adoption") if row["case_id"] in owners
    ]  # fmt: skip
    given_marks = [
        (row["respondent_org_id"], row["subject_id"], row["occurred_on"], row["name"])
        for row in marks if row["score"] is not None and row["score"] >= given.feedback_score
    ]  # fmt: skip
    yield from _mutual("adoption", taken, given.adoptions_each_way, given.within_days)
    yield from _mutual("feedback", given_marks, given.feedback_each_way, given.within_days)


def _mutual(kind: str, acts: list[tuple[Any, ...]], least: int, within: int) -> Iterator[Doubt]:
    """Pairs by year; of the windows that any of their acts begins, the fullest counts, the earliest of equals."""
    pairs: dict[tuple[str, str, int], list[tuple[date, str, bool]]] = defaultdict(list)
    for giver, taker, moment, name in acts:
        if giver is not None and taker is not None and giver != taker:
            day = _day(moment)
            pairs[(min(giver, taker), max(giver, taker), day.year)].append((day, name, giver < taker))
    for (one, two, year), own in pairs.items():
        full: list[tuple[date, str, bool]] = []
        for begin in sorted({day for day, _, _ in own}):
            inside = [act for act in own if 0 <= (act[0] - begin).days <= within]
            there = sum(act[2] for act in inside)
            if there >= least and len(inside) - there >= least and len(inside) > len(full):
                full = inside
        if full:
            yield Doubt("mutual_praise", f"{kind} {one} {two} {year}", (one, two), tuple(name for _, name, _ in full))
