"""Chinese texts compared by runs of two and three characters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kcz_metrics.matching.text import rarity, shared_words, similarity, texts_of, vectors


def compared(texts: list[str], asked: str, offered: list[str]) -> list[float]:
    found = texts_of([*texts, asked, *offered])
    rare = rarity(found, found.rows(texts))
    return [float(x) for x in similarity(found, found.rows([asked]), vectors(found, found.rows(offered), rare), rare)[0]]


def test_grams_are_runs_of_two_and_three_within_words() -> None:
    found = texts_of(["碳纤维，碳纤"])
    # 碳纤 twice, 纤维 once, 碳纤维 once; none across the comma
    assert sorted(found.counts.toarray()[0].tolist()) == [1.0, 1.0, 2.0]


def test_full_width_and_case_do_not_matter() -> None:
    assert texts_of(["ＡＩ芯片"]).grams.tolist() == texts_of(["ai芯片"]).grams.tolist()


def test_a_text_is_like_itself_and_unlike_another() -> None:
    found = compared(["碳纤维", "数字孪生", "种子"], "碳纤维", ["碳纤维", "数字孪生"])
    assert found == pytest.approx([1.0, 0.0])


def test_cosine_by_hand() -> None:
    # of three known texts 甲乙 stands in two, 乙丙 and 甲乙丙 in one: idf ln(4/3), ln(4/2), ln(4/2)
    found = compared(["甲乙丙", "甲乙", "丁戊"], "甲乙丙", ["甲乙"])
    common, rare = math.log(4 / 3), math.log(2)
    assert found[0] == pytest.approx(common / math.sqrt(common**2 + 2 * rare**2))


def test_what_stands_in_every_text_weighs_nothing() -> None:
    assert compared(["企业在碳纤维", "企业在数控"], "企业在良种", ["企业在数控"])[0] == pytest.approx(0.0)


def test_other_texts_change_only_rarity() -> None:
    with_more = texts_of(["碳纤维", "数字孪生", "良种选育与土壤"])
    without = texts_of(["碳纤维", "数字孪生"])
    known = np.array([0, 1])
    for a, b in ((0, 0), (0, 1)):
        left, right = (
            similarity(t, np.array([a]), vectors(t, np.array([b]), rarity(t, known)), rarity(t, known)) for t in (with_more, without)
        )
        assert left.tolist() == right.tolist()


def test_shared_words_are_the_longest_runs_in_both() -> None:
    assert shared_words("碳纤维良率提升", "碳纤维成型与良率") == ["碳纤维", "良率"]
    assert shared_words("甲乙", "丙丁") == []
