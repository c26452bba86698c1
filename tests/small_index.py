"""Small indices written out by hand, for tests of scoring and of what stands on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kcz_metrics.engines.values import DENOMINATORS, MEASURES, RAW, Values
from kcz_metrics.scheme.models import Index, Indicator, Method, Node, Scheme
from kcz_metrics.scoring import Scorecard, score

#: Unit → indicator → value. A string is a status without a value.
Cells = Mapping[str, Mapping[str, float | str | None]]


def method(name: str, **parameters: Any) -> Method:
    return Method(method=name, parameters=parameters)


def leaf(name: str, weight: float = 1.0) -> Node:
    return Node(id=name, weight=weight)


def pillar(name: str, *children: Node, weight: float = 1.0, **settings: Any) -> Node:
    return Node(id=name, weight=weight, children=children, **settings)


def values(
    periods: Mapping[str, Cells],
    *,
    columns: Mapping[str, Sequence[Any]] | None = None,
    denominators: Mapping[str, Mapping[str, float | None]] | None = None,
    measures: Mapping[str, Mapping[str, float | None]] | None = None,
) -> Values:
    """Values of every period. ``columns`` are columns of the units, in the order in which units first appear; ``denominators`` and
    ``measures`` hold in every period: name → unit → value."""
    rows, units = [], list(dict.fromkeys(unit for cells in periods.values() for unit in cells))
    for period, cells in periods.items():
        for unit, row in cells.items():
            for indicator, value in row.items():
                status = value if isinstance(value, str) else "missing" if value is None else "zero" if value == 0 else "ok"
                number = None if isinstance(value, str) else value
                rows.append({"unit": unit, "period": period, "indicator": indicator, "value": number, "n": 1.0, "status": status})

    def long(name: str, given: Mapping[str, Mapping[str, float | None]] | None, schema: Any) -> pl.DataFrame:
        return pl.DataFrame(
            [
                {"unit": unit, "period": period, name: key, "value": value, "n": 1.0}
                for key, of in (given or {}).items()
                for period in periods
                for unit, value in of.items()
            ],
            schema={**schema, "n": pl.Float64},
        ).select(list(schema))

    return Values(
        frame=pl.DataFrame(rows, schema_overrides={"value": pl.Float64}),
        units=pl.DataFrame({"unit": units, "name_zh": units, "name_en": units, **(columns or {})}),
        raw=pl.DataFrame(schema=RAW),
        measures=long("measure", measures, MEASURES),
        denominators=long("denominator", denominators, DENOMINATORS),
        source="by hand",
    )


def index(*children: Node, **settings: Any) -> Index:
    return Index(id="index", unit="city", tree=Node(id="index", children=children), **settings)


def scheme(of: Index, indicators: Mapping[str, Mapping[str, Any]] | None = None) -> Scheme:
    """Every leaf an indicator, upward unless ``indicators`` says otherwise."""
    made = {name: Indicator(column=name, **(indicators or {}).get(name, {})) for name in of.leaves}
    return Scheme(edition="test", indicators=made, indices={of.id: of})


def scored(
    cells: Cells, of: Index, indicators: Mapping[str, Mapping[str, Any]] | None = None, *, weights: Any = None, **given: Any
) -> Scorecard:
    """One period, 2022."""
    return score(values({"2022": cells}, **given), of, "2022", scheme(of, indicators), weights=weights)


def column(card: Scorecard, name: str, node: str | None = None) -> dict[str, Any]:
    """Unit → a column of ``scores`` at ``node``, the index by default."""
    rows = card.scores.filter(pl.col("node") == (node or card.index.id))
    return dict(rows.select("unit", name).iter_rows())


def cells(card: Scorecard, stage: str, indicator: str, name: str = "value") -> dict[str, Any]:
    """Unit → a column of a stage frame for one indicator."""
    rows = card.stage(stage).filter(pl.col("indicator") == indicator)
    return dict(rows.select("unit", name).iter_rows())
