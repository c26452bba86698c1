"""An empty form of a table: a CSV with its headings, ready to be filled in and imported."""

from __future__ import annotations

import csv
import io

from kcz_metrics.locales import Language
from kcz_metrics.records.headers import candidates
from kcz_metrics.records.reading import known_table


def template(table: str, lang: Language | None = None) -> bytes:
    """A heading row (UTF-8 with mark): labels in ``lang``, or column names where ``lang`` is None or a label is not unique."""
    contract = known_table(table)
    headings = []
    for name, column in contract.columns.items():
        label = column.label.in_(lang) if lang else name
        headings.append(label if candidates(label, contract) == [name] else name)
    out = io.StringIO(newline="")
    csv.writer(out).writerow(headings)
    return out.getvalue().encode("utf-8-sig")
