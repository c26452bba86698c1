"""Service teams: who they are, whom they promised to serve, the days they worked and what they live on."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import (
    POINTS,
    YEAR,
    after,
    choice,
    day,
    flag,
    ident,
    integer,
    moment,
    moment_not_before,
    money,
    number,
    record,
    reference,
    rule,
    text,
    year,
)
from kcz_metrics.tables.labels import labels
from kcz_metrics.tables.places import CITY
from kcz_metrics.tables.vocabularies import TECH_FIELDS

TEAM = {"team_id": "service_team.team_id"}
PERSON = {"person_id": "expert.person_id"}
PLACE = {"city_id": "pilot_city.city_id"}

TABLES = (
    reference(
        "service_team",
        "科技服务团",
        "Service team",
        [
            ident("team_id", "服务团编号", "Team id"),
            text("name_zh", "名称", "Name", unique=True),
            text("name_en", "英文名", "English name", nullable=True),
            choice(
                "team_kind",
                "类型",
                "Kind",
                labels(regional=("区域", "Regional"), industry=("产业", "Industry"), specialist=("专业", "Specialist")),
            ),
            ident("lead_org_id", "牵头单位", "Lead body"),
            ident("lead_person_id", "负责人", "Leader"),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            day("founded_at", "组建日", "Founded on"),
            integer("charter_score", "章程评分", "Charter score", unit=POINTS, nullable=True, minimum=0, maximum=100),
        ],
        key=["team_id"],
        references={"lead_org_id": "org.org_id", "lead_person_id": "expert.person_id"},
    ),
    reference(
        "team_registration",
        "服务团注册",
        "Team registration",
        [
            ident("reg_id", "注册编号", "Registration id"),
            ident("team_id", "服务团", "Team"),
            moment("submitted_at", "提交时间", "Submitted at"),
            moment("reviewed_at", "审核时间", "Reviewed at", nullable=True),
            choice(
                "reg_status",
                "注册状态",
                "State",
                labels(
                    submitted=("已提交", "Submitted"),
                    returned=("已退回", "Returned"),
                    registered=("已注册", "Registered"),
                    revoked=("已撤销", "Revoked"),
                ),
            ),
        ],
        key=["reg_id"],
        references=TEAM,
        rules=[moment_not_before("reviewed_at", "submitted_at", "审核不得早于提交", "The review must not be before the submission")],
    ),
    reference(
        "team_member",
        "服务团成员",
        "Team member",
        [
            ident("team_id", "服务团", "Team"),
            ident("person_id", "成员", "Member"),
            choice("role", "角色", "Role", labels(lead=("领衔", "Lead"), core=("骨干", "Core"), member=("成员", "Member"))),
            day("from_date", "加入日", "From"),
            day("to_date", "退出日", "To", nullable=True),
        ],
        key=["team_id", "person_id"],
        references=TEAM | PERSON,
        rules=[
            after("to_date", "from_date", "退出日须晚于加入日", "To must be after from"),
            rule(
                "three_teams_at_most",
                "一人至多参加 3 个服务团",
                "A person is in three teams at most",
                pl.col("team_id").n_unique().over("person_id") <= 3,
            ),
        ],
    ),
    reference(
        "team_city",
        "服务团服务城市",
        "City of a team",
        [
            ident("team_id", "服务团", "Team"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            year("year"),
            day("agreement_signed_at", "协议签订日", "Agreement signed on", nullable=True),
        ],
        key=["team_id", "city_id", "year"],
        references=TEAM | PLACE,
    ),
    reference(
        "team_target",
        "服务团目标",
        "Target of a team",
        [
            ident("team_id", "服务团", "Team"),
            year("year"),
            text("metric", "目标项", "Target item"),
            number("planned", "计划值", "Planned", above=0),
            number("actual", "实际值", "Actual", nullable=True, minimum=0),
            moment("frozen_at", "锁定时间", "Frozen at"),
        ],
        key=["team_id", "year", "metric"],
        references=TEAM,
    ),
    reference(
        "team_support",
        "稳定支持",
        "Stable support",
        [
            ident("team_id", "服务团", "Team"),
            year("start_year", "起始年", "Start year"),
            integer("years", "支持年限", "Years of support", unit=YEAR, minimum=1),
            choice(
                "support_status",
                "状态",
                "State",
                labels(active=("执行中", "Active"), ended=("已结束", "Ended"), stopped=("已停止", "Stopped")),
            ),
        ],
        key=["team_id", "start_year"],
        references=TEAM,
    ),
    reference(
        "team_skill",
        "服务团技能",
        "Skill of a team",
        [ident("team_id", "服务团", "Team"), text("tag", "技能标签", "Skill")],
        key=["team_id", "tag"],
        references=TEAM,
    ),
    record(
        "service_day",
        "服务日志",
        "Service day",
        [
            ident("team_id", "服务团", "Team"),
            ident("person_id", "成员", "Member"),
            day("date", "日期", "Date"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            choice(
                "level",
                "层级",
                "Level",
                labels(city=("市级", "City"), county=("县级", "County"), park=("园区", "Park"), enterprise=("企业", "Enterprise")),
            ),
            flag("onsite", "现场", "On site"),
        ],
        key=["team_id", "person_id", "date"],
        references=TEAM | PERSON | PLACE,
        rules=[
            rule(
                "one_day_a_person",
                "一人一日只计一次",
                "A person has one row a day over all teams",
                pl.struct("person_id", "date").is_unique(),
            )
        ],
    ),
    record(
        "team_fund",
        "服务团经费",
        "Team funding",
        [
            ident("fund_id", "经费编号", "Funding id"),
            ident("team_id", "服务团", "Team"),
            ident("source_org_id", "经费来源", "Funded by"),
            money("amount_cny", "金额", "Amount", above=0),
            day("occurred_on", "发生日期", "Date"),
        ],
        key=["fund_id"],
        references=TEAM | {"source_org_id": "org.org_id"},
    ),
    record(
        "visit_plan",
        "领衔专家到访",
        "Visit of a lead expert",
        [
            ident("visit_id", "到访编号", "Visit id"),
            ident("team_id", "服务团", "Team"),
            ident("person_id", "领衔专家", "Lead expert"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            day("planned_on", "计划日", "Planned for"),
            day("done_on", "实到日", "Done on", nullable=True),
        ],
        key=["visit_id"],
        references=TEAM | PERSON | PLACE,
    ),
)
