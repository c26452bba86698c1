"""``kcz decide``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, BadParameter, Exit, Option, echo

from kcz_metrics.cli import given, taking
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, Target
from kcz_metrics.cli.places import scheme_file
from kcz_metrics.cli.speaking import tr
from kcz_metrics.cli.tiers import DRAWS, SEED, Draws, Seed, replayed
from kcz_metrics.errors import DecisionError

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.store import Decision

COLUMNS = (
    "number", "period", "unit", "act", "before", "proposed", "after", "reason", "withdraws", "snapshot", "scheme", "actor", "at",
    "audit_entry",
)  # fmt: skip
_UNITS = tr("评价对象：单写编号为同意建议；=层级、=defer（暂缓）、=out（退出）为另定")


def decide(
    index: IndexId,
    period: PeriodId,
    units: Annotated[
        list[str] | None,
        Argument(
            metavar="[UNIT[=LEVEL]]...",
            help=_UNITS,
            show_default=False,
        ),
    ] = None,
    everything: Annotated[bool, Option("--all", help=tr("同意其余全部调整建议"))] = False,
    withdraw: Annotated[int | None, Option("--withdraw", metavar="N", help=tr("撤回第 N 号决定"), show_default=False)] = None,
    close: Annotated[bool, Option("--close", help=tr("办结本轮：此后不能再改"))] = False,
    reason: Annotated[str, Option("--reason", help=tr("理由；与建议不同或撤回时必填"), show_default=False)] = "",
    proposal: Annotated[str, Option("--proposal", help=tr("由谁提议；须表决的层级必填"), show_default=False)] = "",
    votes: Annotated[
        list[str] | None, Option("--vote", metavar="NAME=VOTE", help=tr("一人的表决：yes、no 或 abstain；可写几次"), show_default=False)
    ] = None,
    draws: Draws = DRAWS,
    seed: Seed = SEED,
    config: Config = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.decisions import ballots, ruling
    from kcz_metrics.scheme import load_scheme
    from kcz_metrics.store import Docket, Ruling, local_actor

    store, docket = taking.store(), Docket("tier", index, period)
    given.index(given.scheme(config), index)
    earlier = store.decisions(docket)
    if not (units or everything or close or withdraw is not None):
        give(table(earlier), form, output)
        return
    voted, strange = ballots.read(proposal, [vote.partition("=")[::2] for vote in votes or ()])
    if strange:
        raise DecisionError(strange)
    snapshot, digest = taking.seen(store.snapshot()), load_scheme(scheme_file(config)).digest
    seen = earlier[-1].number if earlier else 0

    def write(*rulings: Ruling, apart: bool = False) -> tuple[Decision, ...]:
        return store.decide(docket, rulings, actor=local_actor(), snapshot=snapshot.id, scheme=digest, seen=seen, apart=apart)

    if withdraw is not None:
        if units or everything or close:
            raise BadParameter(tr("--withdraw 须单独写"))
        taken = next((one for one in earlier if one.number == withdraw), None)
        give(table(write(Ruling("withdraw", taken.unit if taken else None, reason=reason, withdraws=withdraw))), form, output)
        return
    sitting = replayed(index, config, snapshot, period, draws, seed)
    wanted = dict(part.partition("=")[::2] for part in units or ())
    if everything:
        wanted = dict.fromkeys((u for u in ruling.undecided(sitting) if u not in wanted), "") | wanted
    made: tuple[Decision, ...] = ()
    if wanted:
        rulings = ruling.asked(sitting, {unit: aim or ruling.CONFIRM for unit, aim in wanted.items()}, reason, voted)
        voted_down = ruling.lost(sitting, rulings)
        if voted_down:
            made = write(*voted_down)
            echo(tr("提议未获通过，记入台账；层级不变，一并提出的其他决定也没有作出"), err=True)
        elif issues := ruling.against(sitting, rulings):
            raise DecisionError(issues)
        else:
            made = write(*rulings)
    open_yet = close and bool(made) and made[-1].act == "lost"
    if close and not open_yet:
        seen = made[-1].number if made else seen
        sitting = replayed(index, config, snapshot, period, draws, seed) if made else sitting
        made += write(ruling.closing(sitting, reason), apart=bool(sitting.policy.review and sitting.policy.review.two_people))
    give(table(made), form, output)
    if open_yet:
        echo(tr("本轮没有办结：先另作决定，再办结"), err=True)
        raise Exit(1)


def table(decisions: tuple[Decision, ...]) -> pl.DataFrame:
    """A row for each, see :data:`COLUMNS`."""
    import polars as pl

    numbers = ("number", "withdraws", "snapshot", "audit_entry")
    schema = {name: pl.Int64 if name in numbers else pl.String for name in COLUMNS}
    rows = [[one.at.isoformat() if name == "at" else getattr(one, name) for name in COLUMNS] for one in decisions]
    return pl.DataFrame(rows, schema=schema, orient="row")
