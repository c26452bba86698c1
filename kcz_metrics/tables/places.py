"""Where things happen: provinces, pilot cities and parks, their size year by year."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import PERSONS, YEAR, choice, day, flag, ident, integer, number, reference, rule, text, year
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.vocabularies import AREAS

GDP = Label("亿元", "100M CNY")
DEGREE = Label("度", "degrees")
FIRMS = Label("家", "firms")
CITY = r"^PC\d{3}$"
PROVINCE_CODE = r"^\d{6}$"

TABLES = (
    reference(
        "province",
        "省份",
        "Province",
        [
            text("province_code", "省级代码", "Province code", pattern=PROVINCE_CODE),
            text("name_zh", "名称", "Name", unique=True),
            text("short_zh", "简称", "Short name", unique=True),
            text("name_en", "英文名", "English name", nullable=True),
            integer("tile_col", "瓦片列", "Tile column", minimum=0, maximum=8),
            integer("tile_row", "瓦片行", "Tile row", minimum=0, maximum=7),
            flag("has_association", "有省级科协", "Has an association"),
        ],
        key=["province_code"],
        rules=[
            rule("tile_unique", "瓦片位置不得重复", "Two provinces must not share a tile", pl.struct("tile_col", "tile_row").is_unique())
        ],
    ),
    reference(
        "region_context",
        "省域规模",
        "Region size",
        [
            text("province_code", "省", "Province", pattern=PROVINCE_CODE),
            year("year"),
            number("gdp_100m", "地区生产总值", "GDP", unit=GDP, above=0),
            integer("rd_staff", "研发人员", "R&D staff", unit=PERSONS, above=0),
        ],
        key=["province_code", "year"],
        references={"province_code": "province.province_code"},
    ),
    reference(
        "pilot_city",
        "试点城市（园区）",
        "Pilot city or park",
        [
            text("city_id", "试点编号", "Pilot id", pattern=CITY),
            text("name_zh", "名称", "Name", unique=True),
            text("name_en", "英文名", "English name"),
            choice("kind", "类别", "Kind", labels(city=("城市", "City"), park=("园区", "Park"))),
            text("province_code", "省", "Province", pattern=PROVINCE_CODE),
            text("parent_city_id", "所在试点", "Lies in pilot", nullable=True, pattern=CITY),
            number("lon", "经度", "Longitude", unit=DEGREE, minimum=73, maximum=136),
            number("lat", "纬度", "Latitude", unit=DEGREE, minimum=3, maximum=54),
            integer("batch", "批次", "Batch", unit=YEAR, minimum=2020, maximum=2100),
            choice("area_flag", "区域", "Area", AREAS),
            day("active_from", "起始日", "Active from"),
            day("active_to", "终止日", "Active to", nullable=True),
            flag("old_revolutionary", "革命老区", "Old revolutionary area"),
        ],
        key=["city_id"],
        references={"province_code": "province.province_code", "parent_city_id": "pilot_city.city_id"},
        rules=[
            rule(
                "active_to_after_active_from",
                "终止日须晚于起始日",
                "Active to must be after active from",
                pl.col("active_to") > pl.col("active_from"),
            ),
            rule(
                "parent_of_park",
                "只有园区可有所在试点",
                "Only a park lies in a pilot",
                pl.col("parent_city_id").is_null() | (pl.col("kind") == "park"),
            ),
        ],
    ),
    reference(
        "city_context",
        "城市规模",
        "City size",
        [
            text("city_id", "试点", "Pilot", pattern=CITY),
            year("year"),
            number("gdp_100m", "地区生产总值", "GDP", unit=GDP, above=0),
            number("population_10k", "常住人口", "Residents", unit=Label("万人", "10k persons"), above=0),
            integer("rd_staff", "研发人员", "R&D staff", unit=PERSONS, above=0),
            integer("enterprise_tech", "科技型企业数", "Technology enterprises", unit=FIRMS, above=0),
            integer("enterprise_scale", "规上工业企业数", "Industrial firms above scale", unit=FIRMS, minimum=0),
            flag("is_estimated", "估计值", "Estimated"),
        ],
        key=["city_id", "year"],
        references={"city_id": "pilot_city.city_id"},
    ),
    reference(
        "park",
        "园区",
        "Park",
        [
            ident("park_id", "园区编号", "Park id"),
            text("city_id", "所属试点", "Pilot", pattern=CITY),
            text("name_zh", "名称", "Name"),
            choice(
                "level",
                "级别",
                "Level",
                labels(national=("国家级", "National"), provincial=("省级", "Provincial"), other=("其他", "Other")),
            ),
        ],
        key=["park_id"],
        references={"city_id": "pilot_city.city_id"},
    ),
    reference(
        "service_component",
        "服务三件套",
        "Service trio",
        [
            text("city_id", "试点", "Pilot", pattern=CITY),
            choice(
                "component",
                "三件套",
                "Component",
                labels(
                    st_communication=("科技传播", "S&T communication"),
                    tech_trade=("技术交易", "Technology trading"),
                    intl_resource=("国际资源", "International resources"),
                ),
            ),
            day("active_from", "启用日", "Active from"),
        ],
        key=["city_id", "component"],
        references={"city_id": "pilot_city.city_id"},
    ),
    reference(
        "province_pilot",
        "省域试点培育",
        "Provincial pilot",
        [text("province_code", "省", "Province", pattern=PROVINCE_CODE), day("approved_at", "批准日", "Approved on")],
        key=["province_code"],
        references={"province_code": "province.province_code"},
    ),
    reference(
        "calendar",
        "工作日历",
        "Working calendar",
        [day("day", "日期", "Day"), flag("is_working", "是否工作日", "Working day")],
        key=["day"],
    ),
)
