"""``kcz audit verify`` and ``kcz audit log``."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated

from typer import Exit, Option, Typer, echo

from kcz_metrics.cli import taking
from kcz_metrics.cli.options import Form, Target
from kcz_metrics.cli.speaking import language, tr

audit = Typer(no_args_is_help=True, add_completion=False, help=tr("核对与查看审计记录。"))


@audit.command("verify", help=tr("核对审计链：改、删、换、插、截尾、分叉都指出第一处；有问题时退出码为 1。"))
def verify(
    head: Annotated[
        str | None, Option("--head", metavar="HASH", help=tr("另处记下的一条记录的哈希，审计记录中必须有它"), show_default=False)
    ] = None,
) -> None:
    from kcz_metrics.store import Store

    store = Store.open()
    broken = store.verify_audit(head)
    for issue in broken:
        echo(issue.render(language()), err=True)
    if broken:
        raise Exit(1)
    number, digest = store.audit_head()
    echo(tr("ok：{count} 条审计记录，最后一条的哈希 {hash}", count=number, hash=digest))


@audit.command("log", help=tr("列出审计记录，旧的在前；导出的一列写明按什么取、多少行、文件的哈希。"))
@partial(taking.watched, "audit log")
def log(form: Form = None, output: Target = None) -> None:
    import polars as pl

    from kcz_metrics.cli.output import give
    from kcz_metrics.store import local_actor, require
    from kcz_metrics.store.exports import ACT

    require(local_actor(), "administer")
    lines = [
        (
            one.number,
            one.at.isoformat(timespec="seconds"),
            one.actor,
            " ".join(one.roles),
            one.act,
            one.subject,
            one.reason.render(language()) if one.reason is not None else None,
            one.hash,
            json.dumps(dict(one.detail), ensure_ascii=False, sort_keys=True) if one.act == ACT else None,
        )
        for one in taking.store().audit()
    ]
    named = ("number", "at", "actor", "roles", "act", "subject", "reason", "hash", "export")
    schema = {name: pl.Int64() if name == "number" else pl.String() for name in named}
    give(pl.DataFrame(lines, schema=schema, orient="row"), form, output)
