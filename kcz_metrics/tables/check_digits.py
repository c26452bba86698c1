"""The last sign of a unified social credit code, which follows from the others (GB 32100)."""

from __future__ import annotations

import polars as pl

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18


def credit_code_holds(column: str) -> pl.Expr:
    """Whether the signs, weighed with powers of 3, come to a multiple of 31; null where the code is null or of another length.

    >>> pl.DataFrame({"uscc": ["91350100M000100Y43", "91350100M000100Y44", None]}).select(credit_code_holds("uscc"))["uscc"].to_list()
    [True, False, None]
    """
    code = pl.col(column)
    weights = [*(pow(3, place, len(_SIGNS)) for place in range(_LENGTH - 1)), 1]
    values = (
        code.str.slice(place, 1).replace_strict(list(_SIGNS), range(len(_SIGNS)), default=None, return_dtype=pl.Int32) * weight
        for place, weight in enumerate(weights)
    )
    return pl.when(code.str.len_chars() == _LENGTH).then(pl.sum_horizontal(values) % len(_SIGNS) == 0).alias(column)
