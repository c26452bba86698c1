"""What people have said of the columns of a source, kept beside the records: the next file with the same headings is read the same way.

One small file per table and set of headings, so that two writers never meet in one; what is kept is shown again each time and never holds
a unit: a unit is asked for with every file.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import T
from kcz_metrics.records.apart.heading import REJECTED, folded

FOLDER = "columns"


def recall(home: Path, table: str, headings: Sequence[str]) -> dict[str, str | None]:
    """Folded heading to column (None: not to be read), as said before of a file with these headings; empty where nothing was."""
    return _read(_path(home, table, headings))


def headings(home: Path, table: str) -> frozenset[str]:
    """Every heading that was ever said to mean a column of ``table``."""
    folder = home / FOLDER
    said = (_read(path) for path in sorted(folder.glob(f"{table}-*.json")))
    return frozenset(heading for of in said for heading, column in of.items() if column)


def remember(home: Path, table: str, given: Sequence[str], said: Mapping[str, str | None]) -> None:
    """Keep what was said of the headings ``given``, on top of what is kept of them."""
    if not said:
        return
    path = _path(home, table, given)
    whole = {**_read(path), **said}
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps({"headings": list(given), "columns": whole}, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise RecordsError(
            Issue("columns_not_kept", T("列的对应关系无法保存：{reason}", reason=error.strerror or str(error)), place=str(path))
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def forget(home: Path, table: str, given: Sequence[str]) -> None:
    """Read files with these headings as if nothing had been said of them."""
    _path(home, table, given).unlink(missing_ok=True)


def _path(home: Path, table: str, given: Sequence[str]) -> Path:
    names = [folded(heading) for heading in given]
    if tuple(names[: len(REJECTED)]) == REJECTED:  # rows that come back mended stand under the headings of the file they came from
        names = names[len(REJECTED) :]
    digest = hashlib.sha256("\x1f".join(names).encode()).hexdigest()[:16]
    return home / FOLDER / f"{table}-{digest}.json"


def _read(path: Path) -> dict[str, str | None]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))["columns"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # what cannot be read is asked again
    return {str(k): None if v is None else str(v) for k, v in said.items()} if isinstance(said, dict) else {}
