"""The lighter tables of the sample agree with those they grew out of, and look like a programme that goes well here and badly there."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.records.sample import abilities as skill
from kcz_metrics.records.sample import invent, read_sample
from kcz_metrics.records.sample.chance import stream
from kcz_metrics.records.sample.further import further_tables
from kcz_metrics.records.sample.industries import key_industries
from kcz_metrics.records.sample.organisations import bodies, evaluated_count
from kcz_metrics.records.sample.places import cities
from kcz_metrics.records.sample.teams import COUNT, teams
from kcz_metrics.tables import TABLES

SHIPPED = Path(__file__).parents[2] / "data" / "sample"
END = dt.date(2022, 12, 31)
VALID = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return read_sample(SHIPPED)


def test_all_lighter_tables_are_there_and_small(tables: dict[str, pl.DataFrame]) -> None:
    lighter = [name for name, table in TABLES.items() if table.about is not None]
    assert all(tables[name].height >= 8 for name in lighter)
    assert sum((SHIPPED / f"{name}.parquet").stat().st_size for name in lighter) < 1_200_000


FROM_EVENTS = [
    ("need", "posted_at", "city_id"), ("resource", "entered_at", "city_id"), ("contract", "signed_at", None),
    ("impact", "occurred_on", None), ("talent", "start_date", None), ("advice_item", "occurred_on", None),
    ("recruit_post", "posted_on", "city_id"), ("recommendation", "recommended_on", None),
]  # fmt: skip


@pytest.mark.parametrize("table, when, city", FROM_EVENTS, ids=[name for name, _, _ in FROM_EVENTS])
def test_what_came_out_of_an_event_came_after_it_and_in_its_city(
    tables: dict[str, pl.DataFrame], table: str, when: str, city: str | None
) -> None:
    held = tables["activity"].filter(VALID).select("activity_id", held_on=pl.col("start_at").dt.date(), held_in="city_id")
    linked = tables[table].drop_nulls("source_activity_id")
    both = linked.join(held, left_on="source_activity_id", right_on="activity_id")
    assert both.height == linked.height > 50
    assert both.select((pl.col(when).cast(pl.Date) >= pl.col("held_on")).all()).item()
    assert linked.height < 0.5 * tables[table].height
    if city is not None:
        assert both.select((pl.col(city) == pl.col("held_in")).all()).item()


def test_a_contract_that_was_docked_at_an_event_came_out_of_it(tables: dict[str, pl.DataFrame]) -> None:
    docked = tables["docking"].drop_nulls("activity_id").select("docking_id", "activity_id")
    held = tables["activity"].filter(VALID).select("activity_id", held_on=pl.col("start_at").dt.date())
    both = tables["contract"].filter(pl.col("duplicate_of").is_null()).join(docked, on="docking_id").join(held, on="activity_id")
    both = both.filter(pl.col("signed_at") >= pl.col("held_on"))
    assert both.height > 20
    assert both.select((pl.col("source_activity_id") == pl.col("activity_id")).all()).item()


def test_tails_of_series_differ(tables: dict[str, pl.DataFrame]) -> None:
    """Half of what comes out of a roadshow is there in a month or two; the national week works on longer."""
    held = tables["activity"].select("activity_id", "series", held_on=pl.col("start_at").dt.date())
    signed = tables["contract"].drop_nulls("source_activity_id").join(held, left_on="source_activity_id", right_on="activity_id")
    days = signed.group_by("series").agg((pl.col("signed_at") - pl.col("held_on")).dt.total_days().median().alias("days"))
    median = dict(days.iter_rows())
    assert median["roadshow_china"] < 60 < 100 < median["dual_week"]
    assert median["roadshow_china"] < median["ai_tour"] < median["overseas_week"]


def test_accepted_pushes_are_those_that_the_uses_know(tables: dict[str, pl.DataFrame]) -> None:
    known = tables["resource_use"].filter(pl.col("use_kind") == "push_accept").select("resource_id", "user_org_id", accepted_at="used_at")
    accepted = tables["push_event"].drop_nulls("accepted_at")
    assert accepted.join(known, on=known.columns, how="anti").height == 0
    assert 0.1 < accepted.height / tables["push_event"].height < 0.4


def test_titles_are_those_of_the_firms(tables: dict[str, pl.DataFrame]) -> None:
    award = tables["title_award"].join(tables["enterprise"], on="org_id")
    own = pl.when(pl.col("firm_title") == "hi_tech").then("title_hitech_at").otherwise("title_giant_at")
    assert award.select((own == pl.col("awarded_on")).all()).item()
    gained = tables["enterprise"].select(pl.col("title_hitech_at", "title_giant_at") >= dt.date(2020, 1, 1)).sum()
    assert award.height == sum(gained.row(0))


def test_what_was_shown_through_a_contest_was_sent_on_by_it(tables: dict[str, pl.DataFrame]) -> None:
    shown = tables["showcase_project"].drop_nulls("entry_id").join(tables["contest_entry"], on="entry_id", suffix="_entry")
    assert shown["entry_id"].is_unique().all()
    assert shown.select((pl.col("sent_to_week") & (pl.col("org_id") == pl.col("org_id_entry"))).all()).item()
    assert shown.select((pl.col("occurred_on").dt.year() == pl.col("entered_on").dt.year()).all()).item()
    assert shown.height == tables["contest_entry"]["sent_to_week"].sum()
    assert 0.3 < shown.height / tables["showcase_project"].height < 0.6


def test_projects_go_through_the_steps_one_after_another(tables: dict[str, pl.DataFrame]) -> None:
    steps = list(TABLES["project_stage"].columns["project_step"].values)
    place = tables["project_stage"].with_columns(step=pl.col("project_step").replace_strict({s: i for i, s in enumerate(steps)}))
    in_order = place.sort("resource_id", "step").with_columns(
        next_step=pl.col("step").shift(-1).over("resource_id"), next_day=pl.col("reached_on").shift(-1).over("resource_id")
    )
    assert in_order.filter(pl.col("next_day") < pl.col("reached_on")).height == 0
    assert in_order.filter(pl.col("next_step") != pl.col("step") + 1).height == 0
    assert set(place.group_by("resource_id").agg(pl.col("step").min())["step"]) == {0}
    counts = dict(place.group_by("project_step").len().iter_rows())
    assert [counts[s] for s in steps] == sorted((counts[s] for s in steps), reverse=True)
    assert 0.02 < counts["landed"] / counts["collected"] < 0.25


def test_tasks_come_from_the_level_above(tables: dict[str, pl.DataFrame]) -> None:
    task = tables["work_task"]
    above = task.join(task.select("task_id", "task_level", "item"), left_on="parent_task_id", right_on="task_id", suffix="_above")
    assert set(above["task_level_above"]) == {"national"}
    assert above.select((pl.col("item") == pl.col("item_above")).all()).item()
    assert set(task.filter(pl.col("parent_task_id").is_null())["task_level"]) == {"national"}
    overdue = dict(task.group_by("task_level").agg(((pl.col("due_date") <= END) & pl.col("done_at").is_null()).mean()).iter_rows())
    assert overdue["national"] < overdue["province"] < overdue["city"] < 0.25


def test_some_agreements_lag(tables: dict[str, pl.DataFrame]) -> None:
    task = tables["agreement_task"].join(tables["agreement"].select("agreement_id", "signed_at"), on="agreement_id")
    assert task.filter((pl.col("due_date") <= pl.col("signed_at")) | (pl.col("done_at") < pl.col("signed_at"))).height == 0
    late = task.filter((pl.col("due_date") <= END) & pl.col("done_at").is_null())
    assert 0.08 < late.height / task.filter(pl.col("due_date") <= END).height < 0.4
    assert late["agreement_id"].n_unique() >= 4


def test_a_liaison_group_visits_its_own_pilot_once_it_is_there(tables: dict[str, pl.DataFrame]) -> None:
    visit = tables["liaison_visit"].join(tables["liaison_group"], on="group_id", suffix="_group")
    assert visit.select((pl.col("city_id") == pl.col("city_id_group")).all()).item()
    assert visit.filter(pl.col("visited_on") < pl.col("formed_at")).height == 0
    assert set(tables["liaison_group"]["city_id"]) == set(tables["pilot_city"]["city_id"])
    made = tables["liaison_member"].group_by("group_id").agg(pl.len(), heads=(pl.col("liaison_role") == "head").sum())
    assert made["heads"].to_list() == [1] * 65
    assert made["len"].min() >= 4  # type: ignore[operator]


def test_applications_lead_to_the_teams_that_are_registered(tables: dict[str, pl.DataFrame]) -> None:
    application = tables["team_application"]
    first = tables["team_registration"].filter(pl.col("reg_status") == "registered").group_by("team_id").agg(pl.col("reviewed_at").min())
    both = application.drop_nulls("team_id").join(first, on="team_id")
    assert set(both["team_id"]) == set(first["team_id"])
    assert both.select((pl.col("reviewed_at").dt.date() == pl.col("registered_on")).all()).item()
    lost = application.filter(pl.col("team_id").is_null())
    assert 0.15 < lost.height / application.height < 0.4
    assert lost.filter(pl.col("returned_on").is_null() & ~pl.col("is_withdrawn")).height > 3  # some still wait


def test_work_is_short_of_people_in_some_fields_and_the_other_way_round_in_others(tables: dict[str, pl.DataFrame]) -> None:
    opened = tables["recruit_post"].group_by("tech_field").agg(pl.col("openings").sum())
    sought = tables["job_supply"].group_by("tech_field").agg(pl.col("seekers").sum())
    ratio = {f: s / o for f, o, s in opened.join(sought, on="tech_field").iter_rows()}
    assert ratio["TRAD"] > 1.6
    assert ratio["DIGI"] < 0.8
    hired = tables["hire"].join(tables["recruit_post"], on="post_id")
    assert hired.filter(pl.col("hired_on") < pl.col("posted_on")).height == 0
    filled = hired.group_by("post_id", "openings").len()
    assert filled.filter(pl.col("len") > pl.col("openings")).height == 0
    share = dict(
        hired.group_by("tech_field")
        .len()
        .join(opened, on="tech_field")
        .select("tech_field", pl.col("len") / pl.col("openings"))
        .iter_rows()
    )
    assert share["TRAD"] > share["SEI"] > share["DIGI"]
    fresh = tables["hire"].filter(pl.col("hired_on") > dt.date(2022, 7, 1))
    assert fresh["stayed_6m"].null_count() == fresh.height


def test_sites_and_packages_are_used_when_they_exist(tables: dict[str, pl.DataFrame]) -> None:
    made = tables["base"].drop_nulls("station_id").join(tables["station"], on="station_id")
    assert set(made["kind"]) == {"dual_base"}
    assert made.select((pl.col("city_id") == pl.col("city_id_right")).all()).item()
    use = tables["package_use"].join(tables["service_package"], on="package_id")
    assert use.filter((pl.col("used_on") < pl.col("launched_at")) | (pl.col("used_on") >= pl.col("ended_at"))).height == 0
    housed = tables["incubated_firm"].drop_nulls("centre_id").join(tables["centre"], on="centre_id").join(tables["org"], on="org_id")
    assert housed.filter(pl.col("registered_at") < pl.col("opened_at")).height == 0
    assert housed.select((pl.col("city_id") == pl.col("city_id_right")).all()).item()
    entered = tables["resource"].join(tables["library_standard"], on="standard_version")
    assert set(entered["standard_kind"]) == {"entry"}
    assert entered.filter(pl.col("entered_at").dt.date() < pl.col("issued_at")).height == 0
    assert entered.filter(pl.col("entered_at").dt.date() > pl.col("replaced_at")).height == 0


def test_bodies_join_what_is_there(tables: dict[str, pl.DataFrame]) -> None:
    tree = tables["consortium"]
    assert tree.filter(pl.col("parent_id").is_null())["consortium_kind"].to_list() == ["main"]
    member = tables["consortium_member"].join(tree, on="consortium_id")
    assert member.filter(pl.col("from_date") < pl.col("founded_at")).height == 0
    having = tables["society"].filter("enterprise_branch")["org_id"]
    assert set(tables["society_branch"]["org_id"]) == set(having)
    pairs = tables["activity_partner"].join(tables["activity"].select("activity_id", "organiser_org_id"), on="activity_id")
    assert pairs.filter(pl.col("org_id") == pl.col("organiser_org_id")).height == 0
    linked = tables["team_link"].join(tables["service_team"].select(team_a="team_id", kind_a="team_kind"), on="team_a")
    linked = linked.join(tables["service_team"].select(team_b="team_id", kind_b="team_kind"), on="team_b")
    assert set(linked["kind_a"]) == {"regional"}
    assert set(linked["kind_b"]) == {"industry", "specialist"}


def test_managers_were_trained_before_their_certificate(tables: dict[str, pl.DataFrame]) -> None:
    trained = tables["tech_manager"].join(tables["training_event"], on="training_id")
    assert trained.height > 100
    assert trained.filter(pl.col("certified_at") <= pl.col("held_on")).height == 0
    assert set(trained["training_kind"]) == {"tech_manager"}
    review = tables["manager_review"].join(tables["tech_manager"], on="tm_id")
    assert review.filter(pl.col("certified_at") > pl.col("reviewed_on")).height == 0


def test_merged_bodies_went_into_living_ones_of_their_class(tables: dict[str, pl.DataFrame]) -> None:
    org = tables["org"]
    gone = org.filter(pl.col("status") == "merged").join(org, left_on="merged_into", right_on="org_id", suffix="_into")
    assert gone.height == 10
    assert gone["status_into"].to_list() == ["active"] * 10
    assert (gone["org_class"] == gone["org_class_into"]).all()
    assert gone["merged_at"].is_between(dt.date(2021, 4, 1), dt.date(2022, 9, 1)).all()
    needs = tables["need"].join(gone.select(enterprise_id="org_id", merged_at="merged_at"), on="enterprise_id")
    assert needs.filter(pl.col("posted_at").dt.date() > pl.col("merged_at")).height > 0  # still reported under the old name


def test_subjects_named_by_kind_resolve(tables: dict[str, pl.DataFrame]) -> None:
    known = {"city": tables["pilot_city"]["city_id"], "team": tables["service_team"]["team_id"], "org": tables["org"]["org_id"]}
    for table in ("result_use", "complaint"):
        for (kind,), rows in tables[table].group_by("subject_type"):
            assert set(rows["subject_id"]) <= set(known[str(kind)]), (table, kind)


def test_copies_of_a_report_tell_the_same(tables: dict[str, pl.DataFrame]) -> None:
    event = ["organiser_org_id", "venue", pl.col("start_at").dt.date().alias("day"), "activity_type"]
    told = tables["activity"].group_by(event).agg(pl.len(), pl.col("title").n_unique(), pl.col("series").n_unique())
    assert told.filter(pl.col("len") > 1).height > 20
    assert told["title"].max() == 1
    assert told["series"].max() == 1


@pytest.mark.parametrize(
    "table, who, when",
    [
        ("recruit_post", "enterprise_id", "posted_on"),
        ("package_use", "org_id", "used_on"),
        ("award_entry", "org_id", "entered_on"),
        ("consortium_member", "org_id", "from_date"),
        ("recommendation", "enterprise_id", "recommended_on"),
        ("title_award", "org_id", "awarded_on"),
    ],
)
def test_no_firm_takes_part_before_it_was_founded(tables: dict[str, pl.DataFrame], table: str, who: str, when: str) -> None:
    firms = tables[table].join(tables["enterprise"], left_on=who, right_on="org_id")
    assert firms.height > 50
    assert firms.filter(pl.col(when) < pl.col("founded_at")).height == 0


def test_further_stages_add_no_row_to_what_is_there_and_change_nothing_when_made_again() -> None:
    made = invent(seed=5, scale=0.05)
    draws = partial(stream, 5)
    place = cities(draws("cities"), skill.draw(draws("city abilities"), made.tables["pilot_city"].height, skill.CITY))
    able = skill.draw(draws("org abilities"), evaluated_count(), skill.ORG)
    found = bodies(draws("bodies"), place, key_industries(draws("key industries"), place.n), able, 0.05)
    group = teams(draws("teams"), place, found, skill.draw(draws("team abilities"), COUNT, skill.TEAM))
    before = {name: frame.clone() for name, frame in made.tables.items()}
    again, told = further_tables(draws, place, found, group, made.tables, 0.05, True)
    assert {name for name in TABLES if not TABLES[name].conform(again[name]).equals(before[name])} == set()
    assert told == made.truth["further"]
    assert all(made.tables[name].equals(before[name]) for name in TABLES)
