"""The lighter tables, which counts and pages use, made from the records that are there; those keep every row and value they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.records.sample.aftermath import PULLS, aftermath
from kcz_metrics.records.sample.alliances import alliance_tables
from kcz_metrics.records.sample.chains import chain_tables
from kcz_metrics.records.sample.concealed import conceal
from kcz_metrics.records.sample.employment import SOUGHT, employment_tables
from kcz_metrics.records.sample.founding import after_founding
from kcz_metrics.records.sample.honours import honour_tables
from kcz_metrics.records.sample.joining import joining_tables
from kcz_metrics.records.sample.liaison import liaison_tables
from kcz_metrics.records.sample.managers import manager_tables
from kcz_metrics.records.sample.mergers import merge
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.pushes import push_tables
from kcz_metrics.records.sample.series import event_tables
from kcz_metrics.records.sample.sites import site_tables
from kcz_metrics.records.sample.teams import Teams

Tables = dict[str, pl.DataFrame]


def further_tables(
    rng: Callable[[str], np.random.Generator], cities: Cities, found: Bodies, group: Teams, tables: Tables, scale: float, planted: bool
) -> tuple[Tables, dict[str, Any]]:
    """All tables, the further ones included, and what is true about them; nobody conceals anything without ``planted``."""
    org, mergers = merge(rng("mergers"), found, tables["org"], tables["need"])
    tables = tables | {"org": org}
    tables |= event_tables(rng("series"), cities, found, tables["activity"])
    tables = aftermath(rng("aftermath"), cities, tables)
    tables |= liaison_tables(rng("liaison"), cities, found, group)
    tables |= joining_tables(rng("joining"), found, group, tables)
    tables |= alliance_tables(rng("alliances"), cities, found, group, tables)
    tables |= site_tables(rng("sites"), cities, found, tables)
    tables |= push_tables(rng("pushes"), tables)
    tables |= chain_tables(rng("chains"), cities, found, tables, scale)
    tables |= employment_tables(rng("employment"), cities, found, tables, scale)
    tables |= manager_tables(rng("managers"), cities, found, group, tables)
    tables |= honour_tables(rng("honours"), cities, found, tables)
    for name, who, when in (("package_use", "org_id", "used_on"), ("consortium_member", "org_id", "from_date")):
        tables[name] = after_founding(tables[name], who, when, tables["enterprise"])
    tables, cases = conceal(rng("concealed"), tables) if planted else (tables, {})
    tails = {name: pull.days for name, pull in PULLS.items()}
    return tables, {"mergers": mergers, "tail_days": tails, "sought": SOUGHT, **cases}
