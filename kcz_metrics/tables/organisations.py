"""Who acts: bodies of all classes, their size, who controls whom, societies, enterprises, experts, stations, managers."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.check_digits import credit_code_holds
from kcz_metrics.tables.declare import (
    PERCENT,
    PERSONS,
    after,
    choice,
    day,
    flag,
    ident,
    integer,
    not_before,
    number,
    reference,
    rule,
    several,
    text,
    year,
)
from kcz_metrics.tables.labels import labels
from kcz_metrics.tables.places import CITY, PROVINCE_CODE
from kcz_metrics.tables.vocabularies import DISCIPLINES, ENTERPRISE_FLAGS, ORG_CLASSES

USCC = r"^[0-9A-HJ-NP-RT-UW-Y]{18}$"

TABLES = (
    reference(
        "org",
        "机构",
        "Body",
        [
            ident("org_id", "机构编号", "Body id"),
            text("uscc", "统一社会信用代码", "Unified social credit code", nullable=True, unique=True, pattern=USCC),
            text("name_zh", "名称", "Name"),
            text("name_en", "英文名", "English name", nullable=True),
            choice("org_class", "机构类别", "Class", ORG_CLASSES),
            text("province_code", "省", "Province", pattern=PROVINCE_CODE),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            ident("parent_org_id", "上级机构", "Parent", nullable=True),
            choice(
                "status",
                "状态",
                "State",
                labels(
                    active=("正常", "Active"), suspended=("暂停", "Suspended"), merged=("已合并", "Merged"), closed=("已关闭", "Closed")
                ),
            ),
            ident("merged_into", "并入机构", "Merged into", nullable=True),
            flag("old_revolutionary", "革命老区", "Old revolutionary area"),
            day("merged_at", "合并日", "Merged on", nullable=True),
        ],
        key=["org_id"],
        references={
            "province_code": "province.province_code",
            "city_id": "pilot_city.city_id",
            "parent_org_id": "org.org_id",
            "merged_into": "org.org_id",
        },
        rules=[
            rule(
                "merged_says_where",
                "已合并的机构须填并入机构",
                "A merged body must say into which",
                pl.col("merged_into").is_not_null() | (pl.col("status") != "merged"),
            ),
            rule(
                "merged_on_a_day",
                "只有已合并的机构可填合并日",
                "Only a merged body has a date of merging",
                pl.col("merged_at").is_null() | (pl.col("status") == "merged"),
            ),
            rule(
                "uscc_holds", "统一社会信用代码的校验位须正确", "The check digit of a credit code must be right", credit_code_holds("uscc")
            ),
            rule("not_own_parent", "上级不得为自身", "A body is not its own parent", pl.col("parent_org_id") != pl.col("org_id")),
        ],
    ),
    reference(
        "org_context",
        "机构规模",
        "Body size",
        [
            ident("org_id", "机构", "Body"),
            year("year"),
            integer("members", "个人会员", "Individual members", unit=PERSONS, nullable=True, above=0),
            integer("rd_staff", "研发人员", "R&D staff", unit=PERSONS, nullable=True, above=0),
            integer("employees", "从业人员", "Employees", unit=PERSONS, nullable=True, above=0),
        ],
        key=["org_id", "year"],
        references={"org_id": "org.org_id"},
    ),
    reference(
        "org_relation",
        "机构关联",
        "Relation of bodies",
        [
            ident("org_a", "机构甲", "Body A"),
            ident("org_b", "机构乙", "Body B"),
            choice(
                "relation",
                "关系",
                "Relation",
                labels(
                    control=("控制", "Control"),
                    share=("持股", "Shareholding"),
                    branch=("分支", "Branch"),
                    same_person=("同一实际控制人", "Same controller"),
                ),
            ),
            number("share_pct", "持股比例", "Share", unit=PERCENT, nullable=True, minimum=0, maximum=100),
            day("valid_from", "起", "From"),
            day("valid_to", "止", "To", nullable=True),
        ],
        key=["org_a", "org_b", "relation"],
        references={"org_a": "org.org_id", "org_b": "org.org_id"},
        rules=[
            rule("two_bodies", "两个机构不得相同", "The two bodies must differ", pl.col("org_a") != pl.col("org_b")),
            rule(
                "share_where_it_belongs",
                "只有控制、持股可填持股比例",
                "Only control and shareholding have a share",
                pl.col("share_pct").is_null() | pl.col("relation").is_in(["share", "control"]),
            ),
            after("valid_to", "valid_from", "止须晚于起", "To must be after from"),
        ],
    ),
    reference(
        "society",
        "全国学会",
        "National society",
        [
            ident("org_id", "学会", "Society"),
            choice("discipline_group", "学科组", "Discipline group", DISCIPLINES),
            flag("first_class_programme", "一流学会建设", "First-class programme"),
            flag("enterprise_branch", "服务企业分支", "Branch for enterprises"),
        ],
        key=["org_id"],
        references={"org_id": "org.org_id"},
    ),
    reference(
        "enterprise",
        "企业",
        "Enterprise",
        [
            ident("org_id", "企业", "Enterprise"),
            choice(
                "size",
                "规模",
                "Size",
                labels(large=("大型", "Large"), medium=("中型", "Medium"), small=("小型", "Small"), micro=("微型", "Micro")),
            ),
            several("flags", "类型标记", "Kinds", ENTERPRISE_FLAGS, nullable=True),
            day("founded_at", "成立日", "Founded on"),
            day("title_hitech_at", "高企认定日", "High-tech title on", nullable=True),
            day("title_giant_at", "小巨人认定日", "Little-giant title on", nullable=True),
        ],
        key=["org_id"],
        references={"org_id": "org.org_id"},
    ),
    reference(
        "enterprise_association",
        "企业科协",
        "Enterprise association",
        [
            ident("ea_id", "企业科协编号", "Association id"),
            ident("org_id", "企业", "Enterprise", unique=True),
            ident("park_id", "园区", "Park", nullable=True),
            day("founded_at", "成立日", "Founded on"),
            day("last_activity_at", "最近活动日", "Last activity on", nullable=True),
        ],
        key=["ea_id"],
        references={"org_id": "enterprise.org_id", "park_id": "park.park_id"},
        rules=[
            not_before("last_activity_at", "founded_at", "最近活动日不得早于成立日", "The last activity must not be before the founding")
        ],
    ),
    reference(
        "expert",
        "专家",
        "Expert",
        [
            ident("person_id", "专家编号", "Expert id"),
            ident("org_id", "单位", "Body"),
            choice("discipline_group", "学科组", "Discipline group", DISCIPLINES),
            flag("consent", "授权", "Consent"),
        ],
        key=["person_id"],
        references={"org_id": "org.org_id"},
    ),
    reference(
        "station",
        "协作站点",
        "Station",
        [
            ident("station_id", "站点编号", "Station id"),
            choice(
                "kind",
                "站点类型",
                "Kind",
                labels(
                    chain_leader=("链主企业", "Chain leader"),
                    society=("学会", "Society"),
                    local=("地方", "Local"),
                    dual_base=("双创示范基地", "Dual-innovation base"),
                    other=("其他", "Other"),
                ),
            ),
            ident("host_org_id", "依托单位", "Host"),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            day("opened_at", "挂牌日", "Opened on"),
            day("closed_at", "撤站日", "Closed on", nullable=True),
        ],
        key=["station_id"],
        references={"host_org_id": "org.org_id", "city_id": "pilot_city.city_id"},
        rules=[after("closed_at", "opened_at", "撤站日须晚于挂牌日", "Closing must be after opening")],
    ),
    reference(
        "tech_manager",
        "技术经理人",
        "Technology manager",
        [
            ident("tm_id", "经理人编号", "Manager id"),
            ident("person_id", "人员", "Person"),
            ident("org_id", "单位", "Body"),
            text("cert_no", "证书号", "Certificate", nullable=True, unique=True),
            day("certified_at", "认定日", "Certified on", nullable=True),
            ident("training_id", "所参加培训", "Training", nullable=True),
            ident("station_id", "所在站点", "Station", nullable=True),
        ],
        key=["tm_id"],
        references={
            "person_id": "expert.person_id",
            "org_id": "org.org_id",
            "training_id": "training_event.training_id",
            "station_id": "station.station_id",
        },
    ),
)
