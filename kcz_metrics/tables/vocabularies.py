"""Code lists that several tables share."""

from __future__ import annotations

from kcz_metrics.tables.labels import labels

AREAS = labels(east=("东部", "East"), central=("中部", "Central"), west=("西部", "West"), northeast=("东北", "Northeast"))
ORG_CLASSES = labels(
    NS=("全国学会", "National society"),
    PS=("省级学会", "Provincial society"),
    PA=("省级科协", "Provincial association"),
    LA=("地方科协", "Local association"),
    UN=("高校", "University"),
    RI=("科研院所", "Research institute"),
    EN=("企业", "Enterprise"),
    SO=("专业服务机构", "Professional service body"),
    FI=("金融机构", "Financial institution"),
    OT=("其他", "Other"),
)
TECH_FIELDS = labels(
    TRAD=("传统产业优化升级", "Upgrading of traditional industries"),
    SEI=("战略性新兴产业", "Strategic emerging industries"),
    DIGI=("数字融合创新", "Digital integration"),
    GREEN=("绿色低碳", "Green and low-carbon"),
    FUT=("未来产业", "Industries of the future"),
    OTH=("其他", "Other"),
)
DISCIPLINES = labels(
    science=("理科", "Science"),
    engineering=("工科", "Engineering"),
    agriculture=("农科", "Agriculture"),
    medicine=("医科", "Medicine"),
    interdisciplinary=("交叉学科", "Interdisciplinary"),
)
ENTERPRISE_FLAGS = labels(
    tech_leader=("科技领军", "Technology leader"),
    local_soe=("地方国有", "Local state-owned"),
    private_leader=("民营领军", "Private leader"),
    platform=("平台型", "Platform company"),
    little_giant=("专精特新“小巨人”", "Specialised “little giant”"),
    chain_lead=("链主", "Chain leader"),
    hi_tech=("高新技术企业", "High-tech enterprise"),
    startup=("双创企业", "Start-up"),
)
LIBRARIES = labels(
    problem=("问题库", "Problems"),
    project=("项目库", "Projects"),
    result=("成果库", "Results"),
    talent=("人才库", "Talent"),
    institution=("机构库", "Institutions"),
    policy=("政策库", "Policies"),
    case=("案例库", "Cases"),
    other=("其他", "Other"),
)
