"""Broken, hostile and odd but honest files, made by code, each with the reaction that was written down for it by hand."""

from __future__ import annotations

from collections.abc import Iterator

from corpus import (
    archives,
    books,
    cell_units,
    containers,
    dates,
    delimited,
    encodings,
    headings,
    links,
    numbers,
    officials,
    packing,
    persons,
    shapes,
    texts,
    units,
)
from corpus.case import Case

FAMILIES = (
    encodings,
    containers,
    headings,
    shapes,
    numbers,
    dates,
    texts,
    links,
    units,
    books,
    archives,
    persons,
    cell_units,
    officials,
    delimited,
    packing,
)


def cases() -> Iterator[Case]:
    """Every file, family by family."""
    for family in FAMILIES:
        name = family.__name__.rpartition(".")[2]
        for one in family.cases():
            yield one.of(name)
