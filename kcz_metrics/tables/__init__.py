"""Contracts of all record tables. ``TABLES`` maps a table's name to its :class:`Table`, in reading order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kcz_metrics.tables import (
    activities,
    alliances,
    contracts,
    duties,
    effects,
    employment,
    honours,
    industries,
    liaison,
    needs,
    opinions,
    organisations,
    places,
    platform,
    resources,
    sites,
    teams,
)
from kcz_metrics.tables.columns import Column
from kcz_metrics.tables.labels import Label
from kcz_metrics.tables.table import Reference, Rule, Table

_FAMILIES = (
    places, industries, organisations, teams, needs, contracts, activities, effects, resources, duties, opinions,
    liaison, alliances, sites, platform, employment, honours,
)  # fmt: skip

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for family in _FAMILIES for table in family.TABLES})

__all__ = ["TABLES", "Column", "Label", "Reference", "Rule", "Table"]
