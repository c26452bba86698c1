"""``kcz whatif``."""

from __future__ import annotations

from typing import Annotated

from typer import Option, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, SnapshotId, Target, UnitId, ValuesFile
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T


def whatif(
    index: IndexId,
    unit: UnitId,
    period: PeriodId,
    rank: Annotated[int | None, Option("--rank", min=1, help=tr("要达到的名次"))] = None,
    score: Annotated[float | None, Option("--score", help=tr("要达到的得分"))] = None,
    set_: Annotated[
        list[str] | None,
        Option("--set", metavar="INDICATOR=VALUE", help=tr("改为换上这个指标值，列出名次或得分因此变动的全部评价对象；可写多次")),
    ] = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.analysis.corrected import corrected
    from kcz_metrics.analysis.whatif import whatif as reached
    from kcz_metrics.cli.output import give

    _, card, _ = given.scorecard(config, values_file, snapshot, index, period)
    if set_:
        give(corrected(card, {(unit, name): value for name, value in map(_value, set_)}), form, output)
        return
    step(tr("寻找最少的改进"))
    found = reached(card, unit, rank=rank, score=score)
    place = "—" if found.rank is None else f"{found.rank:g}"
    said = (
        tr("已经达到，无须改进：得{score}分，列第{rank}", score=f"{found.score:.4f}", rank=place)
        if found.reached and found.steps.is_empty()
        else tr("做到这些，得{score}分，列第{rank}；已重新计分核对，少了其中任何一项都达不到", score=f"{found.score:.4f}", rank=place)
        if found.reached
        else tr("即使各项都达到同类最好水平也达不到目标：得{score}分，列第{rank}", score=f"{found.score:.4f}", rank=place)
    )
    echo(said, err=True)
    give(found.steps, form, output)


def _value(text: str) -> tuple[str, float | None]:
    name, sign, number = text.partition("=")
    try:
        if sign:
            return name.strip(), float(number) if number.strip() else None
    except ValueError:
        pass
    raise ScoringError(Issue("set", T("--set 写作 指标=数值；数值留空为缺失"), found=T("{text}", text=text)))
