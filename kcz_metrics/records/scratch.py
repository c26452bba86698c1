"""Folders for a file on its way in: one an import, taken away at its end; of an importer that was killed, by a later one."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "kcz-import-"
#: Seconds after which nobody works in such a folder any more: a reader is waited for some minutes at most.
AGE = 24 * 3600


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of one's own for the time of the block."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as path:
        yield Path(path)


def sweep() -> None:
    """Take away this user's own folders that importers left long ago: rows of records lie in them. What cannot be taken away stays."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and _left(entry):
                shutil.rmtree(entry.path, ignore_errors=True)


def _left(entry: os.DirEntry[str]) -> bool:
    try:
        found = entry.stat(follow_symlinks=False)
        ours = os.name == "nt" or found.st_uid == os.geteuid()
        return ours and entry.is_dir(follow_symlinks=False) and found.st_mtime < time.time() - AGE
    except OSError:  # another importer was first
        return False
