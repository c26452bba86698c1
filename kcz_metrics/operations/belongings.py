"""What lies in a store's folder: whose it is, who may read and write it, and what belongs to something else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from kcz_metrics.locales import T
from kcz_metrics.operations.backup import ASIDE, STAGING
from kcz_metrics.operations.finding import Finding
from kcz_metrics.records.remembered import FOLDER as COLUMNS
from kcz_metrics.records.waiting import FOLDER as WAITING
from kcz_metrics.store import Store
from kcz_metrics.store.files import FOLDER, path_of
from kcz_metrics.store.heads import FILE_NAME as HEADS
from kcz_metrics.store.ledger import FILE_NAME as LEDGER

#: Permissions of everybody; a group may be given the store on purpose.
OTHERS = 0o007
#: What its owner must be able to do with a file, and with a folder.
_FILE, _FOLDER = stat.S_IRUSR | stat.S_IWUSR, stat.S_IRWXU
#: Names of the folder that the store and its program have made; ``truth`` is what the invented sample was made with.
OWN = (FOLDER, HEADS, COLUMNS, WAITING, ASIDE, "scheme", "logs", "truth")
#: Places that are told one by one.
_TOLD = 5


def access(home: Path) -> Iterator[Finding]:
    """Whether others may enter, and whether all is its user's to read and write. By owner and mode, which hold for an administrator too."""
    if os.name == "nt":
        yield Finding("access", "ok", T("由系统管理"))
        return
    wrong = False
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & OTHERS:
        wrong = True
        said = T("其他用户可以进入 {path}（权限 {mode}）", path=home, mode=f"{mode:o}")
        yield Finding("access", "wrong", said, T("运行 kcz doctor --mend，或 chmod 700"))
    there = [home, *(path for path in home.rglob("*") if not path.is_symlink())]
    strange = [path for path in there if path.stat().st_uid != os.geteuid()]
    if strange:
        wrong = True
        said = T("属于用户 {owner}，而不是运行本程序的 {user}：{places}", owner=_user(strange[0].stat().st_uid), user=_user(os.geteuid()),
                 places=_places(home, strange))  # fmt: skip
        yield Finding("access", "wrong", said, T("用 chown 改为运行本程序的用户，或以该用户运行"))
    closed = [path for path in there if ~path.stat().st_mode & (_FOLDER if path.is_dir() else _needed(home, path))]
    if closed:
        wrong = True
        yield Finding("access", "wrong", T("不能读写：{places}", places=_places(home, closed)), T("用 chmod u+rwX 恢复权限"))
    if not wrong:
        yield Finding("access", "ok", T("其他用户不能进入"))


def strangers(home: Path) -> Iterator[Finding]:
    """What lies beside the store's own: backups take it along, so that nothing is lost, but somebody should know."""
    found = [path for path in sorted(home.iterdir()) if path.name not in OWN and not path.name.startswith((LEDGER, STAGING, ".probe-"))]
    if found:
        yield Finding(
            "orphans", "ok", T("目录里另有不属于数据库的 {places}，备份时一并带上", places=_places(home, found)), T("不需要时自行移走")
        )


def mixed(store: Store) -> Iterator[Finding]:
    """Most of what the ledger names is missing while files are there that it does not name: of two stores, one's ledger and the other's
    files."""
    named = store.named_files()
    missing = sum(not path_of(store.home, *one).is_file() for one in named)
    unnamed = len(store.orphans(0))
    if unnamed and missing and missing >= len(named) / 2:
        said = T("登记的 {count} 个文件有 {missing} 个不在，另有 {others} 个文件没有登记：台账与数据文件像是来自两个数据库",
                 count=len(named), missing=missing, others=unnamed)  # fmt: skip
        todo = T("把同一个数据库的台账和文件放在一处，或运行 kcz restore FILE --replace；在此之前不要清除无主文件")
        yield Finding("files", "wrong", said, todo)


def complete(store: Store) -> bool:
    """Whether every file that the ledger names is there."""
    return all(path_of(store.home, *one).is_file() for one in store.named_files())


def _needed(home: Path, path: Path) -> int:
    # Data files are never written again; those of whoever made them read-only are as good.
    return stat.S_IRUSR if (home / FOLDER) in path.parents else _FILE


def _places(home: Path, paths: Iterable[Path]) -> str:
    names = [str(path.relative_to(home)) if path != home else str(home) for path in paths]
    return ", ".join(names[:_TOLD]) + (f" … ({len(names)})" if len(names) > _TOLD else "")


def _user(id: int) -> str:
    import pwd

    try:
        return f"{pwd.getpwuid(id).pw_name} ({id})"
    except KeyError:
        return str(id)
