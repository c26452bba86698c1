"""Immutable Parquet files: written under a temporary name, forced to disk, then given the name of their content."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T

FOLDER = "files"


def place_frame(home: Path, table: str, frame: pl.DataFrame) -> tuple[Path, str, bool]:
    """Write ``frame`` and return its path, SHA-256 and whether it is new: the same rows give the same name.

    When this returns, file and name survive a power cut. Errors: OSError, and then nothing is left behind under the final name.
    """
    folder = home / FOLDER / table
    _make(folder)
    temporary = folder / f".{uuid.uuid4().hex}.tmp"
    try:
        _write(frame, temporary)
        with temporary.open("rb+") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        final = path_of(home, table, digest)
        new = not final.exists()
        os.replace(temporary, final)
        sync_folder(folder)
    finally:
        temporary.unlink(missing_ok=True)
    return final, digest, new


def _write(frame: pl.DataFrame, path: Path) -> None:
    try:
        frame.write_parquet(path, compression="zstd", statistics=True)
    except PolarsError as error:
        # polars names a full disk in the midst of its own words; what it could not do is write, not read.
        raise StoreError(
            Issue(
                "file_not_written",
                T("数据文件无法写入：{reason}", reason=str(error).splitlines()[0].rsplit("IO error: ", 1)[-1]),
                place=str(path.parent),
                hint=T("检查磁盘空间和目录权限；已有的记录没有改变"),
            )
        ) from error


def path_of(home: Path, table: str, digest: str) -> Path:
    return home / FOLDER / table / f"{digest}.parquet"


#: Files whose bytes were found to be what their name says, by path, size, time of change and inode.
_SOUND: set[tuple[str, int, int, int]] = set()


def is_sound(path: Path, digest: str) -> bool:
    """Whether the file's bytes have this hash. Asked once of a file in a process, and again when it was touched.

    Parquet readers do not notice a changed byte in a column: without this a damaged file would give other numbers and no word.
    """
    stat = path.stat()
    known = (str(path), stat.st_size, stat.st_mtime_ns, stat.st_ino)
    if known not in _SOUND:
        if digest_of(path) != digest:
            return False
        _SOUND.add(known)
    return True


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Force a file's bytes to disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's names to disk; Windows cannot open a folder and keeps names in its journal."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make(folder: Path) -> None:
    """Make a folder and force each new name on the way to disk."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
