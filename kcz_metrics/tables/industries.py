"""Industries, what each city and body works in, and who stands in whose chain."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import choice, day, ident, integer, reference, rule, text, year
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY
from kcz_metrics.tables.vocabularies import TECH_FIELDS

FIELDS = Label("个", "fields")

TABLES = (
    reference(
        "industry",
        "产业",
        "Industry",
        [
            ident("industry_code", "产业代码", "Industry code"),
            text("name_zh", "产业名称", "Industry"),
            text("name_en", "英文名", "English name", nullable=True),
            choice("tech_field", "技术领域", "Technology field", TECH_FIELDS),
        ],
        key=["industry_code"],
    ),
    reference(
        "city_industry",
        "重点产业",
        "Key industry",
        [
            text("city_id", "试点", "Pilot", pattern=CITY),
            ident("industry_code", "重点产业", "Key industry"),
            year("year"),
            integer("rank", "序", "Order", minimum=1, maximum=2),
            integer("profile_filled", "画像已填字段", "Profile fields filled", unit=FIELDS, minimum=0),
            integer("profile_required", "画像应填字段", "Profile fields required", unit=FIELDS, above=0),
            day("confirmed_at", "确认日", "Confirmed on", nullable=True),
            text("reason", "理由", "Reason", min_chars=30),
        ],
        key=["city_id", "industry_code", "year"],
        references={"city_id": "pilot_city.city_id", "industry_code": "industry.industry_code"},
        rules=[
            rule(
                "filled_within_required",
                "已填不得多于应填",
                "Filled must not exceed required",
                pl.col("profile_filled") <= pl.col("profile_required"),
            ),
            rule(
                "rank_unique",
                "同一试点同一年的序不得重复",
                "An order stands once per pilot and year",
                pl.struct("city_id", "year", "rank").is_unique(),
            ),
            rule(
                "confirmed_in_year",
                "确认日须在当年",
                "The confirmation must lie in the year",
                pl.col("confirmed_at").dt.year() == pl.col("year"),
            ),
        ],
    ),
    reference(
        "org_field",
        "机构领域",
        "Field of a body",
        [
            ident("org_id", "机构", "Body"),
            choice("tech_field", "领域", "Field", TECH_FIELDS),
            ident("industry_code", "产业", "Industry"),
        ],
        key=["org_id", "tech_field", "industry_code"],
        references={"org_id": "org.org_id", "industry_code": "industry.industry_code"},
    ),
    reference(
        "supply_link",
        "产业链环节",
        "Supply link",
        [
            ident("lead_org_id", "链主企业", "Chain leader"),
            ident("member_org_id", "链上企业", "Chain member"),
            choice("side", "环节", "Side", labels(upstream=("上游", "Upstream"), downstream=("下游", "Downstream"))),
            text("city_id", "试点", "Pilot", pattern=CITY),
        ],
        key=["lead_org_id", "member_org_id"],
        references={"lead_org_id": "org.org_id", "member_org_id": "org.org_id", "city_id": "pilot_city.city_id"},
        rules=[
            rule("not_itself", "链主与链上企业不得相同", "Leader and member must differ", pl.col("lead_org_id") != pl.col("member_org_id"))
        ],
    ),
)
