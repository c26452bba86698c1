"""Places and offers of the programme: bases, centres, service packages, special projects, standards of the libraries."""

from __future__ import annotations

from kcz_metrics.tables.declare import PERSONS, after, choice, day, ident, integer, not_before, record, reference, text
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY, PROVINCE_CODE
from kcz_metrics.tables.vocabularies import LIBRARIES

TABLES = (
    reference(
        "base",
        "基地",
        "Base",
        [
            ident("base_id", "基地编号", "Base id"),
            choice(
                "base_kind",
                "基地类型",
                "Kind",
                labels(
                    offshore=("海外人才离岸创新创业基地", "Offshore base"),
                    home=("海智计划工作基地", "HOME programme base"),
                    dual=("国家双创示范基地", "Dual-innovation base"),
                ),
            ),
            text("name_zh", "名称", "Name", unique=True),
            text("name_en", "英文名", "English name", nullable=True),
            text("city_id", "试点", "Pilot", pattern=CITY),
            ident("host_org_id", "依托单位", "Host"),
            day("opened_at", "批准日", "Approved on"),
            ident("station_id", "协作站点", "Station", nullable=True),
        ],
        key=["base_id"],
        references={"city_id": "pilot_city.city_id", "host_org_id": "org.org_id", "station_id": "station.station_id"},
        about=Label(
            "离岸、海智、双创示范基地；已成为协作站点的填站点",
            "Offshore, HOME and dual-innovation bases; with the station where one was made of it",
        ),
    ),
    reference(
        "centre",
        "中心",
        "Centre",
        [
            ident("centre_id", "中心编号", "Centre id"),
            choice(
                "centre_kind",
                "中心类型",
                "Kind",
                labels(
                    incubation=("创新创业孵化中心", "Incubation centre"),
                    specialised=("专精特新企业培育中心", "Specialised-SME centre"),
                    other=("其他", "Other"),
                ),
            ),
            text("name_zh", "名称", "Name", unique=True),
            text("name_en", "英文名", "English name", nullable=True),
            text("city_id", "试点", "Pilot", pattern=CITY),
            ident("operator_org_id", "运营单位", "Operator"),
            day("opened_at", "启用日", "Opened on"),
            integer("capacity", "可容纳企业", "Capacity", unit=Label("家", "firms"), above=0),
        ],
        key=["centre_id"],
        references={"city_id": "pilot_city.city_id", "operator_org_id": "org.org_id"},
        about=Label("孵化中心与专精特新企业培育中心", "Centres for incubation and for specialised enterprises"),
    ),
    reference(
        "service_package",
        "服务套餐",
        "Service package",
        [
            ident("package_id", "套餐编号", "Package id"),
            text("name_zh", "名称", "Name", unique=True),
            text("name_en", "英文名", "English name", nullable=True),
            choice(
                "audience",
                "面向",
                "For",
                labels(
                    startup=("初创企业", "Start-ups"),
                    sme=("中小企业", "Small firms"),
                    leader=("领军企业", "Leading firms"),
                    park=("园区", "Parks"),
                    all=("各类对象", "All"),
                ),
            ),
            day("launched_at", "推出日", "Launched on"),
            day("ended_at", "停用日", "Ended on", nullable=True),
        ],
        key=["package_id"],
        rules=[after("ended_at", "launched_at", "停用日须晚于推出日", "The end must be after the launch")],
        about=Label("在三件套基础上组合的服务套餐", "Packages put together beyond the basic trio"),
    ),
    reference(
        "service_package_part",
        "套餐内容",
        "Part of a package",
        [
            ident("package_id", "套餐", "Package"),
            choice(
                "part",
                "内容",
                "Part",
                labels(
                    st_communication=("科技传播", "S&T communication"),
                    tech_trade=("技术交易", "Technology trading"),
                    intl_resource=("国际资源", "International resources"),
                    finance=("科技金融", "Finance"),
                    talent_service=("人才服务", "Talent service"),
                    policy_advice=("政策咨询", "Policy advice"),
                    testing=("检验检测", "Testing"),
                ),
            ),
        ],
        key=["package_id", "part"],
        references={"package_id": "service_package.package_id"},
        about=Label("套餐由哪些服务组成", "The services a package consists of"),
    ),
    record(
        "package_use",
        "套餐使用",
        "Use of a package",
        [
            ident("use_id", "使用编号", "Use id"),
            ident("package_id", "套餐", "Package"),
            ident("org_id", "使用单位", "Used by"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            day("used_on", "使用日", "Used on"),
        ],
        key=["use_id"],
        references={"package_id": "service_package.package_id", "org_id": "org.org_id", "city_id": "pilot_city.city_id"},
        about=Label("哪些单位用了哪个套餐", "Which bodies used which package"),
    ),
    record(
        "special_project",
        "专项工作",
        "Special project",
        [
            ident("project_id", "专项编号", "Project id"),
            text("name_zh", "名称", "Name"),
            text("name_en", "英文名", "English name", nullable=True),
            choice(
                "project_kind",
                "专项类型",
                "Kind",
                labels(
                    tibet_ecology=("西藏生态科技服务", "Ecology service in Tibet"),
                    ai_tour=("人工智能赋能实体经济地方行", "AI for the real economy, regional tour"),
                    green_demonstration=("环保科技创新示范", "Green technology demonstration"),
                    laureates=("获奖技术推介", "Technologies of laureates"),
                ),
                open=True,
            ),
            text("province_code", "省", "Province", pattern=PROVINCE_CODE),
            ident("lead_org_id", "牵头单位", "Lead body"),
            day("started_at", "启动日", "Started on"),
            day("ended_at", "结束日", "Ended on", nullable=True),
            integer("people_served", "服务人数", "People served", unit=PERSONS, minimum=0),
        ],
        key=["project_id"],
        references={"province_code": "province.province_code", "lead_org_id": "org.org_id"},
        rules=[not_before("ended_at", "started_at", "结束不得早于启动", "The end must not be before the start")],
        about=Label("要点点名的专项工作，分省", "Special projects that the notice names, by province"),
    ),
    reference(
        "library_standard",
        "资源库标准",
        "Standard of a library",
        [
            ident("standard_version", "标准版本", "Version"),
            choice(
                "standard_kind",
                "标准类别",
                "Kind",
                labels(
                    entry=("入库标准", "Entry"),
                    classes=("分类标准", "Classes"),
                    grades=("分级标准", "Grades"),
                    residency=("入驻标准", "Residency"),
                ),
            ),
            choice("library_type", "资源库", "Library", LIBRARIES, open=True, nullable=True),
            day("issued_at", "发布日", "Issued on"),
            day("replaced_at", "废止日", "Replaced on", nullable=True),
        ],
        key=["standard_version"],
        rules=[after("replaced_at", "issued_at", "废止日须晚于发布日", "Replacing must be after issuing")],
        about=Label("入库、分类、分级与机构入驻标准的版本", "Versions of the standards for entry, classes, grades and residency"),
    ),
)
