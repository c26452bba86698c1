"""The doctor: is all well with store, trail, scheme, disk and clock, and if not, what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kcz_metrics.errors import Issue, KczError
from kcz_metrics.locales import T, Text
from kcz_metrics.operations import belongings
from kcz_metrics.operations.backup import ASIDE, STAGING
from kcz_metrics.operations.finding import Finding as Finding
from kcz_metrics.operations.finding import State as State
from kcz_metrics.records import waiting
from kcz_metrics.store import Actor, Store, heads, require
from kcz_metrics.store.access import as_actor
from kcz_metrics.store.heads import FILE_NAME as HEADS
from kcz_metrics.store.ledger import FILE_NAME as LEDGER
from kcz_metrics.store.ledger import explained, gone, left_behind, look
from kcz_metrics.store.migrations import HEAD

#: What the database says where it comes to no answer at all.
_UNREACHED = ("SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_BUSY")
#: Free space below which imports and backups are about to fail, in bytes.
LITTLE, TOO_LITTLE = 2_000_000_000, 200_000_000
PROBE = 1 << 20
#: A backup older than this is more than may be lost.
BACKUP_AGE = timedelta(hours=24)
#: Clocks of machines that share a store may differ by so much.
SLACK = timedelta(minutes=2)

STATES: dict[State, Text] = {"ok": T("完好"), "warning": T("注意"), "wrong": T("有问题")}
CHECKS: dict[str, Text] = {
    "ledger": T("台账"),
    "trail": T("审计链"),
    "files": T("数据文件"),
    "orphans": T("无主文件"),
    "waiting": T("退回待改"),
    "small_files": T("小文件"),
    "drafts": T("试算"),
    "scheme": T("方案"),
    "disk": T("磁盘"),
    "clock": T("时钟"),
    "access": T("目录权限"),
    "backup": T("备份"),
}


def examine(home: Path, scheme: Path | None, *, now: datetime | None = None, sample: int | None = None) -> tuple[Finding, ...]:
    """Look at everything; a check that cannot be made is wrong by that. ``scheme``: the file in force; ``sample``: how many files' hashes
    to count, all unless given. Nothing is written but a probe of the disk, which is taken away again."""
    moment = now or datetime.now(UTC)
    found = list(_safely("ledger", lambda: _ledger(home)))
    usable = all(one.state == "ok" for one in found) and (home / LEDGER).is_file()
    if usable:
        store = Store.open(home)
        for name, check in (
            ("trail", lambda: _trail(store)),
            ("files", lambda: _files(store, sample)),
            ("orphans", lambda: _orphans(store)),
            ("waiting", lambda: _waiting(store)),
            ("small_files", lambda: _small_files(store)),
            ("drafts", lambda: _drafts(store, scheme)),
            ("clock", lambda: _clock(store, moment)),
            ("backup", lambda: _backup(store, moment)),
        ):
            # A ledger that disagrees with its trail gives no snapshot to look into; that was said.
            if name != "small_files" or all(one.state != "wrong" for one in found if one.check == "trail"):
                found += _safely(name, check)
    found += _safely("scheme", lambda: _scheme(scheme))
    if home.is_dir():
        found += _safely("disk", lambda: _disk(home))
        found += _safely("access", lambda: belongings.access(home))
    return tuple(sorted(found, key=lambda one: list(CHECKS).index(one.check)))


def mend(home: Path, *, actor: Actor | str) -> tuple[Text, ...]:
    """Take away what nothing needs (files that no snapshot names, what an interrupted restoring left) and close the home to others; says
    what was done. Nothing that a snapshot, a backup or a person might need is touched. Errors: AccessError; StoreError."""
    who = as_actor(actor)
    require(who, "administer")
    done: list[Text] = []
    if not home.is_dir():
        return ()
    if home.stat().st_mode & belongings.OTHERS and os.name != "nt":
        home.chmod(stat.S_IMODE(home.stat().st_mode) & ~belongings.OTHERS)
        done.append(T("目录 {path} 不再对其他用户开放", path=home))
    for folder in home.glob(f"{STAGING}*"):
        shutil.rmtree(folder, ignore_errors=True)
        done.append(T("删除中断的恢复所留的 {path}", path=folder.name))
    if look(home / LEDGER).state in ("current", "older"):
        store = Store.open(home)
        if not belongings.complete(store):
            # What nobody names may be what is missed under another name, or another store's.
            done.append(T("登记的数据文件有缺失，无主文件没有清除"))
            return tuple(done)
        swept = store.sweep(actor=who)
        if swept:
            done.append(T("删除 {count} 个无主文件", count=len(swept)))
    return tuple(done)


def _safely(check: str, look_at: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        with explained(Path()):
            return list(look_at())
    except KczError as error:
        return [_of_issue(check, issue) for issue in error.issues]


def _of_issue(check: str, issue: Issue) -> Finding:
    place = " ".join(part for part in (issue.place, issue.subject) if part)
    said = T("{place}：{message}", place=place, message=issue.message) if place else issue.message
    todo = issue.hint or (_BY_CHECK.get(check) if issue.level == "error" else None)
    return Finding(check, "warning" if issue.level == "warning" else "wrong", said, todo)


#: What to do where the problem itself does not say.
_BY_CHECK = {
    "trail": T("从备份恢复，并查明何人改动"),
    "files": T("从备份恢复"),
    "scheme": T("改正方案，再运行 kcz check"),
    "disk": T("检查目录权限"),
}


def _ledger(home: Path) -> Iterator[Finding]:
    left = left_behind(home)  # before the ledger is looked at, as the store does
    looked = look(home / LEDGER)
    if looked.state == "none" and left:
        issue = gone(home, left)
        yield Finding("ledger", "wrong", issue.message, issue.hint)
    elif looked.state == "none":
        yield Finding("ledger", "ok", T("{path} 还没有数据库", path=home), T("导入记录，或运行 kcz demo"))
    elif looked.state == "older":
        yield Finding("ledger", "warning", T("台账是较早的版本 {version}", version=looked.version), T("打开时自动升级；先备份"))
    elif looked.state == "newer":
        yield Finding("ledger", "wrong", T("台账由更新的程序写成，版本 {version}", version=looked.version), T("更新本程序"))
    elif looked.state == "foreign":
        yield Finding("ledger", "wrong", T("这个数据库不是本系统的台账"), T("用 KCZ_HOME 指明正确的目录"))
    else:
        with closing(sqlite3.connect(f"{(home / LEDGER).as_uri()}?mode=ro", uri=True)) as connection:
            try:
                answers = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if getattr(error, "sqlite_errorname", "").startswith(_UNREACHED):  # a full disk is no damage: nothing is to be restored
                    todo = T("先释放磁盘空间、检查目录权限，再运行 kcz doctor；仍然如此再从备份恢复")
                    yield Finding("ledger", "wrong", T("台账检查不了：{reason}", reason=error), todo)
                    return
                answers = [str(error)]
        if answers == ["ok"]:
            yield Finding("ledger", "ok", T("版本 {version}，完好", version=HEAD))
        else:
            yield Finding("ledger", "wrong", T("台账已损坏：{reason}", reason="; ".join(answers)), T("运行 kcz restore，从备份恢复"))


def _trail(store: Store) -> Iterator[Finding]:
    broken = store.verify_audit()
    for issue in broken:
        yield _of_issue("trail", issue)
    if not broken:
        number, digest = store.audit_head()
        yield Finding("trail", "ok", T("{count} 条，最后一条的哈希 {hash}", count=number, hash=digest[:12]))
        noted, torn = heads.readable(store.home)
        todo = T("用 kcz audit verify --head 核对备份里的哈希；下一次写入会重新开始另存")
        if number and not noted:
            yield Finding("trail", "warning", T("台账之外另存的哈希不见了：{file}", file=HEADS), todo)
        elif torn:
            said = T("{file} 有 {count} 行读不出，可能写到一半断电，也可能被改动", file=HEADS, count=torn)
            yield Finding("trail", "warning", said, T("用 kcz audit verify --head 核对备份里或另外记下的哈希"))


def _files(store: Store, sample: int | None) -> Iterator[Finding]:
    yield from belongings.mixed(store)
    bad = store.verify_files(sample)
    for issue in bad:
        yield _of_issue("files", issue)
    if not bad:
        there = len(store.named_files())
        yield Finding("files", "ok", T("{count} 个文件，核对 {checked} 个，哈希都相符", count=there, checked=min(there, sample or there)))


def _orphans(store: Store) -> Iterator[Finding]:
    yield from belongings.strangers(store.home)
    stray = store.orphans(0)
    left = list(store.home.glob(f"{STAGING}*"))
    if stray or left:
        size = sum(path.stat().st_size for path in stray)
        said = T("{count} 个文件不属于任何快照，共 {size}，可能由中断的导入留下", count=len(stray) + len(left), size=_megabytes(size))
        yield Finding("orphans", "warning", said, T("运行 kcz doctor --mend"))
    else:
        yield Finding("orphans", "ok", T("没有"))
    if (store.home / ASIDE).is_dir():
        kept = sorted(path.name for path in (store.home / ASIDE).iterdir())
        yield Finding("orphans", "ok", T("恢复前的数据另存在 {path}：{names}", path=ASIDE, names=", ".join(kept)), T("不再需要时自行删除"))


def _waiting(store: Store) -> Iterator[Finding]:
    broken = waiting.damaged(store.home)
    yield from (_of_issue("waiting", issue) for issue in broken)
    if not broken:
        rows = sum(len(one.rows) for one in waiting.all_of(store))
        yield Finding("waiting", "ok", T("{n} 行，与写下时相同", n=rows) if rows else T("没有"))


def _small_files(store: Store) -> Iterator[Finding]:
    crowded = store.crowded()
    if crowded:
        said = T("{tables} 的小文件较多", tables=", ".join(f"{name} {count}" for name, count in crowded.items()))
        yield Finding("small_files", "warning", said, T("运行 kcz compact"))
    else:
        yield Finding("small_files", "ok", T("不多"))


def _drafts(store: Store, path: Path | None) -> Iterator[Finding]:
    counts, unreadable = store.drafts_kept()
    for issue in unreadable:
        yield Finding("drafts", "warning", T("{place}：{message}", place=issue.subject, message=issue.message), issue.hint)
    if unreadable:
        return
    digest, every = _digest(path), sum(counts.values())
    if not every or digest is None:
        yield Finding("drafts", "ok", T("存下 {count} 份", count=every) if every else T("没有"))
        return
    yield Finding("drafts", "ok", T("存下 {count} 份，按别的方案作的 {older} 份", count=every, older=every - counts.get(digest, 0)))


def _digest(path: Path | None) -> str | None:
    """Of the scheme in force; None where it cannot be read, which is said of the scheme itself."""
    from kcz_metrics.scheme.reading import file_text, read_scheme

    try:
        scheme = read_scheme(file_text(path), str(path))[0] if path is not None else None
    except KczError:
        return None
    return scheme.digest if scheme is not None else None


def _scheme(path: Path | None) -> Iterator[Finding]:
    if path is None:
        yield Finding("scheme", "wrong", T("找不到 indicators.yaml"), T("用 --config 指明方案文件"))
        return
    from kcz_metrics.scheme.reading import file_text, read_scheme

    _, issues = read_scheme(file_text(path), str(path))
    errors = [issue for issue in issues if issue.level == "error"]
    for issue in errors:
        yield _of_issue("scheme", issue)
    if not errors:
        yield Finding("scheme", "ok", T("{path} 可用", path=path.name))


def _disk(home: Path) -> Iterator[Finding]:
    usage = shutil.disk_usage(home)
    probe = home / f".probe-{os.getpid()}"
    try:
        with probe.open("wb") as stream:
            stream.write(bytes(PROBE))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        yield Finding("disk", "wrong", T("不能写入 {path}：{reason}", path=home, reason=error.strerror or str(error)), _SPACE)
        return
    finally:
        probe.unlink(missing_ok=True)
    state: State = "wrong" if usage.free < TOO_LITTLE else "warning" if usage.free < LITTLE else "ok"
    yield Finding("disk", state, T("可用 {free}，能够写入", free=_megabytes(usage.free)), None if state == "ok" else _SPACE)


_SPACE = T("释放磁盘空间，或检查目录权限")


def _clock(store: Store, moment: datetime) -> Iterator[Finding]:
    last = store.last_act_at()
    if last is not None and moment < last - SLACK:
        said = T("现在是 {now}，早于审计记录中最后的时间 {last}", now=_second(moment), last=_second(last))
        yield Finding("clock", "wrong", said, T("校准时钟，再继续写入"))
    else:
        yield Finding("clock", "ok", T("不早于审计记录中最后的时间"))


def _backup(store: Store, moment: datetime) -> Iterator[Finding]:
    if store.is_empty:
        yield Finding("backup", "ok", T("还没有要备份的"))
        return
    # What was restored from a backup is in that backup.
    last = max((at for act in ("backup", "restore") if (at := store.last_act_at(act)) is not None), default=None)
    if last is None:
        yield Finding("backup", "warning", T("从未备份"), T("运行 kcz backup FILE，并存到别处"))
    elif moment - last > BACKUP_AGE:
        yield Finding("backup", "warning", T("上次备份在 {last}", last=_second(last)), T("运行 kcz backup FILE，并存到别处"))
    else:
        yield Finding("backup", "ok", T("上次备份在 {last}", last=_second(last)))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _second(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
