"""The pages: their order, their names, what kind of unit each looks at and what its address carries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kcz_metrics.locales import T, Text

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """One page. ``units`` limits the indices offered in the sidebar; ``codes`` are the further codes its address keeps."""

    id: str
    title: Text
    section: Text
    units: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    default: bool = False

    @property
    def file(self) -> str:
        return f"pages/{self.id}.py"


LOOK, TOPIC, DECIDE, TRACE = T("查看"), T("专题"), T("决策"), T("追溯")

PLACES: tuple[Place, ...] = (
    Place("overview", T("总览"), LOOK, units=("city",), default=True),
    Place("cities", T("城市排名"), LOOK, units=("city",), codes=("province", "kind", "area", "tier", "q")),
    Place("teams", T("服务团"), LOOK, units=("team",), codes=("province", "org_class", "field", "q")),
    Place("boards", T("四个排行榜"), LOOK, units=("organisation",), codes=("org_class", "unit")),
    Place("targets", T("年度目标"), LOOK, codes=("target", "at", "unit", "measure", "shown", "record")),
    Place("profile", T("单位画像"), LOOK, codes=("unit",)),
    Place("portrait", T("产业画像"), LOOK, units=("city",), codes=("unit", "part")),
    Place("needs", T("需求匹配"), LOOK, units=("city",), codes=("city", "industry", "field", "difficulty", "age", "need", "candidate")),
    Place("provinces", T("省域"), TOPIC, units=("city",), codes=("province", "level")),
    Place("platform", T("平台运行"), TOPIC, codes=("part", "side", "by", "who", "ripe", "stage", "shown")),
    Place("joining", T("服务团注册与激励"), TOPIC, codes=("part", "org_class")),
    Place("institutions", T("站点与经理人"), TOPIC, codes=("part", "kind")),
    Place("cases", T("案例与结果运用"), TOPIC, codes=("part", "owner", "use")),
    Place("events", T("活动与长尾"), TOPIC, codes=("part", "by", "who", "event")),
    Place("jobs", T("创业就业"), TOPIC, codes=("part",)),
    Place("tiers", T("层级评审"), DECIDE, units=("city",), codes=("unit",)),
    Place("backtest", T("规则回放"), DECIDE, units=("city",), codes=("by", "rise", "rounds_up", "fall", "rounds_down", "most", "sure")),
    Place("selection", T("服务团遴选"), DECIDE, units=("team",), codes=("selection", "part", "set", "relax", "state")),
    Place("weights", T("权重与方法"), DECIDE, codes=("group",)),
    Place("robustness", T("排名把握"), DECIDE, codes=("part", "unit", "other", "sources", "draws", "seed", "group", "keeps")),
    Place("audit", T("统计审计"), DECIDE, codes=("part", "indicator", "node", "column")),
    Place("whatif", T("情景推演"), DECIDE, codes=("part", "unit", "goal", "to", "set", "indicator")),
    Place("passport", T("数据来历"), TRACE, codes=("unit", "indicator", "measure", "shown", "record")),
    Place("indicators", T("指标手册"), TRACE, codes=("indicator",)),
    Place("flags", T("数据核查"), TRACE, codes=("rule", "state", "q", "flag")),
    Place("records", T("业务记录"), TRACE, codes=("table", "q", "record", "keys")),
    Place("imports", T("数据导入"), TRACE, codes=("table",)),
    Place("data", T("数据"), TRACE, codes=("part", "unit", "import", "waits")),
    Place("changes", T("变化"), TRACE, codes=("part", "against", "before", "scheme", "by", "unit", "indicator", "measure", "table")),
    Place("reports", T("报告与导出"), TRACE, codes=("report", "group", "unit")),
)


def place(page_id: str) -> Place:
    return next(p for p in PLACES if p.id == page_id)
