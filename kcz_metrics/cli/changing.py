"""``kcz change``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, SnapshotId, Target, ValuesFile, period_given
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.analysis.change import Game

TOTALS = ("unit", "score_before", "score", "score_change", "rank_before", "rank", "rank_change", "method_alone", "alarm")


def change(
    index: IndexId,
    period: PeriodId,
    before: Annotated[
        str | None, Option("--before", metavar="P", callback=lambda p: p and period_given(p), help=tr("与这个评价期相比；不写则为上一期"))
    ] = None,
    before_snapshot: Annotated[str | None, Option("--before-snapshot", metavar="ID", help=tr("与这个数据快照相比"))] = None,
    before_values: Annotated[Path | None, Option("--before-values", metavar="F", help=tr("与这个指标值文件相比"))] = None,
    before_config: Annotated[Path | None, Option("--before-config", metavar="F", help=tr("与这个方案文件相比"))] = None,
    unit: Annotated[list[str] | None, Option("--unit", metavar="U", help=tr("只看这个评价对象；可写多次"))] = None,
    totals: Annotated[bool, Option("--totals", help=tr("改为每个评价对象一行：得分与名次的变化、只因方法而动的名次"))] = False,
    bridge: Annotated[bool, Option("--bridge", help=tr("改为对照两个方案的指标与权重"))] = False,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.analysis.change import Game
    from kcz_metrics.analysis.change import bridge as bridged
    from kcz_metrics.analysis.change import change as split
    from kcz_metrics.analysis.sides import sides
    from kcz_metrics.cli.output import give

    now = given.scheme(config, values_file)
    given.index(now, index)
    other = now if before_config is None else given.scheme(before_config, before_values or values_file)
    given.index(other, index)
    source = given.source(values_file, snapshot)
    earlier = source if before_snapshot is None and before_values is None else given.source(before_values, before_snapshot)
    alike = earlier is source and other is now
    first = before or (_previous(period) if alike else period)
    if alike and first == period:
        raise ScoringError(
            Issue("nothing_to_compare", T("两边相同，没有变化可拆分"), hint=T("用 --before、--before-snapshot 或 --before-config"))
        )
    step(tr("计算各期得分"))
    was, is_ = sides((other, now), index, (first, period), (earlier, source))
    if bridge:
        give(bridged(was.old, (is_ or was).new), form, output)
        return
    step(tr("拆分变化"))
    game = Game(was, is_)
    for one in unit or ():
        _compared(game, one)
    if not game.units:
        echo(tr("没有评价对象在两边都有名次"), err=True)
    found = split(game, units=unit)
    alarms = found.totals.filter("alarm")["unit"].to_list()
    if alarms:
        shown = ", ".join(alarms[:10]) + ("…" if len(alarms) > 10 else "")
        echo(tr("注意：仅方法或权重的改变就使 {n} 个评价对象的名次变动：{units}", n=len(alarms), units=shown), err=True)
    give(found.totals.select(TOTALS) if totals else found.parts, form, output)


def _compared(game: Game, unit: str) -> None:
    """Raises ScoringError for a unit that neither side knows, and for one that has not a rank on both."""
    from kcz_metrics.analysis.explain import row_of

    if unit in game.units:
        return
    old, new = game.before.old, game.sides.new
    row_of(old if unit in old.units["unit"].to_list() else new, unit)
    raise ScoringError(Issue("not_ranked_unit", T("评价对象 {unit} 不在两边都有名次，没有变化可拆分", unit=unit), subject=new.index.id))


def _previous(period: str) -> str:
    from kcz_metrics.language.periods import period as parse

    return parse(period).previous(1).id
