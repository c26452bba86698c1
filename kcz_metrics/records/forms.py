"""An empty form of a table: a CSV with its headings, ready to be filled in and imported; the workbook is in ``form_book``."""

from __future__ import annotations

import csv
import io

from kcz_metrics.locales import Language
from kcz_metrics.records.headers import candidates
from kcz_metrics.tables import Table

#: what stands first in the example row of a form; such a row is not imported
EXAMPLES = ("示例（不导入）", "Example (not imported)")


def template(table: str, lang: Language | None = None) -> bytes:
    """A heading row (UTF-8 with mark): labels in ``lang``, or column names where ``lang`` is None or a label is not unique."""
    from kcz_metrics.records.understanding import known_table

    out = io.StringIO(newline="")
    csv.writer(out).writerow(headings(known_table(table), lang))
    return out.getvalue().encode("utf-8-sig")


def headings(contract: Table, lang: Language | None) -> list[str]:
    """The heading of every column, such that it is understood when the form comes back."""
    given = []
    for name, column in contract.columns.items():
        label = column.label.in_(lang) if lang else name
        given.append(label if candidates(label, contract) == [name] else name)
    return given
