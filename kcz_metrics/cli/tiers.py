"""``kcz tiers`` and ``kcz backtest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, IndexId, SnapshotId, Target, ValuesFile, period_given
from kcz_metrics.cli.places import scheme_file
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, SchemeError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.decisions.recorded import Recorded
    from kcz_metrics.decisions.replay import Replay
    from kcz_metrics.decisions.ruling import Sitting
    from kcz_metrics.scheme.models import Scheme, Tiers
    from kcz_metrics.store import Snapshot

DRAWS, SEED = 1000, 2022
#: Columns by which seats are counted where no rule names one.
AREA = "area_flag"

Through = Annotated[
    str | None, Option("--through", metavar="P", callback=lambda p: p and period_given(p), help=tr("到这一期为止；不写则到最近一期"))
]
Draws = Annotated[int, Option("--draws", min=0, help=tr("抽样次数，用于最近一期各层级的概率；0 为不算"))]
Seed = Annotated[int, Option("--seed", help=tr("抽样的种子"))]


def tiers(
    index: IndexId,
    through: Through = None,
    draws: Draws = DRAWS,
    seed: Seed = SEED,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.decisions.replay import DECIDED, FIRST

    source = given.source(values_file, snapshot)
    sitting = replayed(index, config, source, through, draws, seed)
    found, policy = sitting.found, sitting.policy
    _say(found, policy, draws)
    beside = DECIDED if sitting.recorded.rulings else ()
    give(found.frame.select(*FIRST, *(f"p_{level.id}" for level in policy.levels), *beside), form, output)


def backtest(
    index: IndexId,
    against: Annotated[Path, Option("--against", metavar="F", help=tr("另一个方案文件，用它的规则重走各期"), show_default=False)],
    through: Through = None,
    draws: Draws = 0,
    seed: Seed = SEED,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import as_table, give
    from kcz_metrics.decisions.backtest import seats_by, side_by_side, summed
    from kcz_metrics.decisions.replay import FIRST

    source = given.source(values_file, snapshot)
    # rules against each other: what was decided would make them alike
    first, second = (replayed(index, file, source, through, draws, seed, decisions=False) for file in (config, against))
    own, rounds, policy, other, another = first.found, first.rounds, first.policy, second.found, second.policy
    frame = side_by_side({"current": own, "against": other})
    levels = {"current": [x.id for x in policy.levels], "against": [x.id for x in another.levels]}
    for each in (policy, another):
        _unjudged(each, draws)
    names = dict.fromkeys(name for own_levels in levels.values() for name in own_levels)
    echo(as_table(summed(frame, levels)), err=True)
    column = next((x.by for x in (policy.balance, policy.bottom) if x is not None and x.by), AREA)
    if column in rounds.columns:
        areas = dict(zip(rounds.units, rounds.columns[column], strict=True))
        echo(as_table(seats_by(frame, areas, levels)), err=True)
    give(frame.select("rule", *FIRST, *(f"p_{name}" for name in names), "differs"), form, output)


def replayed(
    index_id: str,
    config: Path | None,
    source: Snapshot | Path,
    through: str | None,
    draws: int,
    seed: int,
    *,
    decisions: bool = True,
) -> Sitting:
    """The index's tiers through all periods, with the decisions of the store where the values are those of its records."""
    from kcz_metrics.decisions.decided import decided_of
    from kcz_metrics.decisions.history import drawn, scorecards
    from kcz_metrics.decisions.recorded import Recorded
    from kcz_metrics.decisions.replay import replay
    from kcz_metrics.decisions.rounds import gathered
    from kcz_metrics.decisions.ruling import Sitting

    scheme = given.scheme(config, source if isinstance(source, Path) else None)
    index = given.index(scheme, index_id)
    policy = index.tiers
    if policy is None or not policy.levels:
        raise SchemeError(Issue("no_tiers", T("指数 {index} 没有层级", index=index_id), subject=f"indices.{index_id}.tiers"))
    step(tr("计算各期得分"))
    cards = scorecards(scheme, index, source, through)
    ruled, flagged = beside(scheme, index_id, source, [card.period for card in cards])
    if not decisions:
        ruled = Recorded()
    rounds = gathered(cards, flagged)
    step(tr("推算各期层级"))
    # smoothing and gain look two periods back
    several = cards if _asks_for_probabilities(policy) else cards[-3:]
    made = drawn(several, rounds, draws, seed, source) if draws else None
    found = replay(rounds, policy, decided=decided_of(policy, scheme_file(config)), draws=made, told=False, recorded=ruled)
    return Sitting(policy, rounds, found, ruled, made or {})


def beside(scheme: Scheme, index_id: str, source: Snapshot | Path, periods: list[str]) -> tuple[Recorded, pl.DataFrame | None]:
    """What the store knows beside the records: decisions on the index's tiers, and open flags. A file of values has neither."""
    from kcz_metrics.decisions.recorded import Recorded, recorded
    from kcz_metrics.store import Store

    if isinstance(source, Path):
        return Recorded(), None
    return recorded(Store.open().decisions(snapshot=source), index_id), _flagged(scheme, source, periods)


def _flagged(scheme: Scheme, source: Snapshot, periods: list[str]) -> pl.DataFrame:
    """Units with an open flag, by the period that its evidence falls in; hints aside."""
    import polars as pl

    from kcz_metrics.language.periods import period as parse
    from kcz_metrics.quality.parameters import thresholds
    from kcz_metrics.quality.scan import scan
    from kcz_metrics.quality.standing import open_by_unit, standings, within
    from kcz_metrics.store import Store

    rows = standings(scan(source, thresholds=thresholds(scheme)), Store.open().flag_decisions(source))
    marks = [(unit, period) for period in periods for unit in open_by_unit(within(rows, parse(period)))]
    return pl.DataFrame(marks, schema={"unit": pl.String, "period": pl.String}, orient="row")


def _say(found: Replay, policy: Tiers, draws: int) -> None:
    """What the figures do not say of themselves."""
    from kcz_metrics.decisions.bands import unofficial

    if unofficial(policy):
        echo(tr("自然断点划分不是正式层级，只供参考"), err=True)
    if not found.computed:
        echo(tr("没有计算各层级的概率，这些列为空"), err=True)
    else:
        periods = ", ".join(found.computed)
        echo(tr("各层级的概率：{periods}，抽样 {n} 次；其余各期为空", periods=periods, n=draws), err=True)
    _unjudged(policy, draws)


def _unjudged(policy: Tiers, draws: int) -> None:
    if not draws and _asks_for_probabilities(policy):
        echo(tr("没有概率，提前上升和把握不足的规则没有判断"), err=True)


def _asks_for_probabilities(policy: Tiers) -> bool:
    return policy.hold is not None or (policy.promote is not None and policy.promote.fast is not None)
