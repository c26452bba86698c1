"""Near-equal texts: shingles counted by hand, pairs against the plain definition."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from kcz_metrics.quality.shingles import near, plain, shingles
from kcz_metrics.store import Store


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


@pytest.mark.parametrize("similarity", [0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 1.0])
def test_pairs_are_those_of_the_definition(similarity: float) -> None:
    rng = np.random.default_rng(3)
    words = ["企业在", "方面遇到", "的难题", "希望", "专家", "合作", "攻关", "柔性电极", "路径优化"]
    made: list[str] = []
    for _ in range(40):
        text = "".join(words[i] for i in rng.integers(0, len(words), 14))
        cut = int(rng.integers(0, len(text)))
        made += [text, text[:cut] + text[cut + 1 :], text[: cut // 2] + "新" + text[cut // 2 :]]
    frame = texts(*((0, text) for text in dict.fromkeys(made)))
    found = {(a, b): s for a, b, s in near(frame, similarity, 3).iter_rows()}
    wanted = every_pair(frame["text"].to_list(), similarity)
    assert wanted or similarity == 1.0
    assert found == pytest.approx(wanted)


def every_pair(values: list[str], similarity: float) -> dict[tuple[int, int], float]:
    """By the definition: no pair is left out beforehand."""
    sets = [{t[i : i + 3] for i in range(max(len(t) - 2, 1))} if t else set() for t in values]
    shares = ((i, j, len(sets[i] & sets[j]), len(sets[i] | sets[j])) for i, j in combinations(range(len(values)), 2))
    return {(i, j): shared / whole for i, j, shared, whole in shares if whole and shared / whole >= similarity}


@pytest.mark.parametrize("shared, alone, similarity", [(3, 2, 0.6), (7, 3, 0.7), (4, 1, 0.8), (9, 1, 0.9), (7, 13, 0.35)])
def test_a_pair_at_the_threshold_itself_is_found(shared: int, alone: int, similarity: float) -> None:
    common = "".join(chr(0x4E00 + i) for i in range(shared + 2))  # so many shingles
    longer = common + "".join(chr(0x5E00 + i) for i in range(alone))
    assert near(texts((1, common), (1, longer)), similarity, 3).rows() == [(0, 1, shared / (shared + alone))]


@pytest.mark.long
@pytest.mark.parametrize("table, same, text", [("need", "enterprise_id", "text"), ("resource", "entered_by_org_id", "title")])
def test_no_pair_of_the_sample_is_passed_over(sample_store: Store, table: str, same: str, text: str) -> None:
    rows = (
        sample_store.snapshot().read(table).select(pl.col(same).rank("dense").cast(pl.Int64).alias("block"), text=plain(pl.col(text), []))
    )
    frame = rows.drop_nulls().unique(maintain_order=True)
    blocks = [(b["row"].to_list(), b["text"].to_list()) for b in frame.with_row_index("row").partition_by("block")]
    pairs = {(at[i], at[j]): share for at, values in blocks for (i, j), share in every_pair(values, 0.6).items()}
    assert pairs
    for similarity in (0.6, 0.7, 0.8, 0.9):
        found = {(a, b) for a, b, _ in near(frame, similarity, 3).iter_rows()}
        assert found == {pair for pair, share in pairs.items() if share >= similarity}


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
