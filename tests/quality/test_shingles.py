"""Near-equal texts: shingles counted by hand, pairs against the plain definition."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from kcz_metrics.quality.shingles import near, plain, shingles


def jaccard(a: str, b: str, k: int = 3) -> float:
    one, two = ({t[i : i + k] for i in range(max(len(t) - k + 1, 1))} if t else set() for t in (a, b))
    return len(one & two) / len(one | two) if one | two else 0.0


def texts(*pairs: tuple[int, str]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"block": pl.Int64, "text": pl.String}, orient="row")


def test_shingles_are_the_runs_of_characters_of_one_text() -> None:
    found = shingles(pl.Series(["需求需求需", "需", "", "abc"]), 3)
    assert found.group_by("at").len().sort("at").rows() == [(0, 2), (1, 1), (3, 1)]  # 需求需 and 求需求, each once; 需; abc


@pytest.mark.parametrize(
    "written, compared",
    [
        ("高温合金成果推介（更新）", "高温合金成果推介"),
        ("高温合金成果推介（二）", "高温合金成果推介二"),
        ("ＡＢＣ－12 号", "abc12号"),
        (None, ""),
    ],
)
def test_texts_are_compared_without_what_does_not_matter(written: str | None, compared: str) -> None:
    frame = pl.DataFrame({"t": [written]}, schema={"t": pl.String})
    assert frame.select(plain(pl.col("t"), ["更新"])).item() == compared


def test_pairs_are_those_of_the_definition() -> None:
    rng = np.random.default_rng(3)
    words = ["企业在", "方面遇到", "的难题", "希望", "专家", "合作", "攻关", "柔性电极", "路径优化"]
    made: list[str] = []
    for _ in range(60):
        text = "".join(words[i] for i in rng.integers(0, len(words), 14))
        cut = int(rng.integers(0, len(text)))
        made += [text, text[:cut] + text[cut + 1 :], text[: cut // 2] + "新" + text[cut // 2 :]]
    frame = texts(*((0, text) for text in dict.fromkeys(made)))
    found = {(a, b): s for a, b, s in near(frame, 0.85, 3).iter_rows()}
    values = frame["text"].to_list()
    wanted = {(i, j): s for i, j in combinations(range(len(values)), 2) if (s := jaccard(values[i], values[j])) >= 0.85}
    assert len(wanted) > 60
    assert found == pytest.approx(wanted)


def test_only_texts_of_one_block_are_compared_and_none_without_letters() -> None:
    assert near(texts((1, "柔性电极降本替代"), (2, "柔性电极降本替代"), (1, ""), (2, "")), 0.85, 3).is_empty()


@pytest.mark.long
def test_a_hundred_thousand_different_texts_take_seconds() -> None:
    rng = np.random.default_rng(5)
    letters = np.array([chr(0x4E00 + i) for i in range(900)])
    grid = letters[rng.integers(0, 900, (60_000, 40))]
    twin = grid[:50_000].copy()
    twin[:, 20] = "新"
    frame = texts(*((i % 5_000, "".join(row)) for part in (grid, twin) for i, row in enumerate(part)))
    started = time.perf_counter()
    found = near(frame, 0.8, 3)
    assert time.perf_counter() - started < 60
    assert found.height >= 49_990
