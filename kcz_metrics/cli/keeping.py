"""``kcz backup``, ``restore``, ``drill``, ``compact`` and ``doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option, echo

from kcz_metrics.cli.options import Config, Form, Target
from kcz_metrics.cli.places import home, scheme_file
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import SchemeError

File = Annotated[Path, Argument(metavar="FILE", help=tr("备份文件"), show_default=False)]


def backup(file: File, config: Config = None) -> None:
    from kcz_metrics.operations.backup import back_up
    from kcz_metrics.store import Store, local_actor

    scheme = config or _scheme(None)
    step(tr("正在备份"))
    made = back_up(Store.open(), file, actor=local_actor(), scheme=scheme)
    size = f"{made.size / 1e6:,.1f} MB"
    echo(tr("已备份到 {file}：{count} 个文件，{size}，清单的哈希 {hash}", file=file, count=made.parts, size=size, hash=made.sha256[:12]))
    echo(tr("不在其中：各人会话里没有另存的规则试算和没有确认的导入，以及 before/ 下的旧数据"), err=True)
    if scheme is None:
        echo(tr("注意：找不到 indicators.yaml，备份里没有方案；用 --config 指明"), err=True)


def restore(
    file: File,
    replace: Annotated[bool, Option("--replace", help=tr("已有记录时替换它们，旧的另外保留在 before/ 下"))] = False,
) -> None:
    from kcz_metrics.operations.restore import restore as put_back
    from kcz_metrics.store import local_actor

    step(tr("正在核对并恢复"))
    done = put_back(file, home(), actor=local_actor(), replace=replace)
    id = done.snapshot.short if done.snapshot else "—"
    echo(tr("已恢复 {at} 的备份，快照 {id}", at=done.manifest.made_at[:19], id=id))
    if done.aside is not None:
        echo(tr("原来的数据另存在 {path}", path=done.aside))
    if done.scheme is not None:
        in_force = _scheme(None)
        if in_force is not None and in_force.read_bytes() == done.scheme.read_bytes():
            echo(tr("备份时的方案与现在的 {file} 相同", file=in_force))
        else:
            echo(
                tr(
                    "备份时的方案在 {path}，与现在的不同；要得到同样的排名，用 --config 指明它，或用它替换 indicators.yaml",
                    path=done.scheme,
                )
            )


def drill(config: Config = None, form: Form = None, output: Target = None) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.operations.drill import drill as practise
    from kcz_metrics.store import Store, local_actor

    scheme = scheme_file(config)
    step(tr("正在备份、恢复并比较全部排名"))
    done = practise(Store.open(), scheme, actor=local_actor())
    give(done.rankings, form, output)
    same = int(done.rankings["same"].sum())
    said = tr(
        "备份 {out} 秒，恢复 {back} 秒，{same}/{all} 个排名相同",
        out=f"{done.backing_up:.1f}",
        back=f"{done.restoring:.1f}",
        same=same,
        all=done.rankings.height,
    )
    echo(said, err=True)
    if not done.passed:
        raise Exit(1)


def compact() -> None:
    from kcz_metrics.store import Store, local_actor

    made = Store.open().compact(actor=local_actor())
    echo(tr("没有小文件较多的表") if made is None else tr("已合并小文件，行不变；快照 {id}", id=made.short))


def doctor(
    mend: Annotated[bool, Option("--mend", help=tr("清除无主文件与中断的恢复所留的，收紧目录权限"))] = False,
    sample: Annotated[int | None, Option("--sample", min=1, metavar="N", help=tr("只核对随机 N 个数据文件的哈希；不写则全部"))] = None,
    config: Config = None,
    form: Form = None,
    output: Target = None,
) -> None:
    import polars as pl

    from kcz_metrics.cli.output import give
    from kcz_metrics.operations import doctor as of
    from kcz_metrics.store import local_actor

    place = home().absolute()
    if mend:
        for text in of.mend(place, actor=local_actor()):
            echo(text.render(language()), err=True)
    step(tr("正在检查"))
    found = of.examine(place, _scheme(config), sample=sample)
    lang = language()
    lines = [
        (
            of.CHECKS[one.check].render(lang),
            of.STATES[one.state].render(lang),
            one.said.render(lang),
            one.todo.render(lang) if one.todo else "",
        )
        for one in found
    ]
    give(pl.DataFrame(lines, schema=dict.fromkeys(("check", "state", "found", "todo"), pl.String()), orient="row"), form, output)
    if any(one.state == "wrong" for one in found):
        raise Exit(1)


def _scheme(config: Path | None) -> Path | None:
    try:
        return scheme_file(config)
    except SchemeError:
        return None
