"""A small world for matching: two cities, two industries, three teams, one resource holder; every row is written out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from kcz_metrics.matching.reading import READS

VALID: dict[str, Any] = {"status": "verified", "duplicate_of": None}
MOMENTS = {"posted_at", "first_response_at", "assigned_at", "closed_at", "verified_at", "first_reply_at", "reviewed_at", "entered_at",
           "last_confirmed_at", "retired_at", "used_at", *(f"stage{k}_at" for k in range(2, 7))}  # fmt: skip
DAYS = {"founded_at", "agreement_signed_at"}
NUMBERS = {"lon": pl.Float64, "lat": pl.Float64, "difficulty": pl.Int64, "budget_cny": pl.Int64, "year": pl.Int64}
FLAGS = {"is_bot", "is_shared"}


def schema(table: str) -> dict[str, Any]:
    kinds: dict[str, Any] = {}
    for name in READS[table]:
        kinds[name] = (
            pl.Datetime("us")
            if name in MOMENTS
            else pl.Date
            if name in DAYS
            else NUMBERS.get(name, pl.Boolean if name in FLAGS else pl.String)
        )
    return kinds


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in READS[table]} for row in rows], schema=schema(table))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def need(need_id: str, posted: str, **more: Any) -> dict[str, Any]:
    row = {
        "need_id": need_id, "city_id": "PC001", "enterprise_id": "OR9", "industry_code": "IND-A", "tech_field": "SEI",
        "title": "碳纤维良率提升技术需求", "text": "企业在碳纤维方面遇到良率提升的难题", "difficulty": 2, "posted_at": at(posted),
        "outcome": "open", "verified_at": at(posted), **VALID,
    }  # fmt: skip
    return row | more


def docking(docking_id: str, need_id: str, team_id: str | None, assigned: str, **more: Any) -> dict[str, Any]:
    row = {
        "docking_id": docking_id, "need_id": need_id, "provider_org_id": "OR1", "team_id": team_id, "assigned_at": at(assigned),
        "verified_at": at(assigned), **VALID,
    }  # fmt: skip
    return row | more


def world(**changed: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """Frames by table as matching reads them; ``changed`` gives other rows for a table."""
    rows: dict[str, list[dict[str, Any]]] = {
        "need": [
            need("ND1", "2021-01-10", outcome="solved", closed_at=at("2021-12-01")),
            need("ND2", "2021-02-10", industry_code="IND-B", tech_field="DIGI", title="数字孪生技术需求", text="数字孪生建模的难题"),
            need("ND3", "2022-01-05"),
        ],
        "need_tag": [{"need_id": "ND1", "tag": "碳纤维"}, {"need_id": "ND2", "tag": "数字孪生"}, {"need_id": "ND3", "tag": "碳纤维"}],
        "docking": [
            docking("DK1", "ND1", "ST1", "2021-02-01", stage2_at=at("2021-02-10"), stage4_at=at("2021-04-01")),
            docking("DK2", "ND2", "ST2", "2021-03-01"),
        ],
        "service_team": [
            {"team_id": "ST1", "name_zh": "甲新材料科技服务团", "lead_org_id": "OR1", "tech_field": "SEI", "founded_at": date(2020, 1, 1)},
            {"team_id": "ST2", "name_zh": "乙软件科技服务团", "lead_org_id": "OR2", "tech_field": "DIGI", "founded_at": date(2020, 1, 1)},
            {"team_id": "ST3", "name_zh": "丙科技服务团", "lead_org_id": "OR3", "tech_field": "SEI", "founded_at": date(2022, 6, 1)},
        ],
        "team_skill": [{"team_id": "ST1", "tag": "碳纤维"}, {"team_id": "ST2", "tag": "数字孪生"}, {"team_id": "ST2", "tag": "碳纤维"}],
        "team_city": [
            {"team_id": "ST1", "city_id": "PC001", "year": 2021, "agreement_signed_at": date(2021, 5, 1)},
            {"team_id": "ST2", "city_id": "PC001", "year": 2021},
            {"team_id": "ST2", "city_id": "PC002", "year": 2022},
        ],
        "team_registration": [],
        "org": [
            {"org_id": "OR1", "province_code": "110000", "city_id": "PC001"},
            {"org_id": "OR2", "province_code": "120000"},
            {"org_id": "OR3", "province_code": "990000"},
        ],
        "org_field": [{"org_id": "OR1", "industry_code": "IND-A"}, {"org_id": "OR2", "industry_code": "IND-B"}],
        "pilot_city": [
            {"city_id": "PC001", "province_code": "110000", "lon": 110.0, "lat": 30.0},
            {"city_id": "PC002", "province_code": "120000", "lon": 110.0, "lat": 40.0},
        ],
        "industry": [{"industry_code": "IND-A", "name_zh": "新材料"}, {"industry_code": "IND-B", "name_zh": "工业软件"}],
        "resource": [
            {"resource_id": "RS1", "library_type": "result", "title": "碳纤维成果推介第1批", "holder_org_id": "OR1", "city_id": "PC001",
             "tech_field": "SEI", "grade": "A", "entered_at": at("2021-06-01"), "is_shared": True, "verified_at": at("2021-06-02")} | VALID,
            {"resource_id": "RS2", "library_type": "result", "title": "数字孪生成果推介第2批", "holder_org_id": "OR2",
             "tech_field": "DIGI", "entered_at": at("2021-06-01"), "is_shared": True, "verified_at": at("2021-06-02")} | VALID,
        ],
        "resource_use": [],
    }  # fmt: skip
    return {table: frame(table, (rows | changed)[table]) for table in READS}
