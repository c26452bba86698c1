"""``kcz support``: the yearly check of what a selection supports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from kcz_metrics.cli import given, selecting, taking
from kcz_metrics.cli.options import Config, Form, PeriodId, SnapshotId, Target
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import DecisionError, Issue
from kcz_metrics.locales import T

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.decisions.confirming import Listed
    from kcz_metrics.decisions.selection import Selection
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def support(
    selection: Annotated[str, Argument(metavar="SELECTION", help=tr("遴选的编号"), show_default=False)],
    period: PeriodId,
    moves: Annotated[bool, Option("--moves", help=tr("改为给出终止后的席位由谁递补、越过了谁"))] = False,
    config: Config = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.decisions import terms
    from kcz_metrics.decisions.confirming import lists

    scheme, store = given.scheme(config), taking.store()
    policy, held = selecting.declared(scheme, selection), taking.seen(store.snapshot(snapshot))
    if policy.yearly is None:
        raise DecisionError(Issue("no_yearly", T("遴选 {id} 没有年度复核的规则", id=selection), hint=T("在方案这项遴选的 yearly 下写明。")))
    confirmed = lists(store.decisions(snapshot=held), selection, period)
    given_terms = terms.terms(held.read("team_support"), confirmed, policy.seats.years)
    year = int(period[:4])
    years = terms.checked(given_terms, _figures(scheme, policy.index, given_terms, year, held), policy.yearly, year)
    if moves:
        give(terms.moves(_seats(scheme, selection, period, held, confirmed), terms.stopped_in(years, year)), form, output)
    else:
        give(years, form, output)


def _figures(scheme: Scheme, index: str, given_terms: pl.DataFrame, year: int, snapshot: Snapshot) -> pl.DataFrame:
    """``unit, period, score, attainment`` of every year from the first of a term on."""
    import polars as pl

    from kcz_metrics.decisions.terms import figures
    from kcz_metrics.engines.attributes import attributes
    from kcz_metrics.scoring import evaluate

    first = int(str(given_terms["start"].min() or year))
    unit = scheme.indices[index].unit
    spans = map(str, range(first, year + 1))
    return pl.concat([figures(evaluate(scheme, index, p, snapshot), attributes(snapshot, scheme, unit, p)) for p in spans])


def _seats(scheme: Scheme, selection: str, period: str, snapshot: Snapshot, confirmed: dict[str, Listed]) -> Selection:
    """The last confirmed list, else what is proposed for the period."""
    from kcz_metrics.decisions.terms import as_confirmed

    if not confirmed:
        return selecting.selected(scheme, selection, period, snapshot)[0]
    last, policy = max(confirmed), selecting.declared(scheme, selection)
    return as_confirmed(selecting.field(scheme, policy, last, snapshot)[0], policy, confirmed[last])
