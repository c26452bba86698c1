"""What leaves the store as a file, as its audit entry says it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from kcz_metrics.locales import T

ACT = "export"
#: Told where the store can only be read, so that no entry stands for what was taken.
UNNOTED = T("数据库在这里只能读，这次导出没有记入审计记录")


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is taken out. ``what``: the command, or the button of a page; ``rows``: of the list in it, None where it is none;
    ``snapshots``: ids of those it was made from; ``scheme``: digest of the scheme, None where none was used; ``asked``: by what it was
    chosen, as name and value."""

    file: str
    what: str
    rows: int | None = None
    snapshots: tuple[str, ...] = ()
    scheme: str | None = None
    asked: Mapping[str, str] = field(default_factory=dict)

    def detail(self, content: bytes) -> dict[str, object]:
        """What the entry says, with the hash of the bytes, by which a file that turns up somewhere is known again."""
        return {
            "what": self.what,
            "rows": self.rows,
            "snapshots": list(self.snapshots),
            "scheme": self.scheme,
            "asked": dict(self.asked),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
