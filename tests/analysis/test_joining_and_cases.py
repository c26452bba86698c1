"""Registration of teams, what they are given, good cases and uses of results, on rows countable by eye."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
from small_records import frame as stored
from small_records import on

from kcz_metrics.analysis import cases, joining

START, UNTIL = dt.date(2022, 1, 1), dt.date(2023, 1, 1)


def frame(table: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    return stored(table, rows).drop("_version", "_file", "_row", "_removed")


BODIES = pl.DataFrame({"org_id": ["N", "U"], "org_class": ["NS", "UN"], "province_code": ["110000", None]})


def applied(number: int, lead: str = "N", **days: Any) -> dict[str, Any]:
    given = {name: on(day) if isinstance(day, str) and name.endswith("_on") else day for name, day in days.items()}
    return {"application_id": f"A{number}", "lead_org_id": lead, "applied_on": on("2022-03-01"), "completeness": 0.5} | given


APPLICATIONS = [
    applied(1, registered_on="2022-03-11", completeness=0.9),
    applied(2, returned_on="2022-03-05", return_reason="charter", resubmitted_on="2022-03-15", registered_on="2022-03-31"),
    applied(3, returned_on="2022-03-07", return_reason="charter", is_withdrawn=True),
    applied(4, lead="U", returned_on="2022-03-09", return_reason="members", resubmitted_on="2022-04-08"),
    applied(5, lead="U"),
    applied(6, lead="X", applied_on="2021-12-31"),
    applied(7, status="rejected"),
]


def test_every_application_is_registered_given_up_or_waiting() -> None:
    found = joining.applications(frame("team_application", APPLICATIONS), BODIES, START, UNTIL)
    assert found.height == 5
    assert found.select(pl.sum_horizontal(pl.col("registered", "given_up", "waiting").cast(pl.Int64)))["registered"].to_list() == [1] * 5
    told = joining.applications_by(found, "org_class").select("org_class", "applied", "returned", "resubmitted", "registered", "given_up")
    assert told.rows() == [("NS", 3, 2, 1, 2, 1), ("UN", 2, 1, 1, 0, 0)]
    days = joining.applications_by(found, "org_class").select("days_returned", "days_resubmitted", "days_registered", "waiting")
    assert days.rows() == [(5.0, 10.0, 20.0, 0), (8.0, 30.0, None, 2)]
    assert joining.applications_by(found, "province_code").select("province_code", "applied").rows() == [("110000", 3), (None, 2)]


def test_the_steps_of_registration() -> None:
    found = joining.applications(frame("team_application", APPLICATIONS), BODIES, START, UNTIL)
    assert joining.steps(found).rows() == [
        ("applied", 5, None, None),
        ("returned", 3, 5, 6.0),
        ("resubmitted", 2, 3, 20.0),
        ("straight", 1, 2, 10.0),
        ("after", 1, 3, 30.0),
        ("given_up", 1, 5, None),
        ("waiting", 2, 5, None),
    ]
    assert joining.reasons(found).rows() == [("charter", 2, 1, 1, 0.5), ("members", 1, 0, 0, 0.5)]


def test_nothing_applied_gives_steps_of_nought() -> None:
    none = joining.applications(frame("team_application", []), BODIES, START, UNTIL)
    assert joining.steps(none)["count"].to_list() == [0] * 7


TEAMS = [
    {"team_id": team, "team_kind": kind, "lead_org_id": lead, "founded_at": on(day)}
    for team, kind, lead, day in [
        ("R1", "regional", "N", "2020-01-01"),
        ("R2", "regional", "U", "2022-12-31"),
        ("R3", "regional", "U", "2023-01-01"),
        ("I1", "industry", "N", "2020-01-01"),
        ("S1", "specialist", "X", "2020-01-01"),
    ]
]


def test_founders_and_links() -> None:
    teams = frame("service_team", TEAMS)
    assert joining.founders(teams, BODIES, UNTIL).rows() == [("NS", 2, 1, 1, 0), ("UN", 1, 1, 0, 0), (None, 1, 0, 0, 1)]
    made = [("R1", "I1", "joint", "2021-01-01"), ("R1", "S1", "joint", "2022-01-01"), ("R2", "I1", "referral", "2023-01-01")]
    links = frame("team_link", [{"team_a": a, "team_b": b, "link_kind": kind, "since": on(day)} for a, b, kind, day in made])
    assert joining.links(links, teams, UNTIL).rows() == [("joint", 2, 1, 1, 1)]
    assert joining.linked(links, teams, UNTIL).rows() == [("R2", 0, 0, 0, 0, None), ("R1", 2, 2, 0, 0, on("2022-01-01"))]


def use(number: int, kind: str, subject: str, day: str, **more: Any) -> dict[str, Any]:
    of = "team" if subject.startswith("R") else "city" if subject.startswith("P") else "org"
    return {"use_id": f"U{number}", "use_kind": kind, "subject_type": of, "subject_id": subject, "decided_on": on(day)} | more


USES = [
    use(1, "support", "R1", "2021-06-01", amount_cny=50),
    use(2, "support", "R1", "2022-06-01", amount_cny=30),
    use(3, "commend", "R1", "2022-07-01"),
    use(4, "commend", "R2", "2022-12-31"),
    use(5, "support", "R2", "2023-01-01", amount_cny=99),
    use(6, "remind", "P1", "2022-02-01"),
    use(7, "commend", "R1", "2022-07-01", status="draft"),
]


def test_what_teams_were_given() -> None:
    uses = frame("result_use", USES)
    supports = [
        {"team_id": t, "start_year": y, "years": 3, "support_status": "active"} for t, y in [("R1", 2021), ("R2", 2022), ("R3", 2023)]
    ]
    found = joining.supported(frame("team_support", supports), uses, UNTIL)
    assert found.select("team_id", "amount", "commended").rows() == [("R1", 80, 1), ("R2", 0, 1)]
    assert joining.incentives(uses, UNTIL).rows() == [(2022, "commend", 2, 2, 0), (2022, "support", 1, 1, 30), (2021, "support", 1, 1, 50)]
    assert cases.uses_by(cases.uses(uses, START, UNTIL)).rows() == [
        ("commend", 2, 0, 2, 0, 0),
        ("remind", 1, 1, 0, 0, 0),
        ("support", 1, 0, 1, 0, 30),
    ]


STUDIES = [
    {"case_id": case, "owner_type": "city", "owner_id": owner, "title": case, "selected_on": None if day is None else on(day)}
    for case, owner, day in [("C1", "P1", "2022-01-01"), ("C2", "P2", "2022-12-31"), ("C3", "P1", None), ("C4", "P3", "2021-12-31")]
]
ADOPTIONS = [
    {"case_id": case, "adopter_id": by, "adopted_at": on(day)}
    for case, by, day in [
        ("C1", "P2", "2022-02-01"),
        ("C1", "P3", "2022-03-01"),
        ("C2", "P1", "2021-12-31"),  # the favour returned, the year before
        ("C3", "P2", "2022-05-01"),
        ("C1", "P9", "2023-01-01"),
    ]
]


def test_cases_count_adoptions_to_the_end() -> None:
    found = cases.cases(frame("case_study", STUDIES), frame("case_adoption", ADOPTIONS), START, UNTIL)
    assert found.select("case_id", "adopted", "adopters").rows() == [("C1", 2, ["P2", "P3"]), ("C2", 1, ["P1"])]
    assert cases.cases_by(found, "owner_id").rows() == [("P1", 1, 1, 2), ("P2", 1, 1, 1)]


def test_mutual_adoption_is_marked() -> None:
    found = cases.network(frame("case_study", STUDIES), frame("case_adoption", ADOPTIONS), UNTIL, START)
    told = [("P1", "P2", 2, 1, True), ("P1", "P3", 1, 0, False)]
    assert found.select("owner_id", "adopter_id", "cases", "back", "mutual").rows() == told
    whole = cases.network(frame("case_study", STUDIES), frame("case_adoption", ADOPTIONS), UNTIL)
    assert ("P2", "P1", True) in whole.select("owner_id", "adopter_id", "mutual").rows()
