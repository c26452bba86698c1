"""Every number of a page that opens, made once more by what it opens to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawn import opened, said
from streamlit.testing.v1 import AppTest

from kcz_metrics.ui.opening import OFFERED
from kcz_metrics.ui.sources import Leads, of_cell, openable, same, value


def offered(at: AppTest) -> list[tuple[str, str, str, float, Any]]:
    """Table, row, column, number shown and what it opens to, of every number that opens."""
    return [
        (key, str(row["id"]), column, value(row[column]), of_cell(behind, column, str(row["id"])))
        for key, (rows, behind) in at.session_state[OFFERED].items()
        for row in rows
        for column in openable(row, behind)
    ]  # type: ignore[misc]


def differing(found: list[tuple[str, str, str, float, Any]]) -> list[tuple[str, str, str, float, Any]]:
    """Table, row, column, number shown and number made, where the two are not the same; a number that leads elsewhere is made there."""
    return [
        (key, row, column, shown, made)
        for key, row, column, shown, opening in found
        if not isinstance(opening, Leads) and not same(shown, made := opening.recount(row))
    ]


def recounted(page: str, codes: dict[str, str], least: int, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, home, monkeypatch, **{"lang": "zh", "period": "2022", **codes})
    assert not at.exception
    assert "kcz-error" not in said(at)
    found = offered(at)
    assert len(found) >= least
    assert not differing(found)
    leading = [opening for *_, opening in found if isinstance(opening, Leads)]
    assert len(leading) < len(found) or page in ("cities", "teams")
    assert f"本页共 {len(found):,} 个" in said(at)
