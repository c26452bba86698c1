"""The table of oracles in ``docs/methods.md`` is what the comparisons give now."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import everything, markdown, rows

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"


@pytest.mark.long
def test_the_table_of_oracles_is_current() -> None:
    table = "\n".join(markdown(rows(everything(), every=False)))
    assert METHODS.read_text(encoding="utf-8").endswith(table + "\n"), "run: python tests/published/agreement.py --markdown"
