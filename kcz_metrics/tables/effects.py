"""What came of it: sales, jobs, talent, firms, standards, advice, projects landed from abroad."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import PERCENT, after, choice, day, flag, ident, number, record, rule, text
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY

EFFECTS = labels(
    new_sales=("新增销售收入", "New sales"),
    cost_saving=("节支", "Cost saving"),
    new_jobs=("新增就业", "New jobs"),
    new_standard=("新增标准", "New standards"),
    capital=("带动资本", "Capital"),
)

TABLES = (
    record(
        "impact",
        "成效",
        "Impact",
        [
            ident("impact_id", "成效编号", "Impact id"),
            ident("enterprise_id", "企业", "Enterprise"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            ident("team_id", "服务团", "Team", nullable=True),
            ident("contract_id", "合同", "Contract", nullable=True),
            ident("org_id", "带动单位", "Driven by", nullable=True),
            choice("effect", "效果", "Effect", EFFECTS),
            number("value", "数值", "Value", unit=Label("元、人或项", "CNY, persons or items"), minimum=0),
            number("share_pct", "归属比例", "Share", unit=PERCENT, minimum=0, maximum=100),
            day("occurred_on", "发生日期", "Date"),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
        ],
        key=["impact_id"],
        references={
            "enterprise_id": "enterprise.org_id",
            "city_id": "pilot_city.city_id",
            "team_id": "service_team.team_id",
            "contract_id": "contract.contract_id",
            "org_id": "org.org_id",
            "source_activity_id": "activity.activity_id",
        },
        rules=[
            rule(
                "credited_to_someone",
                "服务团、合同、带动单位至少填一项",
                "At least one of team, contract and body is needed",
                pl.any_horizontal(pl.col("team_id", "contract_id", "org_id").is_not_null()),
            )
        ],
    ),
    record(
        "talent",
        "人才引育",
        "Talent",
        [
            ident("talent_id", "人才编号", "Talent id"),
            ident("org_id", "用人单位", "Employer"),
            ident("intro_org_id", "引荐单位", "Introduced by", nullable=True),
            choice(
                "kind",
                "方式",
                "Kind",
                labels(introduced=("引进", "Introduced"), short_term=("短期", "Short-term"), internship=("实习", "Internship")),
            ),
            day("start_date", "起", "From"),
            day("end_date", "止", "To", nullable=True),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
        ],
        key=["talent_id"],
        references={"org_id": "org.org_id", "intro_org_id": "org.org_id", "source_activity_id": "activity.activity_id"},
        rules=[after("end_date", "start_date", "止须晚于起", "To must be after from")],
    ),
    record(
        "incubated_firm",
        "在孵企业",
        "Incubated firm",
        [
            ident("org_id", "在孵企业", "Firm"),
            ident("incubator_org_id", "孵化单位", "Incubator"),
            day("registered_at", "注册日", "Registered on"),
            flag("alive_12m", "满一年存续", "Alive after 12 months", nullable=True),
            ident("centre_id", "所在中心", "Centre", nullable=True),
        ],
        key=["org_id"],
        references={"org_id": "enterprise.org_id", "incubator_org_id": "org.org_id", "centre_id": "centre.centre_id"},
    ),
    record(
        "overseas_landing",
        "海外项目与人才落地",
        "Overseas landing",
        [
            ident("landing_id", "落地编号", "Landing id"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            choice("kind", "类别", "Kind", labels(project=("项目", "Project"), talent=("人才", "Talent"))),
            day("landed_on", "落地日", "Landed on"),
            text("country", "来源国", "Country", pattern=r"^[A-Z]{2}$"),
        ],
        key=["landing_id"],
        references={"city_id": "pilot_city.city_id"},
    ),
    record(
        "standard_item",
        "标准与示范",
        "Standard",
        [
            ident("standard_id", "标准编号", "Standard no."),
            ident("org_id", "主导单位", "Led by"),
            choice(
                "level",
                "级别",
                "Level",
                labels(
                    national=("国家标准", "National"),
                    industry=("行业标准", "Industry"),
                    group=("团体标准", "Group"),
                    demonstration=("示范", "Demonstration"),
                ),
            ),
            day("published_on", "发布日", "Published on"),
        ],
        key=["standard_id"],
        references={"org_id": "org.org_id"},
    ),
    record(
        "advice_item",
        "政策建议",
        "Policy advice",
        [
            ident("advice_id", "建议编号", "Advice id"),
            ident("org_id", "提出单位", "Given by"),
            text("adopted_doc_no", "采纳文号", "Adopted by document", nullable=True),
            day("occurred_on", "发生日期", "Date"),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
        ],
        key=["advice_id"],
        references={"org_id": "org.org_id", "source_activity_id": "activity.activity_id"},
    ),
)
