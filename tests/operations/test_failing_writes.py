"""Every write of every act fails once in turn: no space, an input/output error, no permission. What is there afterwards is whole, the old
or the new, and whoever acted is told in plain words.

What polars and SQLite write themselves is out of reach here; tests/store/test_full_disk.py meets it by a limit on the size of files.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from small_store import fill

from kcz_metrics.errors import KczError
from kcz_metrics.operations.backup import back_up
from kcz_metrics.operations.restore import restore
from kcz_metrics.store import Store

CODES = (errno.ENOSPC, errno.EIO, errno.EACCES)
CALLS = ("fsync", "replace", "rename", "link", "mkdir", "open", "write")


class Failing:
    """Counts the calls that write, and fails the nth of them."""

    def __init__(self, nth: int):
        self.nth, self.calls = nth, 0

    def __call__(self, real: Callable[..., object], *arguments: object, **named: object) -> object:
        self.calls += 1
        if self.calls == self.nth:
            code = CODES[self.nth % len(CODES)]
            raise OSError(code, os.strerror(code))
        return real(*arguments, **named)


@contextmanager
def failing(nth: int) -> Iterator[Failing]:
    """The nth call that opens for writing, makes, names, links or forces to disk fails; all others work."""
    counted = Failing(nth)
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            real = getattr(os, name)
            patch.setattr(os, name, lambda *a, real=real, **k: counted(real, *a, **k))
        opened = io.open

        def writing(file: object, mode: str = "r", *a: object, **k: object) -> object:
            return counted(opened, file, mode, *a, **k) if set(mode) & set("wax+") else opened(file, mode, *a, **k)

        patch.setattr(io, "open", writing)
        yield counted


def rows(store: Store) -> list[tuple[object, ...]]:
    return store.snapshot().read("province").sort("province_code").rows()


Act = Callable[[Store, Path], object]
BROUGHT = pl.DataFrame({"team_id": ["TM002"], "tag": ["光学"]})
ACTS: dict[str, Act] = {
    "commit": lambda store, _: store.commit(
        {"team_skill": BROUGHT, "province": store.snapshot().read("province").head(1).with_columns(tile_col=3)},
        actor="li",
        source="d.csv",
        reason="fourth",
    ),
    "undo": lambda store, _: store.undo(store.snapshots()[1].id, actor="wu", reason="wrong"),
    "compact": lambda store, _: store.compact(actor="adm", most=1),
    "backup": lambda store, folder: back_up(store, folder / "new.kczbackup", actor="adm"),
    "restore": lambda store, folder: restore(folder / "one.kczbackup", store.home, actor="adm", replace=True),
}


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS)
def test_every_write_fails_once_in_turn(tmp_path: Path, act: str) -> None:
    original = fill(tmp_path / "original")
    back_up(original, tmp_path / "one.kczbackup", actor="adm")
    original.commit({"province": original.snapshot().read("province").head(1).with_columns(tile_col=2)}, actor="li", source="d", reason="4")
    (original.home / "files" / "province" / ".stray.tmp").write_bytes(b"left behind")
    before = rows(original)
    done = shutil.copytree(original.home, tmp_path / "done")
    ACTS[act](Store.open(done), tmp_path)
    after = rows(Store.open(done))
    (tmp_path / "new.kczbackup").unlink(missing_ok=True)
    refused = 0
    for nth in range(1, 400):
        home = shutil.copytree(original.home, tmp_path / f"{nth}")
        store = Store.open(home)
        said = None
        with failing(nth) as counted:
            try:
                ACTS[act](store, tmp_path)
            except (KczError, OSError) as error:
                said = error
        again = Store.open(home)
        assert rows(again) in (before, after)
        assert again.verify_audit() == again.verify_files() == []
        if said is not None:
            refused += 1
            assert isinstance(said, KczError), repr(said)
            # Nothing that was refused is there, and what is left over is swept.
            assert rows(again) == before or act == "restore"
            assert not (tmp_path / "new.kczbackup").exists()
        (tmp_path / "new.kczbackup").unlink(missing_ok=True)
        again.sweep(actor="adm")
        ACTS["commit"](again, tmp_path)
        shutil.rmtree(home)
        if counted.calls < nth:
            break
    assert refused >= 1
    assert counted.calls < nth
