"""Find rows by a piece of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl


def search(frame: pl.DataFrame, wanted: str, codes: Mapping[str, Sequence[str]] | None = None) -> pl.DataFrame:
    """Rows with ``wanted`` in any text column, letter by letter, case ignored; ``codes``: column to further codes that are meant."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if not wanted.strip() or not texts:
        return frame
    needle = wanted.strip().lower()
    hits = [pl.col(name).str.to_lowercase().str.contains(needle, literal=True).fill_null(False) for name in texts]
    hits += [pl.col(name).is_in(list(meant)).fill_null(False) for name, meant in (codes or {}).items() if name in frame.columns]
    return frame.filter(pl.any_horizontal(hits))
