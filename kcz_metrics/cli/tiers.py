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
    from kcz_metrics.decisions.replay import Replay
    from kcz_metrics.decisions.rounds import Rounds
    from kcz_metrics.scheme.models import Tiers
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
    from kcz_metrics.decisions.replay import FIRST

    source = given.source(values_file, snapshot)
    found, _, policy = _replayed(index, config, source, through, draws, seed)
    _say(found, policy, draws)
    give(found.frame.select(*FIRST, *(f"p_{level.id}" for level in policy.levels)), form, output)


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
    own, rounds, policy = _replayed(index, config, source, through, draws, seed)
    other, _, another = _replayed(index, against, source, through, draws, seed)
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


def _replayed(
    index_id: str, config: Path | None, source: Snapshot | Path, through: str | None, draws: int, seed: int
) -> tuple[Replay, Rounds, Tiers]:
    from kcz_metrics.decisions.decided import decided_of
    from kcz_metrics.decisions.history import drawn, scorecards
    from kcz_metrics.decisions.replay import replay
    from kcz_metrics.decisions.rounds import gathered

    scheme = given.scheme(config, source if isinstance(source, Path) else None)
    index = given.index(scheme, index_id)
    policy = index.tiers
    if policy is None or not policy.levels:
        raise SchemeError(Issue("no_tiers", T("指数 {index} 没有层级", index=index_id), subject=f"indices.{index_id}.tiers"))
    step(tr("计算各期得分"))
    cards = scorecards(scheme, index, source, through)
    rounds = gathered(cards)
    step(tr("推算各期层级"))
    # smoothing and gain look two periods back
    made = drawn(cards if _asks_for_probabilities(policy) else cards[-3:], rounds, draws, seed) if draws else None
    found = replay(rounds, policy, decided=decided_of(policy, scheme_file(config)), draws=made, told=False)
    return found, rounds, policy


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
