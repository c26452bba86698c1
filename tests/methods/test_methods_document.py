"""``docs/methods.md`` says of every method what it is, and says it as the code has it now."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcz_metrics.methods import FAMILIES, MethodEntry
from kcz_metrics.methods.document import document
from kcz_metrics.methods.guidance import GUIDANCE, NOTES

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"
ENTRIES = [(family, entry) for family, entries in FAMILIES.items() for entry in entries.values()]


def test_the_file_is_current() -> None:
    assert METHODS.read_text(encoding="utf-8").startswith(document()), "run: python -m kcz_metrics.methods"


@pytest.mark.parametrize("family, entry", ENTRIES, ids=[f"{f}-{e.name}" for f, e in ENTRIES])
def test_every_method_is_documented(family: str, entry: MethodEntry) -> None:
    guidance = GUIDANCE[family][entry.name]
    assert all(text.strip() for text in (entry.formula, entry.source, entry.label.zh, entry.label.en, guidance.use, guidance.avoid))
    text = document().split(f"### `{entry.name}` {entry.label.en}")[1].split("\n###")[0]
    for name, field in entry.parameters.model_fields.items():
        assert f"`{field.alias or name}`" in text


def test_nothing_is_said_of_methods_that_are_not_there() -> None:
    assert {(f, n) for f, rows in GUIDANCE.items() for n in rows} == {(f, e.name) for f, e in ENTRIES}
    assert {(f, n) for f, rows in NOTES.items() for n in rows} <= {(f, e.name) for f, e in ENTRIES}


@pytest.mark.parametrize(
    "heading, said",
    [
        ("winsorise", "z = x − min + 1"),
        ("winsorise", "1 or less it would turn the order round"),
        ("mazziotta_pareto", "S² = Σ w (x − M)²/Σ w"),
        ("efficacy", "With `truncate: true`"),
        ("benefit_of_the_doubt", "whose children are all 0 scores 0"),
    ],
)
def test_what_a_formula_leaves_open_is_said(heading: str, said: str) -> None:
    assert said in document().split(f"### `{heading}`")[1].split("\n###")[0]
