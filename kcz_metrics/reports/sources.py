"""Where an indicator comes from: its places in the indices, its measures in words and in SQL, the record tables behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kcz_metrics.compiling.measures import ReadyMeasure, ready
from kcz_metrics.compiling.plan import tables_of
from kcz_metrics.compiling.scan import columns, where_of
from kcz_metrics.compiling.sentences import said
from kcz_metrics.facts import FACTS, UNITS
from kcz_metrics.language.formula import parse
from kcz_metrics.locales import Language
from kcz_metrics.scheme.models import Indicator, Node, Scheme
from kcz_metrics.tables import TABLES
from kcz_metrics.tables.labels import Label


@dataclass(frozen=True, slots=True)
class Place:
    """An indicator in an index: the node above it and its share of the whole by the weights of the scheme."""

    index: str
    parent: Node
    weight: float
    share: float


def places(scheme: Scheme, indicator: str) -> tuple[Place, ...]:
    """In the order of the file; empty where no index holds it."""
    found = []
    for name, index in scheme.indices.items():
        shares = {index.tree.id: 1.0}
        for node in index.tree.walk():
            whole = sum(child.weight for child in node.children) or 1.0
            shares |= {child.id: shares[node.id] * child.weight / whole for child in node.children}
            found += [Place(name, node, child.weight, shares[child.id]) for child in node.children if child.id == indicator]
    return tuple(found)


def unit_of(scheme: Scheme, indicator: str) -> str | None:
    """The kind of unit of the first index that holds the indicator."""
    held = places(scheme, indicator)
    return scheme.indices[held[0].index].unit if held else None


def measures(scheme: Scheme, indicator: str) -> tuple[ReadyMeasure, ...]:
    """The measures of the formula, made ready for the kind of unit; empty without a formula or an index. Raises CompileError."""
    one, unit = scheme.indicators[indicator], unit_of(scheme, indicator)
    return () if one.formula is None or unit is None or unit not in UNITS else ready(scheme, parse(one.formula).names, unit)


def in_words(measure: ReadyMeasure, lang: Language) -> str:
    """What the measure works out, over which rows."""
    return said(measure, lang)


def in_sql(measure: ReadyMeasure) -> str:
    """The measure's aggregate over its fact, without the window and the grouping."""
    aggregate = columns(measure, where_of(measure))[0].this
    return str(aggregate.sql(dialect="duckdb"))


def formula_in_words(scheme: Scheme, indicator: Indicator, lang: Language) -> str:
    """The formula with the names of its measures; empty where the value is a column of a file."""
    if indicator.formula is None:
        return ""
    labels = {name: measure.name.in_(lang) if measure.name else name for name, measure in scheme.measures.items()}
    return parse(indicator.formula).sentence(labels, lang)


def tables(scheme: Scheme, indicator: str) -> Mapping[str, Label]:
    """The record and reference tables that the measures read, with their labels, those of the unit itself aside."""
    return {name: TABLES[name].label for name in _tables(tuple(dict.fromkeys(m.fact.id for m in measures(scheme, indicator))))}


@cache
def _tables(facts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in tables_of("programme", facts) if name in TABLES)


def facts(scheme: Scheme, indicator: str) -> Sequence[str]:
    """The facts of the measures, without those they build on."""
    return list(dict.fromkeys(m.fact.id for m in measures(scheme, indicator)))


def searchable(scheme: Scheme, indicator: str) -> str:
    """All that can be searched of an indicator, in both languages and lower case: id, names, definition, safeguard, owner, formula,
    measures, facts and tables, the places in the indices."""
    one = scheme.indicators[indicator]
    texts: list[object] = [indicator, one.formula, one.unit, one.name, one.definition, one.safeguard, one.owner]
    for place in places(scheme, indicator):
        texts += [place.index, scheme.indices[place.index].name, place.parent.id, place.parent.name]
    for measure in measures(scheme, indicator):
        texts += [measure.id, measure.measure.name, measure.fact.id, FACTS[measure.fact.id].label]
    for name, label in tables(scheme, indicator).items():
        texts += [name, label]
    words = [part for text in texts if text is not None for part in _both(text)]
    return " ".join(words).lower()


def _both(text: object) -> tuple[str, ...]:
    return (text.zh, text.en) if hasattr(text, "zh") and hasattr(text, "en") else (str(text),)
