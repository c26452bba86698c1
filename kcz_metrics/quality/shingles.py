"""Near-equal texts: character shingles as exact integers, their rarest to find candidates, the exact Jaccard coefficient to judge them.

Chinese has no spaces between words, so a shingle is a run of characters. That no pair at or above the threshold is passed over follows from
the prefixes: Chaudhuri, Ganti, Kaushik, A primitive operator for similarity joins in data cleaning (2006); Bayardo, Ma, Srikant, Scaling up
all pairs similarity search (2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

_BITS: Final = 21  # a code point fits
#: By how much a product of a share may be off: a share of 0.7 of ten is seven.
_TOUCH: Final = 1e-9
#: At most 2 to the power of this are the slots that shingles are counted in.
_SLOTS: Final = 24


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


def candidates(words: pl.DataFrame, similarity: float) -> pl.DataFrame:
    """``a, b`` of every pair of texts of one block, a before b, whose Jaccard coefficient may be ``similarity`` or more, and of few others.

    ``words``: ``block, at, shingle``. Two sets that have a share of ``similarity`` in common cannot differ in all of their first members,
    the rarest of the block first: in those that are left of n when all but one of the needed are put aside.
    """
    size = pl.len().over("at")
    ordered = words.with_columns(common=pl.Series(_common(words))).sort("at", "common", "shingle")
    first = (
        ordered.with_columns(size=size, place=pl.int_range(pl.len()).over("at"), spare=size - (size * similarity - _TOUCH).ceil())
        .filter((pl.col("place") <= pl.col("spare")) & (pl.col("common") > 1))
        .select("block", "shingle", "at", "size")
    )
    met = first.join(first, on=["block", "shingle"], suffix="_b").filter(
        (pl.col("at") < pl.col("at_b")) & (pl.min_horizontal("size", "size_b") >= pl.max_horizontal("size", "size_b") * similarity - _TOUCH)
    )
    return met.select(a="at", b="at_b").unique().sort("a", "b")


def _common(words: pl.DataFrame) -> NDArray[np.int64]:
    """How often a shingle stands in its block, or more often: what falls into one slot is counted together. The same number for the same
    shingle of a block is all that the order asks; it is once only where it is one."""
    bits = min(max(words.height.bit_length() + 2, 8), _SLOTS)
    mixed = _scattered(words["shingle"].to_numpy() ^ _scattered(words["block"].to_numpy().astype(np.uint64)))
    slot = (mixed >> np.uint64(64 - bits)).astype(np.int64)
    return np.asarray(np.bincount(slot, minlength=1 << bits)[slot])


def _scattered(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A fixed mixing of bits (splitmix64), so that neighbouring numbers lie far apart."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def near(texts: pl.DataFrame, similarity: float, length: int) -> pl.DataFrame:
    """``a, b, similarity`` of the pairs of rows of one block, a before b, whose Jaccard coefficient is at least ``similarity``, which is
    above 0.

    ``texts``: ``block, text``, both distinct together; a and b are row numbers.
    """
    found = shingles(texts["text"], length)
    pairs = candidates(found.with_columns(block=texts["block"].gather(found["at"])), similarity)
    lists = found.group_by("at", maintain_order=True).agg("shingle")
    both = pairs.join(lists, left_on="a", right_on="at").join(lists, left_on="b", right_on="at", suffix="_b")
    shared = pl.col("shingle").list.set_intersection("shingle_b").list.len().cast(pl.Float64)
    union = pl.col("shingle").list.len() + pl.col("shingle_b").list.len() - shared
    judged = both.select("a", "b", similarity=shared / union)
    return judged.filter(pl.col("similarity") >= similarity).sort("a", "b")
