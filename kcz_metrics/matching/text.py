"""How much two Chinese texts have in common: runs of two and three characters, weighted by how rare they are.

Cosine of tf-idf vectors over character n-grams: tf = 1 + ln(count), idf = ln((1 + N) / (1 + df)), so that what stands in every text
(企业在……方面遇到) weighs nothing. Needs no word list. Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval, ch. 6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
SIZES = (2, 3)
_BREAK = re.compile(r"[\W_]+")
_BITS = 21  # a code point has at most 21 bits, so three fit into 63


@dataclass(frozen=True)
class Texts:
    """Different texts with the n-grams of each. ``row`` gives the row of a text; ``counts`` is text × n-gram."""

    texts: tuple[str, ...]
    counts: sp.csr_array
    grams: NDArray[np.int64]

    @cached_property
    def row(self) -> dict[str, int]:
        return {text: i for i, text in enumerate(self.texts)}

    def rows(self, texts: Sequence[str]) -> NDArray[np.int64]:
        return np.fromiter((self.row[t] for t in texts), dtype=np.int64, count=len(texts))

    @cached_property
    def present(self) -> sp.csr_array:
        here = self.counts.copy()
        here.data = np.ones_like(here.data)
        return here


def normal(text: str) -> str:
    """Full-width forms made plain, lower case, everything but letters, digits and characters made a break."""
    return _BREAK.sub("\0", unicodedata.normalize("NFKC", text).lower())


def texts_of(texts: Sequence[str]) -> Texts:
    """The n-grams of each different text. What one text holds does not depend on the others."""
    different = tuple(dict.fromkeys(texts))
    plain = [normal(t) + "\0" for t in different]
    codes = np.frombuffer("".join(plain).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    lengths = np.array([len(t) for t in plain], dtype=np.int64)
    owner = np.repeat(np.arange(len(different)), lengths)
    grams, owners = [], []
    for size in SIZES:
        last = max(len(codes) - size + 1, 0)
        whole = np.zeros(last, dtype=np.int64)
        inside = np.ones(last, dtype=bool)
        for k in range(size):
            part = codes[k : k + last]
            whole = (whole << _BITS) | part
            inside &= part > 0
        grams.append(whole[inside])
        owners.append(owner[:last][inside])
    found, column = np.unique(np.concatenate(grams), return_inverse=True)
    shape = (len(different), len(found))
    counts = sp.coo_array((np.ones(len(column)), (np.concatenate(owners), column)), shape=shape).tocsr()
    return Texts(different, counts, found)


def characters(gram: int) -> str:
    """The characters of an n-gram as :class:`Texts` holds it."""
    codes = [(int(gram) >> (_BITS * k)) & ((1 << _BITS) - 1) for k in reversed(range(max(SIZES)))]
    return "".join(map(chr, filter(None, codes)))


def rarity(texts: Texts, known: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """idf of every n-gram over the texts at the rows ``known``, repeats counted."""
    weight = np.bincount(known, minlength=len(texts.texts)).astype(np.float64)
    return np.asarray(np.log((1.0 + weight.sum()) / (1.0 + weight @ texts.present)))


def vectors(texts: Texts, rows: NDArray[np.int64], rare: Floats) -> sp.csr_array:
    """tf-idf of the texts at ``rows``, each of length 1; a text without a telling n-gram is zero throughout."""
    chosen = texts.counts[rows]
    chosen.data = (1.0 + np.log(chosen.data)) * rare[chosen.indices]
    length = np.sqrt(np.asarray(chosen.multiply(chosen).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    chosen.data *= np.repeat(scale, np.diff(chosen.indptr))
    return chosen


def similarity(texts: Texts, asked: NDArray[np.int64], offered: sp.csr_array, rare: Floats) -> NDArray[np.float64]:
    """Cosine of every text at ``asked`` with every one of the ``offered`` :func:`vectors`, 0 to 1."""
    different, place = np.unique(asked, return_inverse=True)
    cosine = (vectors(texts, different, rare) @ offered.T).toarray()
    return np.asarray(np.clip(cosine, 0.0, 1.0)[place])


def shared_words(first: str, second: str, most: int = 3) -> list[str]:
    """The longest runs of two or more characters that stand in both texts, for the sentence that says why."""
    left, right = normal(first), normal(second)
    runs: dict[str, None] = {}
    for i in range(len(left)):
        j = i + 2
        while j <= len(left) and "\0" not in left[i:j] and left[i:j] in right:
            j += 1
        if j - 1 >= i + 2:
            runs[left[i : j - 1]] = None
    longest = sorted(runs, key=len, reverse=True)
    kept: list[str] = []
    for run in longest:
        if not any(run in other for other in kept):
            kept.append(run)
    return kept[:most]
