"""``kcz match`` and ``kcz matching``."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, BadParameter, Option

from kcz_metrics.cli import taking
from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.options import Form, SnapshotId, Target
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.matching.reading import Records


class Kind(StrEnum):
    team = "team"
    resource = "resource"
    both = "both"


def _day(text: str | None) -> str | None:
    if text is not None:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise BadParameter(tr("{text} 不是日期；写作 2022-06-30", text=text)) from None
    return text


WeightsFile = Annotated[Path | None, Option("--weights", metavar="F", help=tr("权重文件；不写则用随附的"))]
NeedIds = Annotated[list[str] | None, Argument(metavar="[NEED]...", help=tr("需求编号；不写则为全部未结需求"), show_default=False)]


def _records(snapshot: str | None) -> Records:
    from kcz_metrics.matching import read

    return read(taking.snapshot(snapshot))


def match(
    needs: NeedIds = None,
    as_of: Annotated[
        str | None, Option("--as-of", metavar="D", callback=_day, help=tr("只用到这一天为止已知的记录；不写则为记录的最后一天"))
    ] = None,
    kind: Annotated[Kind, Option("--kind", **one_of(Kind), help=tr("推荐服务团、资源，还是两者"))] = Kind.both,
    most: Annotated[int, Option("--most", min=1, max=50, help=tr("每项需求推荐几个"))] = 5,
    weights: WeightsFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.matching import load_weights, suggest
    from kcz_metrics.matching.reading import last_day

    chosen = load_weights(weights)
    records = _records(snapshot)
    day = date.fromisoformat(as_of) if as_of else last_day(records)
    if day is None:
        raise RecordsError(Issue("no_needs", T("没有任何需求，无从推荐"), hint=T("先用 kcz import need 导入需求")))
    kinds = ("team", "resource") if kind is Kind.both else (kind.value,)
    give(suggest(records, day, chosen, needs or None, most=most, kinds=kinds), form, output)  # type: ignore[arg-type]


def matching(
    evaluate: Annotated[bool, Option("--evaluate", help=tr("用以往对接检验前五命中率，并与按热门推荐相比"))] = False,
    fit: Annotated[bool, Option("--fit", help=tr("用以往对接拟合服务团的权重"))] = False,
    kind: Annotated[Kind, Option("--kind", **one_of(Kind), help=tr("检验服务团还是资源的推荐"))] = Kind.team,
    year: Annotated[int, Option("--year", min=1950, max=2100, help=tr("检验哪一年的对接；拟合用它之前一年的"))] = 2022,
    until: Annotated[
        str | None, Option("--until", metavar="D", callback=_day, help=tr("改为检验截至这一天的 13 周，与需求匹配页相同"))
    ] = None,
    weights: WeightsFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.matching import load_weights
    from kcz_metrics.matching.evaluating import evaluate_until, evaluate_year, fitted
    from kcz_metrics.matching.evaluating_resources import evaluate_resources
    from kcz_metrics.matching.weights import TEAM_PARTS

    if evaluate == fit:
        raise BadParameter(tr("--evaluate 与 --fit 须写一个，且只写一个"))
    if kind is Kind.both or (fit and kind is not Kind.team):
        raise BadParameter(tr("--kind 在检验时为 team 或 resource，在拟合时只能是 team"))
    if until and (fit or kind is not Kind.team):
        raise BadParameter(tr("--until 只用于检验服务团的推荐"))
    chosen = load_weights(weights)
    records = _records(snapshot)
    if until:
        give(evaluate_until(records, chosen, date.fromisoformat(until)), form, output)
    elif evaluate and kind is Kind.resource:
        give(evaluate_resources(records, chosen, date(year, 1, 1), date(year + 1, 1, 1)), form, output)
    elif evaluate:
        give(evaluate_year(records, chosen, year), form, output)
    else:
        given = fitted(records, chosen, year).team
        import polars as pl

        give(pl.DataFrame({"part": TEAM_PARTS, "weight": [given[p] for p in TEAM_PARTS]}), form, output)
