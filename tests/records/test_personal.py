"""Numbers of persons are seen, alone or in a column of other texts, and put out of what waits to be mended."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from corpus.case import content, row
from corpus.persons import NOBODYS, ONE, RIGHT, SEEN
from corpus_running import fill

from kcz_metrics.records import prepare, understand, waiting
from kcz_metrics.records.personal import IDENTITY, MASK, is_valid, masked, numbers
from kcz_metrics.store import local_actor


def seen(texts: list[str | None], **how: bool) -> list[bool]:
    found = numbers(pl.Series(texts, dtype=pl.String), **how)
    return (found["identity"] | found["mobile"]).to_list()


def test_the_same_in_a_column_as_alone() -> None:
    texts = [*SEEN.values(), None, "", *NOBODYS.values()]
    expected = [True] * len(SEEN) + [False] * (2 + len(NOBODYS))
    assert seen(texts) == expected
    assert seen(texts[::-1] * 30) == expected[::-1] * 30
    assert [seen([text])[0] for text in texts] == expected


@pytest.mark.parametrize("spaced", [" ", "-", "\u200b", "\u3000"])
def test_the_pattern_sees_a_number_spaced_at_any_place(spaced: str) -> None:
    cut = [ONE[:i] + spaced + ONE[i:] for i in range(1, len(ONE))]
    assert seen(cut) == [True] * len(cut)
    assert all(re.search(IDENTITY, text) for text in cut)


def test_a_code_is_somebodys_only_with_the_right_sign() -> None:
    wrong = f"{ONE[:-1]}5"
    assert seen([wrong, ONE, RIGHT, "20223200000008017", "13812345678"], is_code=True) == [False, True, True, False, False]
    assert [is_valid(wrong), is_valid(ONE), is_valid(RIGHT)] == [False, True, True]


def test_numbers_are_put_out_and_nothing_else() -> None:
    texts = pl.Series([f"张某，{ONE}。", "电话 138-1234-5678", "合同第 3 号", ""])
    assert masked(texts).to_list() == [f"张某，{MASK}。", f"电话 {MASK}", "合同第 3 号", ""]


def test_what_waits_holds_no_number_of_a_person(tmp_path: Path) -> None:
    store = fill(tmp_path)
    made = content(row(1), row(2, evidence_uri=f"张某 {ONE}"), row(3, amount_cny="x", evidence_uri=ONE))
    staged = prepare(understand(made, "contract", name="f.csv"), store)
    kept = waiting.keep(store, staged, local_actor())
    assert kept is not None
    cells = waiting.rows_of(store, kept, "zh")["cells"].to_list()
    assert f"张某 {MASK}" in cells[0]
    assert {"x", MASK} <= set(cells[1])
    assert ONE not in "".join(cells[0] + cells[1])
