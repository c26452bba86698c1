"""A cell that gives its unit is taken in it; the numbers beside it are asked for; a column without a heading is asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus.case import HEAD, content, row
from corpus.cell_units import WAN, YUAN, amounts, formatted
from corpus_running import fill

from kcz_metrics.records import Corrections, Staged, prepare, understand
from kcz_metrics.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return fill(tmp_path_factory.mktemp("units"))


def staged(made: bytes, store: Store, said: Corrections | None = None) -> Staged:
    return prepare(understand(made, "contract", name="f", corrections=said), store)


@pytest.mark.parametrize(
    "made, said, taken",
    [
        (amounts("35万元", "0.0036亿元", "370000元"), None, [350_000, 360_000, 370_000]),
        (amounts("35.1万", "360000"), YUAN, [351_000, 360_000]),
        (amounts("35万元", "36", "370000元"), WAN, [350_000, 360_000, 370_000]),
        (formatted((35, '0"万元"'), (360_000, "0")), YUAN, [350_000, 360_000]),
        (formatted((35, '0"万元"'), (360_000, '0!.0,"万元"')), YUAN, [350_000, 360_000]),
    ],
)
def test_every_cell_in_its_own_unit(made: bytes, said: Corrections | None, taken: list[int], store: Store) -> None:
    assert staged(made, store, said).good["amount_cny"].to_list() == taken


def test_the_word_names_how_many_and_the_first(store: Store) -> None:
    found = staged(amounts("360000元", "35万元", "34万元"), store).warnings[0]
    assert found.render("zh").startswith("f amount_cny: amount_cny 有 2 格自己写明了单位，按写明的换算，第一个在第 3 行：35万元")


def test_bare_numbers_beside_them_are_asked_for_once() -> None:
    understood = understand(amounts("35万元", "360000", "370000"), "contract", name="f.csv")
    assert [(issue.code, issue.subject) for issue in understood.issues] == [("unit_mixed", "amount_cny")]
    reading = understood.reading("amount_cny")
    assert reading is not None
    assert (reading.by, reading.cells) == (None, ("万元",))


def test_a_column_without_a_heading_is_asked_for_once_and_remembered(store: Store, tmp_path: Path) -> None:
    made = content(*([str(n), *row(n)] for n in (1, 2, 3)), head=["", *HEAD])
    asked = understand(made, "contract", name="f.csv")
    assert [(issue.code, issue.subject) for issue in asked.issues] == [("heading_absent", ":A")]
    assert "A 列没有表头，却有 3 行写了内容" in asked.issues[0].render("zh")
    own = fill(tmp_path)
    from kcz_metrics.records import commit

    commit(prepare(asked, own, corrections=Corrections(columns={"A": None})), own, "li")
    again = understand(made.replace(b"CT0", b"CT1"), "contract", name="g.csv", home=own.home)
    assert not again.issues
    assert again.readings[0].how == "left_out"


def test_rejected_rows_with_a_cell_beyond_keep_their_way_back(store: Store) -> None:
    back = content(["2", "amount_cny", "x", *row(1), "核对"], head=["row", "column", "rule", *HEAD, ""])
    assert staged(back, store).rejected == 1
