"""What others think: experts' scores, feedback of enterprises, cases chosen and taken up elsewhere."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import POINTS, choice, day, flag, ident, number, record, rule, text
from kcz_metrics.tables.labels import labels

SUBJECTS = labels(city=("试点城市（园区）", "Pilot"), team=("服务团", "Team"), org=("机构", "Body"))

TABLES = (
    record(
        "expert_score",
        "专家评分",
        "Expert score",
        [
            ident("score_id", "评分编号", "Score id"),
            ident("round_id", "轮次", "Round"),
            choice(
                "subject_type",
                "对象类别",
                "Kind of subject",
                labels(city=("试点城市（园区）", "Pilot"), team=("服务团", "Team"), case=("案例", "Case")),
            ),
            ident("subject_id", "对象", "Subject"),
            text("criterion_id", "评分项", "Criterion"),
            ident("expert_id", "专家", "Expert"),
            number("score", "分数", "Score", unit=POINTS, nullable=True, minimum=0, maximum=100),
            flag("recused", "回避", "Recused"),
            day("occurred_on", "发生日期", "Date"),
        ],
        key=["score_id"],
        references={"expert_id": "expert.person_id"},
        rules=[
            rule(
                "recused_or_scored",
                "回避者不打分，未回避者须打分",
                "Recused means no score, else a score",
                pl.col("score").is_null() == pl.col("recused"),
            )
        ],
    ),
    record(
        "feedback",
        "满意度评价",
        "Feedback",
        [
            ident("feedback_id", "评价编号", "Feedback id"),
            choice("subject_type", "对象类别", "Kind of subject", SUBJECTS),
            ident("subject_id", "对象", "Subject"),
            ident("respondent_org_id", "评价企业", "Given by"),
            number("score", "满意度", "Satisfaction", unit=POINTS, minimum=0, maximum=100),
            flag("drawn_by_system", "系统抽样", "Drawn by the system"),
            day("occurred_on", "发生日期", "Date"),
        ],
        key=["feedback_id"],
        references={"respondent_org_id": "org.org_id"},
    ),
    record(
        "case_study",
        "优秀案例",
        "Case",
        [
            ident("case_id", "案例编号", "Case id"),
            choice("owner_type", "归属类别", "Kind of owner", SUBJECTS),
            ident("owner_id", "归属", "Owner"),
            text("title", "题目", "Title", min_chars=6),
            day("selected_on", "入选日", "Selected on", nullable=True),
        ],
        key=["case_id"],
    ),
    record(
        "case_adoption",
        "案例采纳",
        "Adoption of a case",
        [ident("case_id", "案例", "Case"), ident("adopter_id", "采纳方", "Adopted by"), day("adopted_at", "采纳日", "Adopted on")],
        key=["case_id", "adopter_id"],
        references={"case_id": "case_study.case_id"},
    ),
)
