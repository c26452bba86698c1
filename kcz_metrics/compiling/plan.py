"""From an index to the statements that work out its indicators: one scan a fact and key, then measures, then formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from kcz_metrics.compiling import assembly, sentences
from kcz_metrics.compiling.groups import grouped
from kcz_metrics.compiling.measures import ReadyMeasure, ready
from kcz_metrics.compiling.scan import PERIODS, scan
from kcz_metrics.compiling.statement import Statement, table
from kcz_metrics.compiling.successors import SUCCESSORS, by_period
from kcz_metrics.errors import CompileError, Issue, LanguageError, did_you_mean
from kcz_metrics.facts import FACTS, UNITS
from kcz_metrics.facts.pruning import columns_read, pruned
from kcz_metrics.language.formula import Formula, parse
from kcz_metrics.language.periods import Period, is_period, period, period_of, periods_between
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Index, Scheme


@dataclass(frozen=True)
class Plan:
    """What has to be run for an index. ``asked`` are the periods wanted; ``periods`` these and all that lie between or are read back to."""

    scheme: Scheme
    index: Index
    asked: tuple[Period, ...]
    periods: tuple[Period, ...]
    formulas: Mapping[str, Formula]
    measures: tuple[ReadyMeasure, ...]

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """In the order in which they run; the last gives the indicators."""
        facts = _facts_of(self.measures)
        return (
            Statement(assembly.UNITS_TABLE, assembly.units(self.index), sentences.units(self.index)),
            Statement(PERIODS, assembly.periods(self.periods), sentences.periods(self.periods)),
            *facts_in_tables(self.scheme, self.measures, self._read),
            *(Statement(name, query, sentences.scan(group)) for name, group, query in self._scans()),
            Statement(assembly.MEASURES_TABLE, assembly.measures(self.measures, self._made), sentences.measures(facts)),
            Statement(None, assembly.indicators(self.formulas), sentences.indicators(self.scheme, self.index, self.formulas)),
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """The record tables that the statements read."""
        return tables_of(self.index.unit, _facts_of(self.measures))

    @cached_property
    def _groups(self) -> dict[str, tuple[ReadyMeasure, ...]]:
        """The table that each scan makes, and its measures."""
        together: dict[tuple[str, str | None, bool], list[ReadyMeasure]] = {}
        for measure in self.measures:
            if not measure.grouped:
                together.setdefault((measure.fact.id, measure.key, by_period(measure)), []).append(measure)
        usual = self.index.unit
        named = {}
        for (fact, key, held), group in together.items():
            by = "" if key is None or key == FACTS[fact].units.get(usual) else f"_by_{key}"
            named[f"{fact}{by}{'_held' if held else ''}_measures"] = tuple(group)
        return named | {f"{m.fact.id}_{m.id}_measures": (m,) for m in self.measures if m.grouped}

    @property
    def _made(self) -> dict[str, str]:
        return {measure.id: name for name, group in self._groups.items() for measure in group}

    def _scans(self) -> Iterable[tuple[str, tuple[ReadyMeasure, ...], exp.Query]]:
        kept = kept_in_tables(self.measures)
        for name, group in self._groups.items():
            fact, query = group[0].fact.id, self._compiled[name].copy()
            if fact not in kept:
                made = exp.TableAlias(this=exp.to_identifier(f"{fact}_fact", quoted=True))
                source = exp.CTE(this=fact_query(self.scheme, fact, self._read[fact]), alias=made)
                query.set("with_", exp.With(expressions=[source, *query.ctes]))
            yield name, group, query

    @cached_property
    def _compiled(self) -> Mapping[str, exp.Query]:
        """The scans over the facts as tables."""
        groups = self._groups.items()
        return {name: (grouped(group[0], self.periods) if group[0].grouped else scan(group, self.periods)) for name, group in groups}

    @cached_property
    def _read(self) -> Mapping[str, frozenset[str]]:
        """The columns of each fact that a scan reads, or a fact that builds on it."""
        read: dict[str, frozenset[str]] = {}
        for name, group in self._groups.items():
            fact = group[0].fact.id
            read[fact] = read.get(fact, frozenset()) | columns_read(fact, self._compiled[name])
        for name in reversed(needed_facts(self.measures)):
            for base in FACTS[name].builds_on:
                read[base] = read.get(base, frozenset()) | columns_read(base, pruned(name, read[name]))
        return read | {SUCCESSORS: frozenset(FACTS[SUCCESSORS].columns)}


def plan(scheme: Scheme, index_id: str, periods: Sequence[str] | None = None) -> Plan:
    """The plan of an index for periods of one grain; without any, for one period as an example.

    Raises CompileError with every measure, formula or parameter that cannot be used.
    """
    index = scheme.indices.get(index_id)
    if index is None:
        hint = did_you_mean(index_id, list(scheme.indices))
        raise CompileError(Issue("unknown_index", T("没有指数“{name}”", name=index_id), subject="indices", hint=hint))
    if index.unit not in UNITS:
        known = T("{names}", names=", ".join(UNITS))
        raise CompileError(
            Issue(
                "unit",
                T("“{unit}”不是业务记录中的评价对象", unit=index.unit),
                subject=f"indices.{index_id}.unit",
                expected=known,
                hint=T("改用数据文件"),
            )
        )
    asked = tuple(sorted({period(p) for p in periods})) if periods else (_example(scheme, index),)
    formulas = _formulas(scheme, index)
    names = dict.fromkeys(name for formula in formulas.values() for name in formula.names)
    names |= dict.fromkeys(name for leaf in formulas for name in _side_measures(scheme, leaf))
    names |= dict.fromkeys(adjusting_measures(index))
    measures = ready(scheme, names, index.unit)
    back = max((formula.periods_back for formula in formulas.values()), default=0)
    span = periods_between(asked[0].previous(back) if back else asked[0], asked[-1])
    for fact in needed_facts(measures):
        FACTS[fact].query(scheme.parameters)  # parameters are checked before anything runs
    return Plan(scheme, index, asked, span, formulas, measures)


def facts_in_tables(scheme: Scheme, measures: Sequence[ReadyMeasure], read: Mapping[str, frozenset[str]]) -> tuple[Statement, ...]:
    """Facts that more than one statement reads are worked out once and kept, with the columns that are ``read``."""
    kept = kept_in_tables(measures)
    return tuple(
        Statement(f"{name}_fact", fact_query(scheme, name, read[name]), sentences.fact(FACTS[name]))
        for name in needed_facts(measures)
        if name in kept
    )


def fact_query(scheme: Scheme, name: str, wanted: frozenset[str] | None = None) -> exp.Query:
    """A fact's query with the ``wanted`` columns, or all, reading the facts it builds on from the tables they are kept in."""
    fact = FACTS[name]
    query = fact.query(scheme.parameters, wanted)
    for read in list(query.find_all(exp.Table)):
        if read.name in fact.builds_on:
            read.replace(table(f"{read.name}_fact", read.alias or read.name))
    return query


