"""Industries with their technology field and the tags that needs and skills are described by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints, codes, happens, logistic
from kcz_metrics.records.sample.clock import DAY, YEARS, busy_day, dates, year_bounds
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.tables.vocabularies import TECH_FIELDS


class Industry(NamedTuple):
    code: str
    name_zh: str
    name_en: str
    field: str
    tags: tuple[str, ...]

    @property
    def stem(self) -> str:
        """As it stands in a firm's name."""
        return self.name_zh.replace("产业", "")


def _industry(code: str, zh: str, en: str, field: str, tags: str) -> Industry:
    return Industry(f"IND-{code}", zh, en, field, tuple(tags.split()))


INDUSTRIES = (
    _industry("STEEL", "冶金材料", "Metallurgy", "TRAD", "连铸连轧 特种钢 炉衬耐材 高炉节能 轧辊修复 冶金粉尘"),
    _industry("TEXTILE", "纺织服装", "Textiles", "TRAD", "无水染色 功能纤维 智能织造 面料检测 纱线质量 印花浆料"),
    _industry("MACHINE", "装备制造", "Machinery", "TRAD", "精密主轴 数控系统 焊接机器人 齿轮降噪 铸造缺陷 液压密封"),
    _industry("CHEM", "精细化工", "Fine chemicals", "TRAD", "连续流合成 催化剂 涂料助剂 危化监测 溶剂回收 胶黏剂"),
    _industry("FOOD", "食品加工", "Food processing", "TRAD", "冷链保鲜 益生菌 风味分析 无菌灌装 预制菜 食品检测"),
    _industry("AGRI", "现代农业", "Modern agriculture", "TRAD", "良种选育 水肥一体 病虫预警 设施大棚 农机导航 土壤改良"),
    _industry("NEWMAT", "新材料", "New materials", "SEI", "高温合金 碳纤维 陶瓷涂层 稀土功能 增材粉末 特种薄膜"),
    _industry("BIOMED", "生物医药", "Biomedicine", "SEI", "抗体药物 缓释制剂 中药提取 药物筛选 疫苗佐剂 质控标准"),
    _industry("DEVICE", "医疗器械", "Medical devices", "SEI", "影像探测器 可穿戴监护 手术导航 体外诊断 介入导管 灭菌验证"),
    _industry("AUTO", "智能网联汽车", "Intelligent vehicles", "SEI", "线控底盘 车载雷达 热管理 轻量化车身 电驱噪声 整车标定"),
    _industry("AERO", "航空航天", "Aerospace", "SEI", "叶片涂层 复材成形 机载电源 结构健康 无人机飞控 高温传感"),
    _industry("MARINE", "海洋工程", "Marine engineering", "SEI", "防腐涂层 水下机器人 深海养殖 船舶减阻 海缆监测 潮流能"),
    _industry("ELEC", "电子信息", "Electronics", "DIGI", "封装测试 射频器件 功率模块 柔性显示 传感标定 电路可靠性"),
    _industry("SOFT", "工业软件", "Industrial software", "DIGI", "仿真求解 工艺知识库 设备预测维护 排产优化 数据中台 数字孪生"),
    _industry("AI", "人工智能", "Artificial intelligence", "DIGI", "缺陷视觉检测 语音交互 知识图谱 边缘推理 小样本学习 隐私计算"),
    _industry("LOGIST", "智慧物流", "Smart logistics", "DIGI", "路径优化 仓储机器人 冷链追溯 装载规划 港口调度 无人配送"),
    _industry("ENERGY", "新能源", "New energy", "GREEN", "光伏组件 风机叶片 电池梯次利用 储能温控 氢能储运 并网控制"),
    _industry("ENVIRO", "节能环保", "Environmental protection", "GREEN", "污泥减量 烟气脱硝 膜法水处理 固废资源化 碳核算 余热回收"),
    _industry("BUILD", "绿色建筑", "Green building", "GREEN", "装配式节点 保温材料 建筑能耗 再生骨料 地源热泵 结构加固"),
    _industry("ECO", "生态修复", "Ecological restoration", "GREEN", "矿山复绿 湿地净化 盐碱治理 草原监测 水土保持 生态遥感"),
    _industry("QUANTUM", "量子信息", "Quantum information", "FUT", "单光子探测 量子测量 低温电子 原子钟 量子密钥 光学稳频"),
    _industry("BRAIN", "脑机接口", "Brain–computer interfaces", "FUT", "柔性电极 神经解码 康复训练 脑电采集 植入封装 信号降噪"),
    _industry("SYNBIO", "合成生物", "Synthetic biology", "FUT", "菌株构建 酶定向进化 发酵放大 基因编辑 生物基材料 代谢调控"),
    _industry("META", "未来网络", "Future networks", "FUT", "卫星互联 确定性网络 全息通信 算力调度 空天测控 太赫兹器件"),
)
FIELDS = tuple(TECH_FIELDS)
FIELD = np.array([FIELDS.index(i.field) for i in INDUSTRIES])
TAGS = tuple(tag for i in INDUSTRIES for tag in i.tags)
TAGS_EACH = len(INDUSTRIES[0].tags)
POPULARITY = 1.0 / np.arange(2, len(INDUSTRIES) + 2) ** 0.5


def key_industries(rng: np.random.Generator, n: int) -> Ints:
    """city × 2: the one or two key industries of each city; -1 where there is only one."""
    both = np.array([rng.choice(len(INDUSTRIES), 2, replace=False, p=POPULARITY / POPULARITY.sum()) for _ in range(n)])
    both[rng.random(n) < 0.25, 1] = -1
    return both


def industry_tables(rng: np.random.Generator, found: Cities, key: Ints) -> dict[str, pl.DataFrame]:
    table = pl.DataFrame([{"industry_code": i.code, "name_zh": i.name_zh, "name_en": i.name_en, "tech_field": i.field} for i in INDUSTRIES])
    return {"industry": table, "city_industry": _profiles(rng, found, key)}


def _profiles(rng: np.random.Generator, found: Cities, key: Ints) -> pl.DataFrame:
    """One row per city, key industry and year in which the city was active at the end."""
    grid = [(c, k, y) for y in range(len(YEARS)) for c in range(found.n) for k in range(2) if key[c, k] >= 0 and found.active(y)[c] > 0]
    city, rank, year = (np.array(column) for column in zip(*grid, strict=True))
    ability: Floats = found.abilities.of("engagement")[city, year]
    filled = rng.binomial(20, logistic(1.25 + 0.75 * ability + 0.25 * (year - 1)))
    first, end = year_bounds(year)
    day = busy_day(rng, np.maximum(first + 30, found.start[city]), end, working_only=True)
    confirmed = happens(rng, logistic(2.0 + 0.7 * ability))
    industry = key[city, rank]
    names = codes([i.name_zh for i in INDUSTRIES], industry)
    reason = pl.select(
        pl.lit("本地") + names + pl.lit("产业链较为完整，龙头企业与配套企业集聚，研发平台和应用场景具备，对周边地区带动明显。")
    ).to_series()
    return pl.DataFrame(
        {
            "city_id": found.ids.gather(city),
            "industry_code": codes([i.code for i in INDUSTRIES], industry),
            "year": np.array(YEARS)[year],
            "rank": rank + 1,
            "profile_filled": filled,
            "profile_required": np.full(len(city), 20),
            "confirmed_at": dates(np.where(confirmed, day * DAY, np.nan)),
            "reason": reason,
        }
    )
