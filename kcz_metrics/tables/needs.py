"""From a need to an accepted solution: needs, their tags, offers, answers and dockings."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import choice, flag, ident, integer, moment, moment_not_before, money, record, reference, rule, text
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY
from kcz_metrics.tables.table import Rule
from kcz_metrics.tables.vocabularies import TECH_FIELDS

COOPERATION = labels(
    joint_development=("联合研发", "Joint development"),
    consulting=("咨询", "Consulting"),
    transfer=("转让", "Transfer"),
    service=("技术服务", "Service"),
    other=("其他", "Other"),
)
STAGE_DATES = ("assigned_at", "first_reply_at", "stage2_at", "stage3_at", "stage4_at", "stage5_at", "stage6_at")


def _stages_in_order() -> list[Rule]:
    """Each date is not before the latest of those before it; gaps are allowed, going back is not."""
    rules = []
    for number, name in enumerate(STAGE_DATES[1:], start=1):
        before = pl.max_horizontal(STAGE_DATES[:number])
        rules.append(
            rule(f"{name}_in_order", f"阶段日期不得倒退（{name}）", f"Stage dates must not go back ({name})", pl.col(name) >= before)
        )
    return rules


TABLES = (
    record(
        "need",
        "需求",
        "Need",
        [
            ident("need_id", "需求编号", "Need id"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            ident("enterprise_id", "企业", "Enterprise"),
            ident("industry_code", "产业", "Industry"),
            text("title", "题目", "Title", min_chars=6),
            integer("difficulty", "难度", "Difficulty", unit=Label("级", "level"), minimum=1, maximum=4),
            money("budget_cny", "预算", "Budget", nullable=True, minimum=0),
            moment("posted_at", "发布时间", "Posted at"),
            moment("first_response_at", "首次响应", "First response at", nullable=True),
            moment("assigned_at", "派单时间", "Assigned at", nullable=True),
            moment("closed_at", "关闭时间", "Closed at", nullable=True),
            choice(
                "outcome",
                "结果",
                "Outcome",
                labels(
                    open=("未结", "Open"),
                    solved=("已解决", "Solved"),
                    partly=("部分解决", "Partly solved"),
                    rejected=("不予受理", "Rejected"),
                    expired=("已过期", "Expired"),
                ),
            ),
            flag("confirmed_by_enterprise", "企业确认", "Confirmed by the enterprise", nullable=True),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            text("text", "内容", "Text", min_chars=20),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
        ],
        key=["need_id"],
        references={
            "city_id": "pilot_city.city_id",
            "enterprise_id": "enterprise.org_id",
            "industry_code": "industry.industry_code",
            "source_activity_id": "activity.activity_id",
        },
        rules=[
            moment_not_before("first_response_at", "posted_at", "首次响应不得早于发布", "The first response must not be before posting"),
            moment_not_before("assigned_at", "posted_at", "派单不得早于发布", "Assigning must not be before posting"),
            moment_not_before("closed_at", "posted_at", "关闭不得早于发布", "Closing must not be before posting"),
            rule(
                "solved_says_confirmed",
                "已解决的需求须填企业确认",
                "A solved need must say whether the enterprise confirmed it",
                pl.col("confirmed_by_enterprise").is_not_null() | (pl.col("outcome") != "solved"),
            ),
        ],
    ),
    reference(
        "need_tag",
        "需求标签",
        "Tag of a need",
        [ident("need_id", "需求", "Need"), text("tag", "需求标签", "Tag")],
        key=["need_id", "tag"],
        references={"need_id": "need.need_id"},
    ),
    record(
        "need_offer",
        "派单",
        "Offer of a need",
        [
            ident("offer_id", "派单编号", "Offer id"),
            ident("need_id", "需求", "Need"),
            ident("team_id", "服务团", "Team", nullable=True),
            ident("org_id", "单位", "Body", nullable=True),
            moment("offered_at", "派出时间", "Offered at"),
            moment("accepted_at", "承接时间", "Accepted at", nullable=True),
        ],
        key=["offer_id"],
        references={"need_id": "need.need_id", "team_id": "service_team.team_id", "org_id": "org.org_id"},
        rules=[moment_not_before("accepted_at", "offered_at", "承接不得早于派出", "Accepting must not be before offering")],
    ),
    record(
        "need_answer",
        "需求答复",
        "Answer to a need",
        [
            ident("answer_id", "答复编号", "Answer id"),
            ident("need_id", "需求", "Need"),
            ident("org_id", "答复单位", "Answered by"),
            ident("person_id", "答复专家", "Expert"),
            moment("answered_at", "答复时间", "Answered at"),
            flag("useful", "需方认可", "Found useful", nullable=True),
            text("text", "答复内容", "Text", nullable=True),
        ],
        key=["answer_id"],
        references={"need_id": "need.need_id", "org_id": "org.org_id", "person_id": "expert.person_id"},
    ),
    record(
        "docking",
        "对接",
        "Docking",
        [
            ident("docking_id", "对接编号", "Docking id"),
            ident("need_id", "需求", "Need"),
            ident("provider_org_id", "供方", "Provider"),
            ident("team_id", "服务团", "Team", nullable=True),
            ident("tm_id", "技术经理人", "Technology manager", nullable=True),
            integer("stage", "阶段", "Stage", minimum=1, maximum=6),
            moment("assigned_at", "派单时间", "Assigned at", nullable=True),
            moment("first_reply_at", "首次答复", "First reply at", nullable=True),
            moment("stage2_at", "双方会面", "Met at", nullable=True),
            moment("stage3_at", "形成方案", "Plan at", nullable=True),
            moment("stage4_at", "达成协议", "Agreement at", nullable=True),
            moment("stage5_at", "签订合同", "Contract at", nullable=True),
            moment("stage6_at", "验收", "Accepted at", nullable=True),
            flag("no_show", "爽约", "No-show"),
            flag("complaint_upheld", "投诉成立", "Complaint upheld"),
            ident("activity_id", "来源活动", "From activity", nullable=True),
            ident("resource_id", "所用资源", "Resource used", nullable=True),
            ident("station_id", "服务站点", "Station", nullable=True),
            choice("mode", "对接方式", "Mode", labels(online=("线上", "Online"), onsite=("现场", "On site"))),
            choice("cooperation_mode", "合作方式", "Cooperation", COOPERATION, open=True, nullable=True),
        ],
        key=["docking_id"],
        references={
            "need_id": "need.need_id",
            "provider_org_id": "org.org_id",
            "team_id": "service_team.team_id",
            "tm_id": "tech_manager.tm_id",
            "activity_id": "activity.activity_id",
            "resource_id": "resource.resource_id",
            "station_id": "station.station_id",
        },
        rules=[
            rule(
                "one_docking_a_provider",
                "同一需求同一供方只有一条对接",
                "A need and a provider have one docking",
                pl.struct("need_id", "provider_org_id").is_unique(),
            ),
            *_stages_in_order(),
        ],
    ),
)
