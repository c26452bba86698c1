"""Near-equal texts: character shingles as exact integers, MinHash to find candidates, the exact Jaccard coefficient to judge them.

Chinese has no spaces between words, so a shingle is a run of characters. MinHash: Broder, On the resemblance and containment of documents
(1997); banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, ch. 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

#: Hashes of a signature = BANDS × ROWS: a pair at Jaccard 0.85 shares no band with probability (1 − 0.85⁴)¹⁶ < 10⁻⁵.
BANDS: Final = 16
ROWS: Final = 4
_BITS: Final = 21  # a code point fits
_CHUNK: Final = 1 << 20
Words = NDArray[np.uint64]


def plain(column: pl.Expr, ignored: Sequence[str]) -> pl.Expr:
    """Lower case in one width, without bracketed remarks that are listed, and without blanks and punctuation."""
    text = column.fill_null("").str.normalize("NFKC").str.to_lowercase()
    if ignored:
        text = text.str.replace_all(r"[(\[【<《](?:" + "|".join(ignored) + r")[)\]】>》]", "")
    return text.str.replace_all(r"[^\p{L}\p{N}]", "")


def shingles(texts: pl.Series, length: int) -> pl.DataFrame:
    """``at, shingle``: the distinct shingles of each text, which stands at ``at``; a text shorter than ``length`` is one shingle, an empty
    one has none. ``length`` is at most 3, so that a shingle is an exact integer."""
    assert 1 <= length <= 3
    sizes = texts.str.len_chars().to_numpy().astype(np.int64)
    codes = np.frombuffer("".join(texts.to_list()).encode("utf-32-le"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), sizes)
    ends = np.cumsum(sizes)
    left = ends[owner] - np.arange(len(codes)) if len(codes) else np.empty(0, np.int64)  # characters from here to the text's end
    padded = np.concatenate([codes, np.zeros(length, np.uint64)])
    word = np.zeros(len(codes), np.uint64)
    for step in range(length):
        part = np.where(left > step, padded[step : step + len(codes)], 0).astype(np.uint64)
        word |= part << np.uint64(_BITS * step)
    starts = np.arange(len(codes)) == (ends - sizes)[owner] if len(codes) else np.empty(0, bool)
    whole = (left >= length) | (starts & (sizes[owner] < length)) if len(codes) else np.empty(0, bool)
    return pl.DataFrame({"at": owner[whole], "shingle": word[whole]}, schema={"at": pl.Int64, "shingle": pl.UInt64}).unique().sort("at")


def signatures(found: pl.DataFrame, n: int) -> Words:
    """MinHash signatures, (text, BANDS × ROWS); a text without shingles has the largest number everywhere."""
    rng = np.random.default_rng(20220101)  # any fixed draw: it decides which candidates are looked at, not which pairs are near
    times = rng.integers(1, 1 << 63, BANDS * ROWS, dtype=np.uint64) | np.uint64(1)
    plus = rng.integers(0, 1 << 63, BANDS * ROWS, dtype=np.uint64)
    signs = np.full((n, BANDS * ROWS), np.iinfo(np.uint64).max, np.uint64)
    at, word = found["at"].to_numpy(), _scattered(found["shingle"].to_numpy())
    first = np.flatnonzero(np.diff(at, prepend=-1))
    if not len(first):
        return signs
    edges = [*range(0, len(first), max(1, _CHUNK // 32)), len(first)]
    for begin, end in pairwise(edges):
        low, high = first[begin], first[end] if end < len(first) else len(word)
        part, places = word[low:high], first[begin:end] - low
        for k in range(BANDS * ROWS):
            mixed = (part * times[k] + plus[k]) >> np.uint64(20)
            signs[at[first[begin:end]], k] = np.minimum.reduceat(mixed, places)
    return signs


def _scattered(word: Words) -> Words:
    """A fixed mixing of bits (splitmix64), so that neighbouring code points lie far apart."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def near(texts: pl.DataFrame, similarity: float, length: int) -> pl.DataFrame:
    """``a, b, similarity`` of the pairs of rows of one block, a before b, whose Jaccard coefficient is at least ``similarity``.

    ``texts``: ``block, text``, both distinct together; a and b are row numbers.
    """
    found = shingles(texts["text"], length)
    signs = signatures(found, texts.height)
    base = texts.select("block").with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    parts = []
    for band in range(BANDS):
        bucket = _scattered(np.bitwise_xor.reduce(signs[:, band * ROWS : (band + 1) * ROWS] * _ODD, axis=1))
        keyed = base.with_columns(bucket=pl.Series(bucket)).filter(pl.len().over("block", "bucket") > 1)
        pairs = keyed.join(keyed, on=["block", "bucket"], suffix="_other").filter(pl.col("row") < pl.col("row_other"))
        parts.append(pairs.select(a="row", b="row_other"))
    candidates = pl.concat(parts).unique().sort("a", "b")
    lists = found.group_by("at", maintain_order=True).agg("shingle")
    both = candidates.join(lists, left_on="a", right_on="at").join(lists, left_on="b", right_on="at", suffix="_b")
    shared = pl.col("shingle").list.set_intersection("shingle_b").list.len().cast(pl.Float64)
    union = pl.col("shingle").list.len() + pl.col("shingle_b").list.len() - shared
    judged = both.select("a", "b", similarity=shared / union)
    return judged.filter(pl.col("similarity") >= similarity).sort("a", "b")


_ODD: Any = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64)
