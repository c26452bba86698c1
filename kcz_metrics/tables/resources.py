"""The resource libraries, their use, the bodies and data connections brought to the platform, its columns and usage."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import (
    PERCENT,
    YEAR,
    choice,
    day,
    flag,
    ident,
    integer,
    moment,
    moment_not_before,
    not_before,
    number,
    record,
    reference,
    rule,
    text,
)
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY
from kcz_metrics.tables.vocabularies import LIBRARIES, ORG_CLASSES, TECH_FIELDS

ROWS = Label("条", "rows")
USERS = Label("户", "users")
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"

TABLES = (
    record(
        "resource",
        "入库资源",
        "Resource",
        [
            ident("resource_id", "资源编号", "Resource id"),
            choice("library_type", "资源库", "Library", LIBRARIES, open=True),
            text("title", "名称", "Title", min_chars=6),
            ident("holder_org_id", "持有单位", "Holder"),
            ident("entered_by_org_id", "入库单位", "Entered by"),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            choice("grade", "分级", "Grade", labels(A=("甲", "A"), B=("乙", "B"), C=("丙", "C")), nullable=True),
            choice("programme", "所属专项", "Programme", labels(dual=("双创", "Dual innovation"), none=("无", "None"))),
            text("content_hash", "内容指纹", "Content fingerprint", unique=True),
            moment("entered_at", "入库时间", "Entered at"),
            moment("last_confirmed_at", "最近确认", "Last confirmed at", nullable=True),
            flag("is_live", "有效", "Live"),
            flag("is_shared", "对外开放", "Open to others"),
            moment("retired_at", "下架时间", "Retired at", nullable=True),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
            ident("standard_version", "标准版本", "Standard", nullable=True),
        ],
        key=["resource_id"],
        references={
            "holder_org_id": "org.org_id",
            "entered_by_org_id": "org.org_id",
            "city_id": "pilot_city.city_id",
            "source_activity_id": "activity.activity_id",
            "standard_version": "library_standard.standard_version",
        },
        rules=[
            moment_not_before("last_confirmed_at", "entered_at", "最近确认不得早于入库", "Confirming must not be before entering"),
            moment_not_before("retired_at", "entered_at", "下架不得早于入库", "Retiring must not be before entering"),
            rule(
                "live_until_retired",
                "有效与下架时间须一致",
                "Live follows from the time of retiring",
                pl.col("is_live") == pl.col("retired_at").is_null(),
            ),
        ],
    ),
    record(
        "resource_use",
        "资源使用",
        "Use of a resource",
        [
            ident("use_id", "使用编号", "Use id"),
            ident("resource_id", "资源", "Resource"),
            ident("user_org_id", "使用单位", "Used by"),
            choice(
                "use_kind",
                "行为",
                "Act",
                labels(
                    view=("浏览", "View"),
                    download=("下载", "Download"),
                    push_accept=("接受推送", "Push accepted"),
                    contact=("联系", "Contact"),
                ),
            ),
            moment("used_at", "时间", "Used at"),
            flag("is_bot", "机器流量", "Robot"),
        ],
        key=["use_id"],
        references={"resource_id": "resource.resource_id", "user_org_id": "org.org_id"},
    ),
    record(
        "org_residency",
        "机构入驻",
        "Residency",
        [
            ident("org_id", "入驻机构", "Resident body"),
            day("joined_at", "入驻日", "Joined on"),
            ident("referrer_org_id", "引入单位", "Brought in by", nullable=True),
            moment("first_action_at", "首次行为", "First act at", nullable=True),
        ],
        key=["org_id", "joined_at"],
        references={"org_id": "org.org_id", "referrer_org_id": "org.org_id"},
        rules=[not_before("first_action_at", "joined_at", "首次行为不得早于入驻", "The first act must not be before joining")],
    ),
    record(
        "data_connection",
        "数据连接",
        "Data connection",
        [
            ident("conn_id", "连接编号", "Connection id"),
            choice(
                "kind",
                "类型",
                "Kind",
                labels(
                    tech_trade=("技术交易", "Technology trade"), ip=("知识产权", "IP"), paper=("论文", "Papers"), other=("其他", "Other")
                ),
            ),
            ident("partner_org_id", "对接方", "Partner"),
            day("live_at", "上线日", "Live from", nullable=True),
            integer("records_synced", "同步记录", "Rows synchronised", unit=ROWS, minimum=0),
            number("uptime_pct", "可用率", "Uptime", unit=PERCENT, minimum=0, maximum=100),
        ],
        key=["conn_id"],
        references={"partner_org_id": "org.org_id"},
    ),
    record(
        "platform_usage_month",
        "平台月活",
        "Platform usage",
        [
            text("month", "月份", "Month", pattern=MONTH),
            choice("client", "终端", "Client", labels(pc=("电脑端", "PC"), app=("移动端", "App"))),
            choice("org_class", "机构类别", "Class", ORG_CLASSES),
            integer("mau", "月活", "Monthly active", unit=USERS, minimum=0),
            number("dau_avg", "日均活跃", "Daily active", unit=USERS, minimum=0),
        ],
        key=["month", "client", "org_class"],
        rules=[rule("daily_within_monthly", "日均活跃不得大于月活", "Daily must not exceed monthly", pl.col("dau_avg") <= pl.col("mau"))],
    ),
    record(
        "stock_month",
        "月末存量",
        "Month-end stock",
        [
            text("month", "月份", "Month", pattern=MONTH),
            text("library_type", "资源库或机构类别", "Library or class"),
            integer("raw_count", "原始数", "Raw count", unit=ROWS, minimum=0),
            integer("valid_count", "有效数", "Valid count", unit=ROWS, minimum=0),
        ],
        key=["month", "library_type"],
        rules=[rule("valid_within_raw", "有效数不得大于原始数", "Valid must not exceed raw", pl.col("valid_count") <= pl.col("raw_count"))],
    ),
    reference(
        "baseline",
        "基期值",
        "Baseline",
        [
            text("metric", "指标", "Item"),
            number("value", "基期值", "Value", above=0),
            day("base_date", "基期", "Base date"),
        ],
        key=["metric"],
    ),
    record(
        "programme_item",
        "栏目节目",
        "Programme item",
        [
            ident("item_id", "节目编号", "Item id"),
            text("column_name", "栏目", "Column"),
            ident("supplier_org_id", "供给单位", "Supplied by"),
            day("aired_at", "播出日", "Aired on"),
            text("content_hash", "内容指纹", "Content fingerprint", unique=True),
        ],
        key=["item_id"],
        references={"supplier_org_id": "org.org_id"},
    ),
    record(
        "platform_scenario",
        "应用场景",
        "Scenario",
        [
            ident("scenario_id", "场景编号", "Scenario id"),
            day("opened_at", "上线日", "Opened on"),
            integer("users_90d", "90日用户", "Users in 90 days", unit=USERS, minimum=0),
        ],
        key=["scenario_id"],
    ),
    record(
        "award_list",
        "榜单",
        "Award list",
        [
            ident("list_id", "榜单编号", "List id"),
            text("list_type", "榜单类型", "Type"),
            integer("first_year", "首次年份", "First year", unit=YEAR, minimum=1950, maximum=2100),
        ],
        key=["list_id"],
        rules=[
            rule(
                "first_year_reached",
                "首次年份不得晚于期间",
                "The first year must not be after the period",
                pl.col("first_year") <= pl.col("period_id").str.slice(0, 4).cast(pl.Int64, strict=False),
            )
        ],
    ),
)
