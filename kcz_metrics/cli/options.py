"""The options that several commands share, said once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Argument, BadParameter, Option

from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.speaking import tr


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class Stage(StrEnum):
    """The stages whose frames ``kcz score --stage`` gives."""

    values = "values"
    denominated = "denominated"
    screened = "screened"
    imputed = "imputed"
    treated = "treated"
    normalised = "normalised"
    weights = "weights"
    imputations = "imputations"
    treatments = "treatments"
    adjustments = "adjustments"


class Lang(StrEnum):
    zh = "zh"
    en = "en"


def period_given(text: str) -> str:
    from kcz_metrics.language.periods import is_period

    if not is_period(text):
        raise BadParameter(tr("{text} 不是评价期；写作 2022、2022H1、2022Q3 或 2022-07", text=text))
    return text


IndexId = Annotated[str, Argument(metavar="INDEX", help=tr("指数的编号"), show_default=False)]
UnitId = Annotated[str, Argument(metavar="UNIT", help=tr("评价对象的编号"), show_default=False)]
PeriodId = Annotated[
    str, Option("--period", "-p", metavar="P", callback=period_given, help=tr("评价期：2022、2022Q3、2022-07"), show_default=False)
]
LatePeriod = Annotated[
    str | None,
    Option(
        "--period",
        "-p",
        metavar="P",
        callback=lambda p: p and period_given(p),
        help=tr("评价期：2022、2022Q3、2022-07；不写则取最近一期"),
        show_default=False,
    ),
]
Config = Annotated[Path | None, Option("--config", metavar="F", help=tr("方案文件；不写则用当前目录的 indicators.yaml"))]
ValuesFile = Annotated[Path | None, Option("--values", metavar="F", help=tr("指标值取自这个 CSV 或 Parquet 文件，不取自业务记录"))]
SnapshotId = Annotated[str | None, Option("--snapshot", metavar="ID", help=tr("数据快照的编号或其开头几位；不写则用最新的"))]
Form = Annotated[
    Format | None, Option("--format", "-f", **one_of(Format), help=tr("输出格式；不写时终端为 table，否则看文件名，再否则 csv"))
]
Target = Annotated[Path | None, Option("-o", "--output", metavar="FILE", help=tr("写入文件，不写到标准输出"))]
