"""Jobs and people: posts, hires, those who look for work, internships, training, technology managers reviewed, talent recommended."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import (
    PERSONS,
    POINTS,
    choice,
    day,
    flag,
    ident,
    integer,
    money,
    not_before,
    number,
    record,
    rule,
    text,
    year,
)
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY
from kcz_metrics.tables.vocabularies import TECH_FIELDS

QUARTER = r"^\d{4}Q[1-4]$"

TABLES = (
    record(
        "recruit_post",
        "招聘岗位",
        "Job posting",
        [
            ident("post_id", "岗位编号", "Posting id"),
            ident("enterprise_id", "企业", "Enterprise"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            choice(
                "position",
                "岗位类别",
                "Position",
                labels(
                    research=("研发", "Research"),
                    engineering=("工程技术", "Engineering"),
                    skilled=("技能", "Skilled trade"),
                    management=("管理", "Management"),
                    sales=("市场", "Sales"),
                ),
            ),
            integer("openings", "招聘人数", "Openings", unit=PERSONS, above=0),
            money("salary_cny", "月薪", "Monthly pay", nullable=True, above=0),
            day("posted_on", "发布日", "Posted on"),
            day("closed_on", "关闭日", "Closed on", nullable=True),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
        ],
        key=["post_id"],
        references={
            "enterprise_id": "enterprise.org_id",
            "city_id": "pilot_city.city_id",
            "source_activity_id": "activity.activity_id",
        },
        rules=[not_before("closed_on", "posted_on", "关闭不得早于发布", "Closing must not be before posting")],
        about=Label("科创企业在平台发布的岗位：用人需求一侧", "Posts that firms advertise on the platform: the demand side"),
    ),
    record(
        "hire",
        "录用",
        "Hire",
        [
            ident("hire_id", "录用编号", "Hire id"),
            ident("post_id", "岗位", "Posting"),
            day("hired_on", "录用日", "Hired on"),
            flag("is_graduate", "应届毕业生", "Graduate"),
            flag("stayed_6m", "在岗满半年", "Stayed 6 months", nullable=True),
        ],
        key=["hire_id"],
        references={"post_id": "recruit_post.post_id"},
        about=Label(
            "岗位录用到的人，一人一行；未满半年的在岗情况为空", "Those hired on a posting, a row each; staying is empty before half a year"
        ),
    ),
    record(
        "job_supply",
        "求职供给",
        "Supply of job seekers",
        [
            text("quarter", "季度", "Quarter", pattern=QUARTER),
            text("city_id", "试点", "Pilot", pattern=CITY),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            integer("seekers", "求职人数", "Job seekers", unit=PERSONS, minimum=0),
            integer("graduates", "其中毕业生", "Graduates among them", unit=PERSONS, minimum=0),
        ],
        key=["quarter", "city_id", "tech_field"],
        references={"city_id": "pilot_city.city_id"},
        rules=[
            rule(
                "graduates_within_seekers",
                "毕业生不得多于求职人数",
                "Graduates must not exceed all seekers",
                pl.col("graduates") <= pl.col("seekers"),
            )
        ],
        about=Label("平台登记的求职者，按季度、试点和领域汇总：人才供给一侧", "Job seekers by quarter, pilot and field: the supply side"),
    ),
    record(
        "internship",
        "港澳台学生实习",
        "Internship",
        [
            ident("internship_id", "实习编号", "Internship id"),
            choice("origin", "来自", "From", labels(HK=("香港", "Hong Kong"), MO=("澳门", "Macao"), TW=("台湾", "Taiwan"))),
            ident("host_org_id", "接收单位", "Host"),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            day("start_date", "起", "From date"),
            day("end_date", "止", "To date"),
            flag("was_hired", "留用", "Hired after", nullable=True),
        ],
        key=["internship_id"],
        references={"host_org_id": "org.org_id", "city_id": "pilot_city.city_id"},
        rules=[not_before("end_date", "start_date", "止不得早于起", "The end must not be before the start")],
        about=Label(
            "港澳台大学生暑期交流实习，一人一行", "Summer internships of students from Hong Kong, Macao and Taiwan, a row a person"
        ),
    ),
    record(
        "training_event",
        "培训",
        "Training",
        [
            ident("training_id", "培训编号", "Training id"),
            choice(
                "training_kind",
                "培训对象",
                "For",
                labels(
                    tech_manager=("技术经理人", "Technology managers"),
                    team=("服务团", "Teams"),
                    enterprise=("企业科协", "Enterprise associations"),
                    operator=("平台运营", "Platform operators"),
                ),
            ),
            choice(
                "training_level",
                "培训级别",
                "Level",
                labels(basic=("初级", "Basic"), advanced=("中级", "Advanced"), senior=("高级", "Senior")),
            ),
            ident("organiser_org_id", "主办", "Organiser"),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            day("held_on", "举办日", "Held on"),
            number("days", "天数", "Days", unit=Label("天", "days"), above=0),
            integer("trainees", "参训人数", "Trainees", unit=PERSONS, minimum=0),
            integer("passed", "结业人数", "Passed", unit=PERSONS, minimum=0),
        ],
        key=["training_id"],
        references={"organiser_org_id": "org.org_id", "city_id": "pilot_city.city_id"},
        rules=[
            rule(
                "passed_within_trainees",
                "结业不得多于参训",
                "Those who passed must not exceed trainees",
                pl.col("passed") <= pl.col("trainees"),
            )
        ],
        about=Label("技术经理人等的系列化培训", "Series of training, of technology managers above all"),
    ),
    record(
        "manager_review",
        "技术经理人评价",
        "Review of a manager",
        [
            ident("tm_id", "技术经理人", "Technology manager"),
            year("year"),
            number("score", "评价分", "Score", unit=POINTS, minimum=0, maximum=100),
            choice(
                "review_grade",
                "评价等次",
                "Grade",
                labels(excellent=("优秀", "Excellent"), qualified=("合格", "Qualified"), suspend=("暂停", "Suspended")),
            ),
            day("reviewed_on", "评价日", "Reviewed on"),
        ],
        key=["tm_id", "year"],
        references={"tm_id": "tech_manager.tm_id"},
        about=Label(
            "按服务流程、规范与业绩对技术经理人的年度评价", "Yearly review of technology managers by process, norms and performance"
        ),
    ),
    record(
        "talent_recommendation",
        "人才举荐",
        "Recommendation of talent",
        [
            ident("recommendation_id", "举荐编号", "Recommendation id"),
            ident("recommender_id", "举荐人", "Recommended by"),
            choice(
                "recommending_body",
                "举荐渠道",
                "Through",
                labels(
                    advisory=("咨询委员会", "Advisory committee"), youth100=("青年百人会", "Young hundred club"), other=("其他", "Other")
                ),
            ),
            text("person_hash", "被举荐人", "Person", pattern=r"^P[0-9a-f]{6,64}$"),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
            ident("to_org_id", "举荐去向", "Recommended to"),
            day("recommended_on", "举荐日", "Recommended on"),
            day("met_on", "面谈日", "Met on", nullable=True),
            day("placed_on", "到岗日", "Placed on", nullable=True),
            day("declined_on", "未成日", "Fell through on", nullable=True),
        ],
        key=["recommendation_id"],
        references={"recommender_id": "expert.person_id", "to_org_id": "org.org_id"},
        rules=[
            not_before("met_on", "recommended_on", "面谈不得早于举荐", "Meeting must not be before recommending"),
            not_before("placed_on", "met_on", "到岗不得早于面谈", "Placing must not be before meeting"),
            rule(
                "one_outcome",
                "到岗与未成只有一项",
                "Either placed or fallen through",
                pl.col("placed_on").is_null() | pl.col("declined_on").is_null(),
            ),
        ],
        about=Label(
            "委员等举荐的人才及去向；人员只存散列", "Talent that members recommended and what came of it; the person is a hash only"
        ),
    ),
)
