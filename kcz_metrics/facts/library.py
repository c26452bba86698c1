"""The shipped facts and unit dimensions, each read from its two files when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from kcz_metrics.facts.declaration import Fact, FactColumn, UnitDimension
from kcz_metrics.tables.labels import Label

Declared = TypeVar("Declared")


class Library(Mapping[str, Declared], Generic[Declared]):
    """Name to declaration, in order of name."""

    def __init__(self, folder: str, read: Callable[[str, Mapping[str, Any], str], Declared]):
        self._folder = resources.files(__package__).joinpath(folder) if folder else resources.files(__package__)
        self._read = read
        self._names = sorted(entry.name.removesuffix(".sql") for entry in self._folder.iterdir() if entry.name.endswith(".sql"))
        self._known: dict[str, Declared] = {}

    def __getitem__(self, name: str) -> Declared:
        if name not in self._known:
            if name not in self._names:
                raise KeyError(name)
            text = self._folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
            declaration = _yaml(self._folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
            self._known[name] = self._read(name, declaration, text)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _yaml(text: str) -> Mapping[str, Any]:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text)


def _label(given: Mapping[str, str]) -> Label:
    return Label(given["zh"], given["en"])


def _columns(given: Mapping[str, Mapping[str, Any]]) -> Mapping[str, FactColumn]:
    return MappingProxyType({name: FactColumn(name, column["type"], _label(column)) for name, column in given.items()})


def _fact(name: str, given: Mapping[str, Any], text: str) -> Fact:
    known = {
        "label", "about", "record", "key", "tables", "builds_on", "parameters", "time", "times", "valid_from", "valid_to", "derived",
        "units", "keys", "columns", "follows_mergers", "once_a_day",
    }  # fmt: skip
    if unknown := set(given) - known:
        raise ValueError(f"facts/{name}.yaml: unknown {sorted(unknown)}")
    time = given.get("time")
    return Fact(
        id=name,
        label=_label(given["label"]),
        about=_label(given["about"]),
        record=given["record"],
        key=tuple(given["key"]),
        tables=tuple(given["tables"]),
        builds_on=tuple(given.get("builds_on", ())),
        parameters=tuple(given.get("parameters", ())),
        time=time,
        times=tuple(dict.fromkeys([*([time] if time else []), *given.get("times", ())])),
        valid_from=given.get("valid_from"),
        valid_to=given.get("valid_to"),
        derived=bool(given.get("derived", False)),
        units=MappingProxyType(dict(given["units"])),
        keys=tuple(given.get("keys", ())),
        columns=_columns(given["columns"]),
        text=text,
        follows_mergers=bool(given.get("follows_mergers", True)),
        once_a_day=tuple(given.get("once_a_day", ())),
    )


def _unit(name: str, given: Mapping[str, Any], text: str) -> UnitDimension:
    return UnitDimension(name, _label(given["label"]), tuple(given["tables"]), _columns(given["columns"]), text)


@cache
def default_parameters() -> Mapping[str, Any]:
    """What the facts' SQL binds where a scheme does not say otherwise: name to a number or a table of numbers."""
    return MappingProxyType(dict(_yaml(resources.files(__package__).joinpath("parameters.yaml").read_text(encoding="utf-8"))))


FACTS: Mapping[str, Fact] = Library("", _fact)
UNITS: Mapping[str, UnitDimension] = Library("units", _unit)
