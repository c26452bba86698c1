"""``kcz snapshots``, ``history``, ``changes`` and ``undo``: what came when from whom, what it changed, and how to take it back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from typer import Argument, Option, echo

from kcz_metrics.cli import taking
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, SnapshotId, Target
from kcz_metrics.cli.speaking import language, tr


class Side(StrEnum):
    """What ``kcz changes`` lists."""

    ranking = "ranking"
    values = "values"
    rows = "rows"


def snapshots(form: Form = None, output: Target = None) -> None:
    import polars as pl

    from kcz_metrics.cli.output import give

    store = taking.store()
    lines = [
        (one.number, one.id, one.created_at.isoformat(timespec="seconds"), one.actor, act, one.source, one.rows_in, one.rows_out)
        for one, act in store.made_by().items()
    ]
    named = ("number", "snapshot", "at", "actor", "act", "source", "rows_in", "rows_out")
    schema = {name: pl.Int64() if name in ("number", "rows_in", "rows_out") else pl.String() for name in named}
    give(pl.DataFrame(lines, schema=schema, orient="row"), form, output)


def history(
    table: Annotated[str, Argument(metavar="TABLE", help=tr("记录表的名称"), show_default=False)],
    key: Annotated[str, Argument(metavar="KEY", help=tr("主键；多列时按顺序用 | 连接"), show_default=False)],
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.errors import Issue, StoreError
    from kcz_metrics.locales import T
    from kcz_metrics.store.history import steps
    from kcz_metrics.store.naming import parsed_key

    store = taking.store()
    versions = store.row_history(table, parsed_key(store.contract(table), key), snapshot)
    if not versions:
        raise StoreError(Issue("no_row", T("从没有过主键为“{key}”的行", key=key), place=table))
    give(steps(versions, language()), form, output)


def changes(
    index: IndexId,
    period: PeriodId,
    start: Annotated[str | None, Option("--from", metavar="ID", help=tr("较早的快照；不写则为 --to 的前一个"), show_default=False)] = None,
    end: Annotated[str | None, Option("--to", metavar="ID", help=tr("较晚的快照；不写则为最新的"), show_default=False)] = None,
    show: Annotated[Side, Option("--show", help=tr("列出名次、指标值，或使它们改变的记录"))] = Side.ranking,
    config: Config = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli import given
    from kcz_metrics.cli.output import give
    from kcz_metrics.operations.changes import changes as between

    scheme = given.scheme(config)
    given.index(scheme, index)
    store = taking.store()
    now = taking.seen(store.snapshot(end))
    before = taking.seen(store.snapshot(start or now.parent or now.id))
    found = between(store, scheme, index, period, before, now)
    give({Side.ranking: found.ranking, Side.values: found.values, Side.rows: found.rows}[show], form, output)
    said = tr(
        "快照 {before} 到 {now}：{rows} 行不同，{values} 个指标值不同，{units} 个评价对象的得分或名次不同",
        before=before.short,
        now=now.short,
        rows=f"{found.rows.height:,}",
        values=f"{found.values.height:,}",
        units=f"{found.moved.height:,}",
    )
    echo(said, err=True)


def undo(
    snapshot: Annotated[str, Argument(metavar="ID", help=tr("要撤销的导入的快照编号或其开头几位"), show_default=False)],
    reason: Annotated[str, Option("--reason", help=tr("理由，记入审计记录"), show_default=False)],
    dry_run: Annotated[bool, Option("--dry-run", help=tr("只说明会怎样，不撤销"))] = False,
) -> None:
    from kcz_metrics.errors import StoreError
    from kcz_metrics.store import Store, local_actor

    store = Store.open()
    effect = store.undo_effect(snapshot)
    if effect.obstacles:
        raise StoreError(effect.obstacles)
    restored, removed = (sum(frame.height for frame in of.values()) for of in (effect.restored, effect.removed))
    made = None if dry_run else store.undo(snapshot, actor=local_actor(), reason=reason)
    counts = tr("恢复 {restored} 行，撤回 {removed} 行", restored=f"{restored:,}", removed=f"{removed:,}")
    echo(tr("试运行，没有撤销：{counts}", counts=counts) if made is None else tr("{counts}；快照 {id}", counts=counts, id=made.short))
