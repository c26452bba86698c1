"""``kcz records``: the rows of a table as they stand in a snapshot, with where each came from; as a workbook too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from typer import BadParameter, Option

from kcz_metrics.cli import taking
from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.options import Form, Lang, SnapshotId, Target
from kcz_metrics.cli.records import TableName, pairs
from kcz_metrics.cli.speaking import language, tr

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.locales import Language
    from kcz_metrics.tables import Table


def records(
    table: TableName,
    where: Annotated[
        list[str] | None,
        Option("--where", metavar="COLUMN=VALUE", help=tr("只要这一列等于这个值的行，代码或其名称都可以；= 之后不写则要空的；可写几次")),
    ] = None,
    search: Annotated[str | None, Option("--search", metavar="TEXT", help=tr("只要文字中含有它的行"))] = None,
    lineage: Annotated[bool, Option("--lineage", help=tr("加上每行来自的文件、行号和快照次序"))] = False,
    lang: Annotated[Lang | None, Option("--lang", **one_of(Lang), help=tr("工作簿用这种语言；不写则用界面的语言"))] = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give, send

    contract = taking.store().contract(table)
    of = taking.snapshot(snapshot)
    rows = of.read(table, lineage=lineage)
    rows = chosen(rows.drop("_removed", strict=False), contract, pairs(where), search)
    if form is None and output is not None and output.suffix.lower() == ".xlsx":
        from kcz_metrics.reports import listing

        said: Language = lang.value if lang is not None else language()
        asked = [*pairs(where), *([("--search", search)] if search else [])]
        send(listing.workbook(listing.of_table(rows, contract, said, asked), of, said), output, rows.height)
    else:
        give(rows, form, output)


def chosen(rows: pl.DataFrame, table: Table, where: Iterable[tuple[str, str]], search: str | None) -> pl.DataFrame:
    """The rows that all of ``where`` holds for and that ``search`` is found in. Raises BadParameter for a column or a value that the table
    does not have."""
    import polars as pl

    from kcz_metrics.records.casting import typed
    from kcz_metrics.records.searching import search as found

    for name, text in where:
        if name not in table.columns:
            raise BadParameter(tr("{table} 没有 {name} 这一列；有 {names}", table=table.name, name=name, names=", ".join(table.columns)))
        value = typed(pl.Series([text]), table.columns[name]).item()
        if text and value is None:
            raise BadParameter(tr("“{text}”不能作为 {name} 的值", text=text, name=name))
        rows = rows.filter(pl.col(name).is_null() if value is None else pl.col(name) == value)
    return found(rows, search) if search else rows
