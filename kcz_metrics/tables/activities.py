"""Meetings, roadshows and weeks; the projects shown there."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import PERSONS, after, choice, day, ident, integer, moment, record, rule, several, text
from kcz_metrics.tables.labels import labels
from kcz_metrics.tables.places import CITY

ACTIVITY_TYPES = labels(
    conference=("技术服务与交易大会", "Conference"),
    theme_forum=("主题论坛", "Theme forum"),
    fusion=("产学融合会议", "Fusion meeting"),
    open_call=("揭榜挂帅", "Open call"),
    summit=("峰会", "Summit"),
    closed_meeting=("闭门会", "Closed meeting"),
    training=("培训", "Training"),
    roadshow=("路演", "Roadshow"),
    week=("活动周", "Week"),
    other=("其他", "Other"),
)
SERIES = labels(
    dual_week=("全国双创活动周", "National innovation week"),
    roadshow_china=("创响中国", "Echo across China"),
    founders_talk=("新时代创业者说", "Founders speak"),
    overseas_week=("海外双创周", "Overseas innovation week"),
    ai_tour=("人工智能赋能地方行", "AI regional tour"),
)
ORGANISERS = labels(
    advisory=("咨询委员会", "Advisory committee"),
    youth100=("青年百人会", "Young hundred club"),
    enterprise_association=("企业科协", "Enterprise association"),
    society_branch=("学会分支", "Society branch"),
)
AIMS = labels(frontier=("前沿引领", "Frontier"), startups=("促进创业", "Start-ups"))

TABLES = (
    record(
        "activity",
        "活动",
        "Activity",
        [
            ident("activity_id", "活动编号", "Activity id"),
            choice("activity_type", "类型", "Type", ACTIVITY_TYPES, open=True),
            choice("programme", "专项", "Programme", labels(dual_service=("双创服务", "Dual-innovation service"), none=("无", "None"))),
            ident("organiser_org_id", "主办", "Organiser"),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            moment("start_at", "开始", "Start"),
            moment("end_at", "结束", "End"),
            integer("participants", "参与人数", "Participants", unit=PERSONS, minimum=0),
            integer("participants_external", "外地人数", "From elsewhere", unit=PERSONS, minimum=0),
            integer("participants_online", "线上人数", "Online", unit=PERSONS, minimum=0),
            ident("station_id", "站点", "Station", nullable=True),
            text("venue", "场地", "Venue"),
            text("title", "名称", "Title", nullable=True),
            choice("series", "系列", "Series", SERIES, open=True, nullable=True),
            choice("organiser_kind", "主办渠道", "Held by", ORGANISERS, nullable=True),
            text("host_platform", "依托平台", "Stage", nullable=True),
            several("aims", "目的", "Aims", AIMS, nullable=True),
            integer("participants_enterprise", "企业科技工作者", "From enterprises", unit=PERSONS, nullable=True, minimum=0),
        ],
        key=["activity_id"],
        references={"organiser_org_id": "org.org_id", "city_id": "pilot_city.city_id", "station_id": "station.station_id"},
        rules=[
            after("end_at", "start_at", "结束须晚于开始", "The end must be after the start"),
            rule(
                "external_within_participants",
                "外地人数不得大于参与人数",
                "Those from elsewhere must not exceed all",
                pl.col("participants_external") <= pl.col("participants"),
            ),
            rule(
                "enterprise_within_participants",
                "企业科技工作者不得多于参与人数",
                "Those from enterprises must not exceed all",
                pl.col("participants_enterprise") <= pl.col("participants"),
            ),
        ],
    ),
    record(
        "showcase_project",
        "展示项目",
        "Showcase project",
        [
            ident("project_id", "展示项目", "Project id"),
            ident("org_id", "单位", "Body"),
            choice("mode", "形式", "Mode", labels(onsite=("现场", "On site"), cloud=("云上", "Cloud"), both=("现场与云上", "Both"))),
            day("occurred_on", "发生日期", "Date"),
            text("title", "名称", "Title", nullable=True),
            ident("entry_id", "参赛项目", "Contest entry", nullable=True),
        ],
        key=["project_id"],
        references={"org_id": "org.org_id", "entry_id": "contest_entry.entry_id"},
    ),
)
