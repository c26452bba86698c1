"""``kcz select``: the selection, its prices, other numbers of it, and confirming its list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, BadParameter, Option, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, PeriodId, SnapshotId, Target, ValuesFile
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import DecisionError, Issue, did_you_mean
from kcz_metrics.locales import T

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.decisions.selection import Selection
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scheme.selections import Selection as Policy
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot

ANSWER = ("unit", "score", "selected", "reason")
#: What ``--wide`` adds, in this order.
WIDE = (
    "published",
    "rank",
    "points",
    "eligible",
    "ineligible",
    "quota",
    "displaced_by",
    "by_points",
    "reserve",
    "plain",
    "rival",
    "gap",
    "win_probability",
    "near",
)


def select(
    selection: Annotated[str, Argument(metavar="SELECTION", help=tr("遴选的编号"), show_default=False)],
    period: PeriodId,
    wide: Annotated[bool, Option("--wide", help=tr("再给出名次、未入选的缘由、被谁替补、候补次序、与对手相比的胜算等列"))] = False,
    prices: Annotated[bool, Option("--prices", help=tr("改为给出各项名额规则：占用、是否用满、代价"))] = False,
    relax: Annotated[bool, Option("--relax", help=tr("名额不能同时满足时，按最少的席数放宽后再遴选"))] = False,
    numbers: Annotated[
        list[str] | None,
        Option("--set", metavar="PLACE=N", help=tr("试算另一个数：seats.target=28、at_most.1=5；可写多次"), show_default=False),
    ] = None,
    confirm: Annotated[bool, Option("--confirm", help=tr("确认这份名单，记入台账与审计"))] = False,
    panel: Annotated[
        list[str] | None, Option("--panel", metavar="UNIT", help=tr("专家组票决入选的对象；可写多次"), show_default=False)
    ] = None,
    withdraw: Annotated[int | None, Option("--withdraw", metavar="N", help=tr("撤回第 N 号决定"), show_default=False)] = None,
    decisions: Annotated[bool, Option("--decisions", help=tr("改为列出本期名单已有的决定"))] = False,
    reason: Annotated[str, Option("--reason", help=tr("理由；与建议不同或撤回时必填"), show_default=False)] = "",
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.decisions import cutline, relaxing

    scheme = given.scheme(config, values_file)
    changed = _numbers(numbers or [])
    if confirm or withdraw is not None or decisions:
        if values_file is not None or snapshot is not None:
            raise BadParameter(tr("决定只在最新快照的业务记录上作出，不能与 --values、--snapshot 同写"))
        from kcz_metrics.cli import confirming

        ask = confirming.Ask(scheme, selection, period, changed, relax, reason, tuple(panel or ()))
        give(confirming.decided(ask, confirm, withdraw), form, output)
        return
    found, card = selected(scheme, selection, period, given.source(values_file, snapshot), relax, changed)
    given_way = relaxing.issues(found.relaxation, selection)
    if not found.feasible:
        raise DecisionError(given_way)
    for issue in given_way:
        echo(issue.render(language()), err=True)
    if prices:
        give(found.prices, form, output)
    elif wide:
        beside = cutline.drawn(found, card).drop("selected")
        give(found.units.join(beside, on="unit", how="left", maintain_order="left").select(*ANSWER, *WIDE), form, output)
    else:
        give(found.units.select(ANSWER), form, output)


def _numbers(written: list[str]) -> dict[str, float]:
    """``PLACE=N`` as place to number."""
    try:
        return {place: float(value) for place, _, value in (one.partition("=") for one in written)}
    except ValueError as wrong:
        raise BadParameter(tr("--set 写作 PLACE=N，例如 at_most.1=5")) from wrong


def declared(scheme: Scheme, selection_id: str) -> Policy:
    """The selection's rules in the scheme. Raises DecisionError where it has none of the name."""
    policy = scheme.selections.get(selection_id)
    if policy is None:
        known = list(scheme.selections)
        raise DecisionError(
            Issue(
                "unknown_selection",
                T("方案里没有遴选 {id}", id=selection_id),
                expected=T("{names}", names=", ".join(known)) if known else None,
                hint=did_you_mean(selection_id, known),
            )
        )
    return policy


def selected(
    scheme: Scheme, selection_id: str, period: str, source: Snapshot | Path, relax: bool = False, changed: Mapping[str, float] | None = None
) -> tuple[Selection, Scorecard]:
    """A selection from a snapshot or a file of values, with ``changed`` numbers of its rules, and the scorecard of its index."""
    from kcz_metrics.decisions.altering import altered
    from kcz_metrics.decisions.selection import select

    policy = altered(declared(scheme, selection_id), changed or {})
    frame, card = field(scheme, policy, period, source)
    return select(frame, policy, card.index.rank.decimals, relax), card


def field(scheme: Scheme, policy: Policy, period: str, source: Snapshot | Path) -> tuple[pl.DataFrame, Scorecard]:
    """The candidates, and the scorecard of the index."""
    from kcz_metrics.decisions.candidates import candidates
    from kcz_metrics.engines.attributes import attributes
    from kcz_metrics.scoring import evaluate

    card = evaluate(scheme, policy.index, period, source)
    known_of = attributes(source, scheme, card.index.unit, period)
    return candidates(card, policy, known_of, _before(scheme, policy, period, source), _open_flags(scheme, policy, period, source)), card


def _before(scheme: Scheme, policy: Policy, period: str, source: Snapshot | Path) -> Scorecard | None:
    """The period before, where the ladder looks at it and there are records of it."""
    from kcz_metrics.language.periods import period as parse
    from kcz_metrics.scoring import evaluate

    if isinstance(source, Path) or "previous_rank" not in policy.ties:
        return None
    return evaluate(scheme, policy.index, parse(period).previous(1).id, source)


def _open_flags(scheme: Scheme, policy: Policy, period: str, source: Snapshot | Path) -> Mapping[str, int] | None:
    """Open flags of the period by unit; of a file they are a column."""
    if isinstance(source, Path) or not _asks_for_flags(policy):
        return None
    from kcz_metrics.language.periods import period as parse
    from kcz_metrics.quality.parameters import thresholds
    from kcz_metrics.quality.scan import scan
    from kcz_metrics.quality.standing import open_by_unit, standings, within
    from kcz_metrics.store import Store

    found = standings(scan(source, thresholds=thresholds(scheme)), Store.open().flag_decisions(source))
    return open_by_unit(within(found, parse(period)))


def _asks_for_flags(policy: Policy) -> bool:
    filters = (policy.eligible.where, *(quota.where for quota in (*policy.at_most, *policy.at_least)))
    named = (*policy.prefer, *policy.ties, *(quota.by for quota in (*policy.at_most, *policy.at_least)))
    return policy.eligible.open_flags is not None or "open_flags" in named or any("open_flags" in where for where in filters)
