"""Numbers that belong to a person and must not be stored (R8): citizens' identity numbers and mobile telephones, however they are spaced.

The eighteen digits of GB 11643: a region, a birthday, three digits of order and a check sign by ISO 7064, MOD 11-2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

#: What people and word processors put between the digits: blanks of any kind, marks that do not show, hyphens and points.
_BETWEEN = "[\\s\u00a0\u00ad\u200b-\u200f\u2007\u2010-\u2015\u202a-\u202f\u2060-\u2064\u2212\u3000\ufeff._·•-]"
_GAP = f"{_BETWEEN}{{0,3}}"
_REGION = (("1", "1-5"), ("2", "1-3"), ("3", "1-7"), ("4", "1-6"), ("5", "0-4"), ("6", "1-5"), ("8", "1-3"), ("7", "1"), ("9", "1"))


def _spaced(*signs: str) -> str:
    return _GAP.join(signs)


_REGIONS = "(?:" + "|".join(_spaced(first, f"[{second}]") for first, second in _REGION) + ")"
_YEAR = "(?:" + "|".join((_spaced("1", "9"), _spaced("2", "0"))) + ")"
_MONTH = "(?:" + "|".join((_spaced("0", "[1-9]"), _spaced("1", "[0-2]"))) + ")"
_DAY = "(?:" + "|".join((_spaced("0", "[1-9]"), _spaced("[12]", "[0-9]"), _spaced("3", "[01]"))) + ")"
_DIGIT = "[0-9]"
#: A birthday inside eighteen digits, as a citizen's number has it.
IDENTITY = (
    "(?:^|[^0-9])(" + _spaced(_REGIONS, *[_DIGIT] * 4, _YEAR, *[_DIGIT] * 2, _MONTH, _DAY, *[_DIGIT] * 3, "[0-9Xx]") + ")(?:[^0-9A-Za-z]|$)"
)
#: The fifteen digits that were given out until 1999, only where the text says what they are: serial numbers have as many.
_OLD = (
    "(?:身份证|公民身份|ID ?card|identity)[^0-9]{0,12}(" + _spaced(_REGIONS, *[_DIGIT] * 6, _MONTH, _DAY, *[_DIGIT] * 3) + ")(?:[^0-9]|$)"
)
#: A mobile number by itself or among words; inside a longer code or an address of the net the same digits mean something else.
_MOBILE = (
    "(?:^|[^0-9A-Za-z_/=.%#?&+-])(?:" + r"\(?(?:\+|00)?86\)?" + _GAP + ")?"
    "(1" + _GAP + "[3-9]" + f"(?:{_GAP}[0-9]){{9}})"
    r"(?:[^0-9A-Za-z_/=.%-]|\.?$|[.,-][^0-9A-Za-z])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_WIDE = MappingProxyType(dict(zip("０１２３４５６７８９Ｘｘ＋（）－", "0123456789Xx+()-", strict=True)))
_LEAST = 11  # bytes below which a text holds no such number

#: what stands for such a number in rows that wait to be mended
MASK = "〔略〕"

IDENTITY_NUMBER, MOBILE_NUMBER = "identity", "mobile"


def numbers(text: pl.Series, *, is_code: bool = False, is_free: bool = True) -> Mapping[str, pl.Series]:
    """Of each text whether it holds a number of the kind. ``is_code``: codes of bodies and papers, where eighteen digits are somebody's
    only if their check sign is right too. ``is_free``: free text, where eleven digits may be a telephone."""
    none = pl.repeat(False, text.len(), dtype=pl.Boolean, eager=True)
    found = {IDENTITY_NUMBER: none, MOBILE_NUMBER: none}
    # Nearly all texts are short codes; only what is long enough, and has the digits, is looked at closely.
    long = text.str.len_bytes() >= _LEAST
    if not long.any():
        return found
    places = text.is_not_null() & long.fill_null(False)
    looked = text.filter(places).unique(maintain_order=True)
    looked = looked.filter(looked.str.count_matches("[0-9０-９]") >= _LEAST)
    if looked.is_empty():
        return found
    narrow = looked.to_frame("text").select(pl.col("text").str.replace_many(dict(_WIDE))).to_series()
    of_persons = (narrow.str.contains(IDENTITY) | narrow.str.contains(_OLD)) if not is_code else _with_right_sign(narrow)
    kinds = {IDENTITY_NUMBER: of_persons}
    if is_free and not is_code:
        kinds[MOBILE_NUMBER] = narrow.str.contains(_MOBILE)
    for kind, seen in kinds.items():
        if seen.any():
            of = looked.filter(seen).alias("text").to_frame().with_columns(seen=True)
            found[kind] = text.alias("text").to_frame().join(of, on="text", how="left", maintain_order="left")["seen"].fill_null(False)
    return found


def _with_right_sign(narrow: pl.Series) -> pl.Series:
    whole = narrow.str.extract(IDENTITY, 1).str.replace_all(_BETWEEN, "")
    return whole.map_elements(is_valid, return_dtype=pl.Boolean).fill_null(False)


def is_valid(number: str) -> bool:
    """Whether the check sign of eighteen digits is right.

    >>> is_valid("11010519491231002X"), is_valid("110105194912310021")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == number[17].upper()


def masked(text: pl.Series, *, is_found: bool = True) -> pl.Series:
    """The texts with every such number put out; where the row was not handed back for one (``is_found`` is False) only identity numbers
    whose check sign is right, for codes have as many digits."""
    seen = numbers(text, is_code=not is_found)
    any_of = seen[IDENTITY_NUMBER] | seen[MOBILE_NUMBER]
    if not any_of.any():
        return text
    patterns = (IDENTITY, _OLD, _MOBILE) if is_found else (IDENTITY,)

    def put_out(words: str) -> str:
        for pattern in patterns:
            words = re.sub(pattern, lambda found: found[0].replace(found[1], MASK), words)
        return words

    narrow = text.to_frame("text").select(pl.col("text").str.replace_many(dict(_WIDE))).to_series()
    return pl.select(pl.when(any_of).then(narrow.map_elements(put_out, return_dtype=pl.String)).otherwise(text)).to_series()
