"""What a check sees of a scheme, and the order and number in which its issues are told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from kcz_metrics.errors import Issue, did_you_mean
from kcz_metrics.language import formula as formulas
from kcz_metrics.language.formula import Formula
from kcz_metrics.locales import T, Text
from kcz_metrics.scheme.document import Document, Path, dotted
from kcz_metrics.scheme.models import Index, Node, Scheme

#: Issues of one kind that are listed; the others are counted.
MOST_OF_A_KIND = 50
MOST_SEARCHES = 300


class Fact(Protocol):
    """What a check reads of a fact."""

    @property
    def columns(self) -> Mapping[str, Any]: ...
    @property
    def parameters(self) -> Sequence[str]: ...
    @property
    def time(self) -> str | None: ...
    @property
    def times(self) -> Sequence[str]: ...
    @property
    def valid_from(self) -> str | None: ...
    @property
    def units(self) -> Mapping[str, str]: ...


class Unit(Protocol):
    """What a check reads of a kind of unit."""

    @property
    def columns(self) -> Mapping[str, Any]: ...


Facts = Mapping[str, Fact]
Units = Mapping[str, Unit]


@dataclass(frozen=True)
class Context:
    """A scheme with all that is needed to check it. ``written`` has the ids that stand in the file, also those whose object was refused:
    a reference to such a one is no further problem."""

    scheme: Scheme
    facts: Facts | None
    units: Units | None
    document: Document | None = None
    strict: bool = False
    written: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Searches for near names so far: they cost time, and thousands of hints help nobody.
    searches: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(
        cls,
        scheme: Scheme,
        *,
        facts: Facts | None = None,
        units: Units | None = None,
        document: Document | None = None,
        strict: bool = False,
    ) -> Context:
        data = document.data if document is not None else {}
        written = {
            section: frozenset(getattr(scheme, section)) | frozenset(found if isinstance(found := data.get(section), dict) else ())
            for section in ("measures", "indicators", "indices")
        }
        if facts is None and scheme.measures:
            from kcz_metrics.facts import FACTS, UNITS

            facts, units = FACTS, units if units is not None else UNITS
        return cls(scheme, facts, units, document, strict, written)

    def issue(
        self,
        code: str,
        message: Text,
        *path: str | int,
        expected: Text | None = None,
        found: Text | None = None,
        hint: Text | None = None,
        warning: bool = False,
    ) -> Issue:
        """An issue at a path of the file; the line is that of the nearest thing there is."""
        place = self.document.at(path) if self.document is not None else ""
        return Issue(code, message, place, dotted(path), expected, found, hint, "warning" if warning else "error")

    def nearest(self, name: str, known: Sequence[str]) -> Text | None:
        """A hint with the nearest known names, as long as there are not too many to tell."""
        self.searches["near"] += 1
        return did_you_mean(name, known) if self.searches["near"] <= MOST_SEARCHES else None

    @cached_property
    def formulas(self) -> Mapping[str, tuple[Formula | None, list[Issue]]]:
        """Indicator to its formula, read once."""
        return {id_: formulas.read(i.formula) for id_, i in self.scheme.indicators.items() if i.formula is not None}

    def known(self, section: str) -> frozenset[str]:
        return self.written[section]

    def nodes(self, index_id: str, index: Index) -> Iterator[tuple[Node, Path, tuple[Node, ...]]]:
        """Each node below the root with its path in the file and the nodes above it, from the root."""
        yield from _below(index.tree, ("indices", index_id, "tree"), ())


def _below(parent: Node, path: Path, above: tuple[Node, ...]) -> Iterator[tuple[Node, Path, tuple[Node, ...]]]:
    for child in parent.children:
        here = (*path, child.id)
        yield child, here, (*above, parent)
        yield from _below(child, (*here, "children"), (*above, parent))


def checked(context: Context) -> list[Issue]:
    """What all rules find."""
    from kcz_metrics.scheme.checks import RULES

    return [issue for rule in RULES for issue in rule(context)]


def check(scheme: Scheme, *, facts: Facts | None = None, units: Units | None = None, strict: bool = False) -> list[Issue]:
    """Every error and warning of a scheme made in memory; places are paths, as there are no lines. Empty where all is well."""
    return capped(checked(Context.of(scheme, facts=facts, units=units, strict=strict)))


def sorted_by_line(issues: Sequence[Issue]) -> list[Issue]:
    """By line, first ones first, equal ones once; of one kind no more than a reader can use."""
    unique = list(dict.fromkeys(_Key(issue) for issue in issues))
    return capped([key.issue for key in sorted(unique, key=lambda key: key.line)])


def capped(issues: Sequence[Issue]) -> list[Issue]:
    """The first of each kind, and how many more there are."""
    kept: list[Issue] = []
    counts: Counter[str] = Counter()
    for issue in issues:
        counts[issue.code] += 1
        if counts[issue.code] <= MOST_OF_A_KIND:
            kept.append(issue)
    for code, number in counts.items():
        if number > MOST_OF_A_KIND:
            last = [i for i in kept if i.code == code][-1]
            more = T("同类问题另有 {n} 处", n=number - MOST_OF_A_KIND)
            kept.append(replace(last, message=more, subject="", expected=None, found=None, hint=None))
    return kept


@dataclass(frozen=True)
class _Key:
    """An issue as it is told: two that read the same are one."""

    issue: Issue

    @cached_property
    def said(self) -> str:
        return self.issue.render("en")

    @property
    def line(self) -> int:
        number = re.search(r":(\d+)$", self.issue.place)
        return int(number[1]) if number else 0

    def __hash__(self) -> int:
        return hash(self.said)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.said == self.said