def needed_facts(measures: Iterable[ReadyMeasure]) -> tuple[str, ...]:
    """The measures' facts and those they build on, each after what it builds on."""
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        for base in FACTS[name].builds_on:
            visit(base)
        ordered[name] = None

    given = tuple(measures)
    if any(measure.succeeds for measure in given):
        visit(SUCCESSORS)
    for name in _facts_of(given):
        visit(name)
    return tuple(ordered)


def kept_in_tables(measures: Sequence[ReadyMeasure]) -> set[str]:
    bases = {base for name in needed_facts(measures) for base in FACTS[name].builds_on}
    passes: dict[str, set[object]] = {}
    for measure in measures:
        passes.setdefault(measure.fact.id, set()).add(measure.id if measure.grouped else (measure.key, by_period(measure)))
    taken_over = {SUCCESSORS} if any(measure.succeeds for measure in measures) else set()
    return bases | taken_over | {fact for fact, reads in passes.items() if len(reads) > 1}


def tables_of(unit: str, facts: Iterable[str]) -> tuple[str, ...]:
    """The record tables behind a kind of unit and facts, with those of the facts they build on."""
    names = dict.fromkeys(UNITS[unit].tables)

    def visit(name: str) -> None:
        names.update(dict.fromkeys(FACTS[name].tables))
        for base in FACTS[name].builds_on:
            visit(base)

    for name in facts:
        visit(name)
    return tuple(names)


def _facts_of(measures: Iterable[ReadyMeasure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.fact.id for m in measures))


def _formulas(scheme: Scheme, index: Index) -> dict[str, Formula]:
    formulas: dict[str, Formula] = {}
    issues: list[Issue] = []
    for leaf in index.leaves:
        indicator = scheme.indicators.get(leaf)
        at = f"indicators.{leaf}"
        if indicator is None:
            issues.append(
                Issue("unknown_indicator", T("没有指标“{name}”", name=leaf), subject=at, hint=did_you_mean(leaf, list(scheme.indicators)))
            )
        elif indicator.formula is None:
            issues.append(Issue("no_formula", T("指标“{name}”没有公式", name=leaf), subject=f"{at}.formula", hint=T("改用数据文件")))
        else:
            try:
                formulas[leaf] = parse(indicator.formula)
            except LanguageError as error:
                issues += error.issues
    if issues:
        raise CompileError(issues)
    return formulas


def _side_measures(scheme: Scheme, leaf: str) -> list[str]:
    """Measures that an indicator names outside its formula."""
    indicator = scheme.indicators[leaf]
    named = [
        indicator.minimum_n.of if indicator.minimum_n else None,
        indicator.shrink.n if indicator.shrink else None,
        indicator.denominate.by if indicator.denominate and indicator.denominate.by in scheme.measures else None,
    ]
    return [name for name in (*named, *indicator.beside) if name is not None]


def adjusting_measures(index: Index) -> list[str]:
    """Measures that the adjustments of the index read in the period itself."""
    named: list[str] = []
    for entry in index.adjust:
        if isinstance(entry.when.get("measure"), str):
            named.append(entry.when["measure"])
        if entry.formula is not None:
            named += parse(entry.formula).names
    return named


def _example(scheme: Scheme, index: Index) -> Period:
    year = period(scheme.edition).start if is_period(scheme.edition) else period("2022").start
    return period_of(year, index.periods.grain)
