"""A flag: one thing found by one rule, the same from snapshot to snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from kcz_metrics.locales import Text
from kcz_metrics.quality.rule import Namer, Rule
from kcz_metrics.quality.rules import RULES
from kcz_metrics.tables.labels import Label

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Flag:
    """``records`` would be left out were it confirmed, ``beside`` are further evidence: names of records as ``record_name`` of the store
    writes them. ``numbers`` are plain JSON values. ``first`` and ``last``: the days between which the evidence lies."""

    id: str
    rule: str
    subjects: tuple[str, ...]
    records: tuple[str, ...]
    beside: tuple[str, ...]
    first: date
    last: date
    numbers: Mapping[str, Any]

    def sentence(self, names: Mapping[str, Label]) -> Text:
        """What was found, in plain words."""

        def name(id: str) -> Text:
            return names.get(id) or Label(id, id)

        return RULES[self.rule].say(self.numbers, name)


def flag_id(rule: str, anchor: str) -> str:
    """The first digits of SHA-256 over rule and anchor: what a flag is about, and not the numbers that may still move."""
    return hashlib.sha256(f"{rule}\n{anchor}".encode()).hexdigest()[:_DIGITS]


def flags_of(rule: Rule, found: pl.DataFrame) -> tuple[Flag, ...]:
    return tuple(
        Flag(
            flag_id(rule.id, row["anchor"]),
            rule.id,
            tuple(row["subjects"]),
            tuple(row["records"]),
            tuple(row["beside"]),
            row["first"],
            row["last"],
            {name: _plain(value) for name, value in row["numbers"].items()},
        )
        for row in found.iter_rows(named=True)
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


__all__ = ["Flag", "Namer", "flag_id", "flags_of"]
