"""The indices that are timed: invented ones of a given size, and ASEM where its data lie beside the project."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.engines.values import DENOMINATORS, MEASURES, RAW, Values
from kcz_metrics.methods import Array
from kcz_metrics.scheme.models import Denominate, Index, Indicator, Method, Node, Scheme, Screen

PERIOD: Final = "2018"
#: The data of the ASEM index (European Commission Joint Research Centre, through COINr) are part of the tests, not of the package.
ASEM: Final = Path("tests") / "published" / "oracles" / "asem"
Scored = tuple[Values, Index, str, Scheme]


def method(name: str, **parameters: Any) -> Method:
    return Method(method=name, parameters=parameters)


def invented(units: int, indicators: int = 40, pillars: int = 5) -> Scored:
    """Log-normal values in pillars of equal size, nothing missing."""
    x = np.random.default_rng(units).lognormal(0.0, 0.7, (units, indicators))
    names = [f"i{n:02d}" for n in range(indicators)]
    each = indicators // pillars
    children = [Node(id=f"p{k}", children=tuple(Node(id=n) for n in names[k * each : (k + 1) * each])) for k in range(pillars)]
    index = Index(id="index", unit="city", tree=Node(id="index", children=tuple(children)))
    scheme = Scheme(edition="bench", indicators={n: Indicator(column=n) for n in names}, indices={"index": index})
    ids = [f"U{u:05d}" for u in range(units)]
    return _values(ids, names, x, {}, {}), index, PERIOD, scheme


def asem(root: Path) -> Scored | None:
    """COINr's ASEM index as COINr builds it, 51 × 49 in 4 levels; None where its data are not there."""
    folder = root / ASEM
    if not folder.exists():
        return None
    meta, data = _records(folder / "input_iMeta.csv"), sorted(_records(folder / "input_iData.csv"), key=lambda row: row["uCode"])
    leaves = {row["iCode"]: row for row in meta if row["Type"] == "Indicator"}

    def tree(code: str) -> Node:
        own = next(row for row in meta if row["iCode"] == code)
        below = [row["iCode"] for row in meta if row["Parent"] == code and row["Type"] in ("Indicator", "Aggregate")]
        return Node(id=code, weight=_number(own["Weight"]), children=tuple(tree(child) for child in below))

    index = Index(
        id="Index",
        unit="unit",
        tree=tree("Index"),
        stages=("denominate", "impute", "screen", "treat", "normalise", "aggregate", "adjust", "rank"),
        screen=Screen(minimum_coverage=0.9, coverage_by="count"),
        impute=method("group_mean", by="EurAsia_group"),
        treat=method("winsorise", max_points=5, otherwise="log_ct"),
    )
    indicators = {
        name: Indicator(
            column=name,
            direction="up" if _number(row["Direction"]) > 0 else "down",
            denominate=Denominate(by=row["Denominator"]) if row["Denominator"] not in ("", "NA") else None,
        )
        for name, row in leaves.items()
    }
    names, ids = index.leaves, [row["uCode"] for row in data]
    divisors = [row["iCode"] for row in meta if row["Type"] == "Denominator"]
    groups = {row["iCode"]: [unit[row["iCode"]] for unit in data] for row in meta if row["Type"] == "Group"}
    x = np.array([[_number(unit[name]) for name in names] for unit in data])
    values = _values(ids, names, x, groups, {name: [_number(unit[name]) for unit in data] for name in divisors})
    return values, index, PERIOD, Scheme(edition="bench", indicators=indicators, indices={"Index": index})


def _records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def _values(
    units: Sequence[str], names: Sequence[str], x: Array, columns: Mapping[str, Sequence[str]], divisors: Mapping[str, Sequence[float]]
) -> Values:
    frame = pl.DataFrame(
        {
            "unit": np.repeat(units, len(names)),
            "period": [PERIOD] * x.size,
            "indicator": np.tile(names, len(units)),
            "value": pl.Series(x.ravel(), nan_to_null=True),
            "n": [1.0] * x.size,
            "status": np.where(np.isnan(x), "missing", np.where(x == 0, "zero", "ok")).ravel(),
        }
    )
    divided = [
        {"unit": unit, "period": PERIOD, "denominator": name, "value": value}
        for name, column in divisors.items()
        for unit, value in zip(units, column, strict=True)
    ]
    return Values(
        frame=frame,
        units=pl.DataFrame({"unit": list(units), "name_zh": list(units), "name_en": list(units), **columns}),
        raw=pl.DataFrame(schema=RAW),
        measures=pl.DataFrame(schema=MEASURES),
        denominators=pl.DataFrame(divided, schema=DENOMINATORS),
        source="bench",
    )
