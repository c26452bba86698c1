"""The commands and the words of their help. A command's module loads what it needs when it runs, so that help is quick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from typer import Exit, Option, Typer, echo

from kcz_metrics.cli import (
    auditing,
    benchmarks,
    certainty,
    changing,
    checking,
    deciding,
    explaining,
    flags,
    handbook,
    history,
    keeping,
    listing,
    matching,
    reaching,
    records,
    reporting,
    scores,
    selecting,
    serving,
    supporting,
    targets,
    tiers,
    trail,
    weighing,
)
from kcz_metrics.cli.speaking import tr
from kcz_metrics.cli.taking import watched

app = Typer(
    name="kcz",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=tr("“科创中国”评价：从业务记录到指标值、得分、名次与报告。"),
)

#: in the order of the work: is all well, records in, values, scores, reports, pages
COMMANDS: Mapping[str, tuple[Callable[..., None], str]] = {
    "check": (checking.check, tr("检查方案以及它与业务记录是否相符，列出全部问题；有错误时退出码为 1。")),
    "demo": (records.demo, tr("给空的数据库填入虚构的业务记录。")),
    "import": (records.import_, tr("导入业务记录（CSV、XLSX）：合格的行入库，不合格的行写入 FILE.rejected.csv 和 .xlsx，退出码为 3。")),
    "snapshots": (history.snapshots, tr("列出数据快照：何时、何人、由什么产生、进出多少行。")),
    "history": (history.history, tr("给出一行记录的各个版本：何人、何时、来自哪个文件的哪一行、改了什么。")),
    "changes": (history.changes, tr("给出两个快照之间名次、指标值与记录的变化。")),
    "records": (listing.records, tr("给出一张记录表的行：CSV，或 -o FILE.xlsx 的工作簿；可筛选。")),
    "undo": (history.undo, tr("撤销一次导入：生成新快照，相关的行恢复到导入之前。")),
    "template": (records.template, tr("给出一张记录表的填报模板：CSV，或 -o FILE.xlsx 的工作簿。")),
    "values": (scores.values, tr("给出一个指数的各项指标值。")),
    "sql": (explaining.sql, tr("给出将要运行的 SQL，并逐条说明。")),
    "score": (scores.score, tr("计算得分与名次，或给出计算中某一步的结果。")),
    "explain": (explaining.explain, tr("说明一个评价对象的得分由哪些部分构成。")),
    "change": (changing.change, tr("得分与名次为什么变了：自身数据、他人数据、进出、记录更正、权重与方法，各部分相加正好。")),
    "robustness": (certainty.robustness, tr("反复计算，看名次有多确定：名次区间与各层级的概率。")),
    "sensitivity": (certainty.sensitivity, tr("名次取决于什么：各项假定的 Sobol 指数及其区间。")),
    "weights": (weighing.weights, tr("权重变到哪里名次才变：各权重的精确区间、可达名次、易位所需的变化。")),
    "whatif": (reaching.whatif, tr("要达到某个名次或得分，最少需要哪些改进（按指标单位和记录数），或更正一个值会牵动谁。")),
    "diagnose": (auditing.diagnose, tr("统计检查：覆盖、分布、相关、一致性、权重与影响、区分能力、稳定、公平，并给出建议。")),
    "selftest": (auditing.selftest, tr("用这批数据检验指数：计量单位、次序、占优、单调、规模加倍；给出反例。")),
    "tiers": (tiers.tiers, tr("从起始期起逐期推算层级：升、降、观察及其原因（建议，不是决定）。")),
    "decide": (deciding.decide, tr("决定一轮层级：同意、暂缓、另定、撤回、办结，记入台账与审计；不写对象则列出已有决定。")),
    "backtest": (tiers.backtest, tr("用两个方案的规则重走各期：谁不同、变动多少、来回多少、各区域席位。")),
    "targets": (targets.targets, tr("给出要点各项目标的完成情况：目标、数值、目标值、进度、状态。")),
    "select": (selecting.select, tr("在名额规则下遴选：谁入选、谁未入选、为什么。")),
    "support": (supporting.support, tr("年度复核受支持的对象：预警、终止，以及谁来递补。")),
    "match": (matching.match, tr("给每项需求推荐最合适的服务团和资源，附各分项得分。")),
    "matching": (matching.matching, tr("用以往对接检验推荐的命中率，或拟合权重。")),
    "handbook": (handbook.handbook, tr("把方案写成指标手册（Markdown）：口径、算法、来源、防范，以及数值分布。")),
    "flags": (flags.flags, tr("给出数据核查发现的疑点，以及各自的状态。")),
    "report": (reporting.report, tr("把排名或一个评价对象的情况写成 Excel 工作簿。")),
    "backup": (keeping.backup, tr("把数据库备份为一个文件；备份时可以照常读写。")),
    "restore": (keeping.restore, tr("从备份恢复；先核对全部内容，再切换。")),
    "drill": (keeping.drill, tr("恢复演练：备份、恢复到别处、比较全部排名；有不同时退出码为 1。")),
    "compact": (keeping.compact, tr("合并小文件：新快照的行与原来相同。")),
    "doctor": (keeping.doctor, tr("检查数据库、审计链、文件、方案、磁盘、时钟与权限；有问题时退出码为 1。")),
    "bench": (benchmarks.bench, tr("测量计算速度，并与其他工具相比。")),
    "app": (serving.serve, tr("在本机打开网页界面。")),
}

for name, (command, text) in COMMANDS.items():
    app.command(name, help=text)(watched(name, command))


app.add_typer(trail.audit, name="audit")


def _version(wanted: bool) -> None:
    if wanted:
        from kcz_metrics import __version__

        echo(f"kcz {__version__}")
        raise Exit


@app.callback()
def top(
    version: Annotated[bool, Option("--version", help=tr("显示版本"), is_eager=True, callback=_version)] = False,
) -> None:
    """The program itself; its only option ends it."""
