"""The scans that the measures of one index or of several need: each fact once, each key of a fact once, and when a fact is read no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sqlglot import exp

from kcz_metrics.compiling import asked, own_counts, repeated, sentences, valid_rows
from kcz_metrics.compiling.groups import grouped
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.scan import rows_of_all, scan
from kcz_metrics.compiling.statement import Statement, table
from kcz_metrics.compiling.successors import SUCCESSORS, by_period
from kcz_metrics.facts import FACTS
from kcz_metrics.facts.pruning import columns_read, pruned
from kcz_metrics.language.periods import Period
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.tables import TABLES

#: How often the records behind a fact of plain columns are read rather than kept a second time.
_READ_AGAIN: Final = 3


@dataclass(frozen=True)
class Block:
    """What is done for one fact. ``done`` are the facts' tables that no later block reads."""

    fact: str
    statements: tuple[Statement, ...]
    done: tuple[str, ...]


@dataclass(frozen=True)
class Scans:
    """``usual`` is the kind of unit whose key needs no mention in a table's name: that of the index, where there is but one."""

    scheme: Scheme
    measures: tuple[ReadyMeasure, ...]
    periods: tuple[Period, ...]
    usual: str | None

    @cached_property
    def facts(self) -> tuple[Statement, ...]:
        """Facts that more than one statement reads are worked out once and kept, with the columns that are read."""
        return tuple(self._fact(name) for name in self._needed if name in self._kept)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(Statement(name, query, sentences.scan(group)) for name, group, query in self._scans())

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The same statements fact by fact, each after those it builds on, so that a fact's table can go as soon as it has been read."""
        needed = self._needed
        by_fact: dict[str, list[Statement]] = {name: [self._fact(name)] if name in self._kept else [] for name in needed}
        for statement, group in zip(self.statements, self._groups.values(), strict=True):
            by_fact[group[0].fact.id].append(statement)
        last: dict[str, str] = {}
        for name in needed:
            runs = self._runs_with(name)
            taken_over = any(measure.succeeds for measure in self.measures if measure.fact.id == name)
            for read in (name, *self._bases[name], *((SUCCESSORS,) if taken_over else ())):
                last[read] = max(last.get(read, runs), runs, key=needed.index)
        read_last = {f"{fact}_fact": reader for fact, reader in last.items() if fact in self._kept}
        return tuple(
            Block(name, tuple(statements), tuple(t for t, reader in read_last.items() if reader == name))
            for name, statements in by_fact.items()
            if statements
        )

    def _runs_with(self, name: str) -> str:
        """The fact among whose statements this one is worked out: itself, but where its only reader is another fact."""
        if name in self._kept or any(group[0].fact.id == name for group in self._groups.values()):
            return name
        return self._runs_with(next(reader for reader, bases in self._bases.items() if name in bases))

    def made(self, measures: Iterable[ReadyMeasure]) -> dict[str, str]:
        """The table in which each of these measures is worked out."""
        where = {_same(measure): name for name, group in self._groups.items() for measure in group}
        return {measure.id: where[_same(measure)] for measure in measures}

    @cached_property
    def _kept(self) -> set[str]:
        """Facts that are read more than once, and those that a recursion finds: of these no plan can tell how many rows they have."""
        readers = Counter(group[0].fact.id for group in self._groups.values())
        for name in self._needed:
            readers.update(source.name for source in pruned(name, self._read[name]).find_all(exp.Table) if source.name in self._bases[name])
        most = {name: _READ_AGAIN if _is_plain(pruned(name, self._read[name])) else 1 for name in self._needed}
        return {name for name in self._needed if readers[name] > most[name] or FACTS[name].recursive}

    @cached_property
    def _groups(self) -> dict[str, tuple[ReadyMeasure, ...]]:
        """The table that each scan makes, and its measures."""
        together: dict[tuple[str, str | None, bool, bool], list[ReadyMeasure]] = {}
        alone = []
        for measure in {_same(measure): measure for measure in self.measures}.values():
            if measure.grouped:
                alone.append(measure)
            else:
                together.setdefault((measure.fact.id, measure.key, by_period(measure), measure.succeeds), []).append(measure)
        named = {
            f"{fact}{self._by(group[0])}{'_held' if held else ''}_measures": tuple(group) for (fact, _, held, _), group in together.items()
        }
        return named | {f"{m.fact.id}_{m.id}{self._by(m)}_measures": (m,) for m in alone}

    def _by(self, measure: ReadyMeasure) -> str:
        if self.usual is None:
            return "_of_all" if measure.key is None else f"_by_{measure.key}{'_succeeding' if measure.succeeds else ''}"
        usual = measure.key is None or measure.grouped or measure.key == measure.fact.units.get(self.usual)
        return "" if usual else f"_by_{measure.key}"

    def _fact(self, name: str) -> Statement:
        *before, made = self._parts(name)
        query = made.this
        if conditions := self._rows(name):
            query = exp.select("*").from_(query.subquery(exp.to_identifier(f"{name}_rows", quoted=True))).where(*conditions)
        return Statement(f"{name}_fact", _after(before, query), sentences.fact(FACTS[name]))

    def _rows(self, name: str) -> list[exp.Expression]:
        """What is asked of all rows by everyone who reads the fact; nothing where both scans and other facts do."""
        measures = [measure for group in self._groups.values() for measure in group if measure.fact.id == name]
        readers = [reader for reader, bases in self._bases.items() if name in bases]
        if measures or name == SUCCESSORS:  # which scans read beside their own fact
            return [] if readers or not measures else rows_of_all(measures, self.periods)
        return asked.by_all(f"{name}_fact", [fact_query(self.scheme, reader, self._read[reader]) for reader in readers])

    def _scans(self) -> Iterator[tuple[str, tuple[ReadyMeasure, ...], exp.Query]]:
        for name, group in self._groups.items():
            fact, query = group[0].fact.id, self._compiled[name]
            yield name, group, query if fact in self._kept else self._with_fact(fact, query)

    def _with_fact(self, name: str, query: exp.Query) -> exp.Query:
        """The scan with the fact it alone reads as its part."""
        *before, made = self._parts(name)
        fact, scanned = repeated.once(name, *own_counts.counted(made.this, query, f"{name}_fact"))
        made.set("this", valid_rows.alone(fact, scanned, f"{name}_fact"))
        return _after([*before, made], scanned.copy())

    def _parts(self, name: str) -> list[exp.CTE]:
        """A fact as a part of a query, after those that it builds on and that no table keeps."""
        parts = [part for base in self._needed if base in self._bases[name] and base not in self._kept for part in self._parts(base)]
        made = exp.TableAlias(this=exp.to_identifier(f"{name}_fact", quoted=True))
        once = {part.alias: part for part in parts}  # two of them may build on the same plain one
        return [*once.values(), exp.CTE(this=fact_query(self.scheme, name, self._read[name]), alias=made)]

    @cached_property
    def _compiled(self) -> Mapping[str, exp.Query]:
        """The scans over the facts as tables."""
        groups = self._groups.items()
        return {name: (grouped(group[0], self.periods) if group[0].grouped else scan(group, self.periods)) for name, group in groups}

    @cached_property
    def _needed(self) -> tuple[str, ...]:
        """The facts that are read: not those of which a fact reads only columns that nobody wants."""
        return tuple(name for name in needed_facts(self.measures) if name in self._read)

    @cached_property
    def _read(self) -> Mapping[str, frozenset[str]]:
        """The columns of each fact that a scan reads, or a fact that builds on it."""
        read: dict[str, frozenset[str]] = {}
        for name, group in self._groups.items():
            fact = group[0].fact.id
            read[fact] = read.get(fact, frozenset()) | columns_read(fact, self._compiled[name])
        if any(measure.succeeds for measure in self.measures):
            read[SUCCESSORS] = frozenset(FACTS[SUCCESSORS].columns)
        for name in reversed(needed_facts(self.measures)):
            if name in read:
                query = pruned(name, read[name])
                for base in _sources(name, query):
                    read[base] = read.get(base, frozenset()) | columns_read(base, query)
        return read | {name: frozenset(FACTS[name].columns) for name in {SUCCESSORS}.intersection(read)}

    @cached_property
    def _bases(self) -> Mapping[str, frozenset[str]]:
        """The facts that each fact reads."""
        return {name: _sources(name, pruned(name, self._read[name])) for name in self._needed}


