"""``kcz weights``: exact statements on weights."""

from __future__ import annotations

from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated

from typer import Option, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, SnapshotId, Target, ValuesFile
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.quiet import quiet
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.scoring import Scorecard


class Keeps(StrEnum):
    order = "order"
    top = "top"
    tier = "tier"


def weights(
    index: IndexId,
    period: PeriodId,
    keeps: Annotated[Keeps, Option("--keeps", **one_of(Keeps), help=tr("什么不变：全部次序、第一名、各层级的成员"))] = Keeps.order,
    reach: Annotated[bool, Option("--reach", help=tr("改为给出每个评价对象在权重幅度内最好、最差能排第几"))] = False,
    swap: Annotated[str | None, Option("--swap", metavar="U,V", help=tr("改为给出使两个评价对象易位的最小权重变化"))] = None,
    share: Annotated[float | None, Option("--share", min=0, max=1, help=tr("权重幅度；不写则用方案的 bounds"))] = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.analysis.reach import reaches
    from kcz_metrics.analysis.swaps import swap as swapped
    from kcz_metrics.analysis.weight_intervals import weight_intervals
    from kcz_metrics.cli.output import give

    _, card, _ = given.scorecard(config, values_file, snapshot, index, period)
    if swap is not None:
        unit, comma, other = swap.partition(",")
        if not comma:
            raise ScoringError(Issue("two_units", T("--swap 须写两个评价对象，以逗号分开"), found=T("{text}", text=swap)))
        found = swapped(card, unit.strip(), other.strip())
        if found.share is None:
            echo(tr("没有哪组权重能使两者易位"), err=True)
        else:
            echo(tr("全部权重同时变动时，幅度至少 {share} 才能易位", share=f"{100 * found.share:.4g}%"), err=True)
        give(found.single, form, output)
    elif reach:
        step(tr("逐个求最好与最差名次"))
        with quiet():
            found_ranks = reaches(card, share)
        give(found_ranks, form, output)
    else:
        give(weight_intervals(card, keeps.value, _seats(card)), form, output)


def _seats(card: Scorecard) -> tuple[int, ...]:
    """The cumulated seats of the index's levels, but for the last."""
    levels = card.index.tiers.levels if card.index.tiers else ()
    seats = list(accumulate(level.seats or 0 for level in levels[:-1]))
    return tuple(dict.fromkeys(n for n in seats if n))
