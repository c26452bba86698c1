"""What is picked out and shown: entries of lists and contests, titles of firms, recommendations to investors, what conferences release."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import choice, day, flag, ident, integer, money, not_before, record, rule, text
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY
from kcz_metrics.tables.vocabularies import TECH_FIELDS

TIMES = Label("次", "times")

TABLES = (
    record(
        "award_entry",
        "榜单申报",
        "Entry for a list",
        [
            ident("entry_id", "申报编号", "Entry id"),
            ident("list_id", "榜单", "List"),
            ident("org_id", "申报单位", "Body"),
            ident("nominated_by", "推荐单位", "Nominated by", nullable=True),
            text("title", "项目名称", "Title", min_chars=6),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            day("entered_on", "申报日", "Entered on"),
            flag("is_shortlisted", "入围", "Shortlisted"),
            flag("is_listed", "上榜", "Listed"),
            integer("media_items", "报道篇次", "Media items", unit=TIMES, minimum=0),
            integer("media_views", "传播量", "Views", unit=TIMES, minimum=0),
        ],
        key=["entry_id"],
        references={"list_id": "award_list.list_id", "org_id": "org.org_id", "nominated_by": "org.org_id"},
        rules=[
            rule(
                "listed_was_shortlisted", "上榜须先入围", "What is listed was shortlisted", ~pl.col("is_listed") | pl.col("is_shortlisted")
            )
        ],
        about=Label(
            "系列榜单的申报、入围、上榜与宣传", "Entries for the lists: entered, shortlisted, listed, and how they were publicised"
        ),
    ),
    record(
        "title_award",
        "企业资质",
        "Title of a firm",
        [
            ident("award_id", "资质编号", "Title id"),
            ident("org_id", "企业", "Enterprise"),
            choice(
                "firm_title",
                "资质",
                "Title",
                labels(hi_tech=("高新技术企业", "High-tech enterprise"), little_giant=("专精特新“小巨人”", "Specialised “little giant”")),
                open=True,
            ),
            day("awarded_on", "认定日", "Awarded on"),
        ],
        key=["award_id"],
        references={"org_id": "enterprise.org_id"},
        about=Label("企业获得高企、小巨人等资质的事件", "When firms gained a title"),
    ),
    record(
        "contest_entry",
        "赛事项目",
        "Contest entry",
        [
            ident("entry_id", "参赛编号", "Entry id"),
            choice(
                "contest",
                "赛事",
                "Contest",
                labels(
                    overseas_talent=("海外人才创新创业项目大赛", "Contest of overseas talent"),
                    short_video=("科创成果短视频大赛", "Short-video contest"),
                    startup=("创新创业赛", "Start-up contest"),
                ),
                open=True,
            ),
            text("title", "项目名称", "Title", min_chars=6),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            ident("org_id", "参赛单位", "Body", nullable=True),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            text("country", "来源国", "Country", nullable=True, pattern=r"^[A-Z]{2}$"),
            day("entered_on", "报名日", "Entered on"),
            choice(
                "contest_stage",
                "所到赛段",
                "Stage reached",
                labels(
                    entered=("报名", "Entered"),
                    preliminary=("初赛", "Preliminary"),
                    decisive=("决赛", "Decisive round"),
                    awarded=("获奖", "Awarded"),
                ),
            ),
            flag("sent_to_week", "推优入周", "Sent to the national week"),
            integer("views", "观看", "Views", unit=TIMES, nullable=True, minimum=0),
        ],
        key=["entry_id"],
        references={"org_id": "org.org_id", "city_id": "pilot_city.city_id"},
        about=Label(
            "大赛的报名、赛段与推优；从这里到展示项目是一条漏斗",
            "Entries, stages and those sent on; from here to the showcase runs a funnel",
        ),
    ),
    record(
        "recommendation",
        "项目推介",
        "Recommendation",
        [
            ident("recommendation_id", "推介编号", "Recommendation id"),
            ident("enterprise_id", "企业", "Enterprise"),
            ident("resource_id", "项目", "Project", nullable=True),
            ident("to_org_id", "推介对象", "Recommended to"),
            choice("to_kind", "对象类型", "Kind of addressee", labels(investor=("投资机构", "Investor"), park=("优质园区", "Park"))),
            ident("park_id", "园区", "Park", nullable=True),
            day("recommended_on", "推介日", "Recommended on"),
            day("met_on", "洽谈日", "Met on", nullable=True),
            day("decided_on", "结论日", "Decided on", nullable=True),
            choice(
                "decision",
                "结论",
                "Decision",
                labels(invested=("获投", "Invested"), settled=("落户", "Settled"), declined=("未成", "Declined")),
                nullable=True,
            ),
            money("amount_cny", "投资额", "Invested", nullable=True, minimum=0),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
        ],
        key=["recommendation_id"],
        references={
            "enterprise_id": "enterprise.org_id",
            "resource_id": "resource.resource_id",
            "to_org_id": "org.org_id",
            "park_id": "park.park_id",
            "source_activity_id": "activity.activity_id",
        },
        rules=[
            not_before("met_on", "recommended_on", "洽谈不得早于推介", "Meeting must not be before recommending"),
            not_before("decided_on", "recommended_on", "结论不得早于推介", "The decision must not be before recommending"),
            rule(
                "decided_says_what",
                "有结论日须有结论",
                "A date of decision needs the decision",
                pl.col("decided_on").is_null() == pl.col("decision").is_null(),
            ),
        ],
        about=Label(
            "双创企业和项目向投资机构、园区的推介与结果", "Start-ups and projects recommended to investors and parks, and what came of it"
        ),
    ),
    record(
        "release_item",
        "大会发布",
        "Release at a conference",
        [
            ident("item_id", "发布编号", "Release id"),
            ident("activity_id", "活动", "Activity"),
            choice(
                "release_kind",
                "发布类别",
                "Kind",
                labels(direction=("重点方向", "Key direction"), consensus=("重要共识", "Consensus"), finding=("重大成果", "Major finding")),
            ),
            text("title", "发布内容", "Title", min_chars=6),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            day("released_on", "发布日", "Released on"),
            integer("media_items", "报道篇次", "Media items", unit=TIMES, minimum=0),
        ],
        key=["item_id"],
        references={"activity_id": "activity.activity_id"},
        about=Label("大会发布的重点方向、重要共识、重大成果", "Directions, consensus and findings that conferences made public"),
    ),
)