def _is_plain(query: exp.Query) -> bool:
    """Whether a fact does no more than to choose and name columns and rows of one record table."""
    source = query.args.get("from_")
    read = isinstance(query, exp.Select) and source is not None and source.this.name in TABLES
    more = any(query.args.get(part) for part in ("with_", "joins", "group", "distinct", "qualify"))
    return read and not more and query.find(exp.Window, exp.Subquery, exp.Exists) is None


def _sources(name: str, query: exp.Query) -> frozenset[str]:
    return frozenset(FACTS[name].builds_on).intersection(source.name for source in query.find_all(exp.Table))


def _after(parts: Sequence[exp.CTE], query: exp.Query) -> exp.Query:
    """The query with these parts before its own; it is changed."""
    if parts:
        known = query.args.get("with_")
        query.set("with_", exp.With(expressions=[*parts, *query.ctes], recursive=known is not None and known.recursive))
    return query


def _same(measure: ReadyMeasure) -> tuple[str, str | None, bool]:
    """What tells a measure from the same one for another kind of unit."""
    return measure.id, measure.key, measure.succeeds


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
    for name in facts_of(given):
        visit(name)
    return tuple(ordered)


def kept_in_tables(measures: Sequence[ReadyMeasure]) -> set[str]:
    """Facts that more than one statement reads."""
    bases = {base for name in needed_facts(measures) for base in FACTS[name].builds_on}
    passes: dict[str, set[object]] = {}
    for measure in measures:
        reads = _same(measure) if measure.grouped else (measure.key, by_period(measure), measure.succeeds)
        passes.setdefault(measure.fact.id, set()).add(reads)
    taken_over = {SUCCESSORS} if any(measure.succeeds for measure in measures) else set()
    return bases | taken_over | {fact for fact, reads in passes.items() if len(reads) > 1}


def facts_of(measures: Iterable[ReadyMeasure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.fact.id for m in measures))
