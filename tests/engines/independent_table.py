"""``python tests/engines/independent_table.py [YEAR ...]``: each indicator on the shipped sample, from the facts and a second time in plain
polars: units it applies to, values, coverage, and the largest relative difference between the two."""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import polars as pl
from independent import SECOND
from independent.ground import SAMPLE, Year


def difference(a: float | None, b: float | None) -> float:
    """Relative to the larger; nothing against nothing is none, and next to zero (1e-9) counts as zero."""
    if a is None or b is None:
        return 0.0 if a is b else math.inf
    largest = max(abs(a), abs(b))
    return abs(a - b) / largest if largest > 1e-9 else 0.0


def same(a: float | None, b: float | None) -> bool:
    return difference(a, b) <= 1e-9


def table(years: list[int]) -> pl.DataFrame:
    """``indicator, year, name, index, units, values, coverage, difference``, a row an indicator and year."""
    from kcz_metrics.engines.duckdb import values
    from kcz_metrics.records.sample import fill, read_sample
    from kcz_metrics.scheme import load_scheme
    from kcz_metrics.store import Store

    scheme = load_scheme(SAMPLE.parents[1] / "indicators.yaml")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        fill(Store.open(Path(folder)), read_sample(SAMPLE))
        stored = Store.open(Path(folder)).snapshot()
        for index in dict.fromkeys(index for index, _ in SECOND.values()):
            frame = values(stored, scheme, index, [str(year) for year in years]).frame
            for indicator, (at, compute) in SECOND.items():
                for year in years if at == index else ():
                    part = frame.filter(indicator=indicator, period=str(year))
                    found = dict(part.select("unit", "value").iter_rows())
                    second = compute(Year(year), list(found))
                    applies = part.filter(pl.col("status") != "not_applicable").height
                    known = part["value"].drop_nulls().len()
                    worst = max(difference(value, second.get(unit)) for unit, value in found.items())
                    name = scheme.indicators[indicator].name
                    rows.append((indicator, year, name.en if name else "", index, applies, known, known / applies, worst))
    names = ["indicator", "year", "name", "index", "units", "values", "coverage", "difference"]
    return pl.DataFrame(rows, schema=names, orient="row")


if __name__ == "__main__":
    found = table([int(year) for year in sys.argv[1:]] or [2022])
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=60, tbl_width_chars=160):
        print(found)
    agree = found.filter(pl.col("difference") <= 1e-9)
    print(f"{agree.height} of {found.height} agree to 1e-9; {found['values'].sum()} values")
    print(f"largest difference {found['difference'].max():.1e}")
    sys.exit(agree.height < found.height)
