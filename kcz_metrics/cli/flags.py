"""``kcz flags``."""

from __future__ import annotations

from typing import Annotated

from typer import BadParameter, Option

from kcz_metrics.cli import given, taking
from kcz_metrics.cli.options import Config, Form, SnapshotId, Target
from kcz_metrics.cli.speaking import language, tr


def _period(text: str | None) -> str | None:
    from kcz_metrics.language.periods import is_period

    if text is not None and not is_period(text):
        raise BadParameter(tr("{text} 不是评价期；写作 2022、2022H1、2022Q3 或 2022-07", text=text))
    return text


def flags(
    rule: Annotated[str | None, Option("--rule", metavar="R", help=tr("只看这一条规则的疑点"), show_default=False)] = None,
    period: Annotated[
        str | None, Option("--period", "-p", metavar="P", callback=_period, help=tr("只看证据落在这一评价期的疑点"), show_default=False)
    ] = None,
    config: Config = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    import polars as pl

    from kcz_metrics.cli.output import give
    from kcz_metrics.language.periods import period as parse
    from kcz_metrics.quality.parameters import thresholds
    from kcz_metrics.quality.scan import names, of, scan
    from kcz_metrics.quality.standing import standings, within

    store = taking.store()
    records = of(looked_at := taking.seen(store.snapshot(snapshot)))
    found = scan(records, [rule] if rule else None, thresholds(given.scheme(config)))
    decided = [one for one in store.flag_decisions(looked_at) if rule in (None, one.rule)]
    rows = standings(found, decided)
    if period is not None:
        rows = within(rows, parse(period))
    named, lang = names(records), language()
    table = [
        (
            row.flag.id,
            row.flag.rule,
            " ".join(row.flag.subjects),
            " ".join([*row.flag.records, *row.flag.beside]),
            row.state,
            row.flag.sentence(named).render(lang),
        )
        for row in rows
    ]
    give(pl.DataFrame(table, schema=dict.fromkeys(COLUMNS, pl.String()), orient="row"), form, output)


COLUMNS = ("flag", "rule", "subject", "records", "state", "sentence")
