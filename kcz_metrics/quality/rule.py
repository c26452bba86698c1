"""A rule: what it looks for, how grave it is, where its thresholds stand, how it finds and how it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from kcz_metrics.locales import Text
from kcz_metrics.quality.found import Records
from kcz_metrics.tables.labels import Label

#: How grave: an impossibility, something to be looked into, or a hint that proves nothing by itself.
Severity = Literal["serious", "doubtful", "hint"]
#: Id to the name of a city, team, body or person.
Namer = Callable[[str], Text]


class Thresholds(BaseModel):
    """The parameters of a rule. Values stand in ``parameters.yaml``, never here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Rule:
    """One row of the table of rules. ``find`` gives the frame of :mod:`kcz_metrics.quality.found`; ``say`` makes the sentence of a flag
    from its numbers. ``tables``: the record tables whose rows a confirmed flag may leave out, none for a hint."""

    id: str
    name: Label
    definition: Text
    severity: Severity
    looks_at: tuple[str, ...]
    thresholds: type[Thresholds]
    find: Callable[[Records, Any], pl.DataFrame]
    say: Callable[[Mapping[str, Any], Namer], Text]


def money(yuan: float) -> Label:
    """An amount as each language writes it: 万元 with one decimal, millions with two."""
    if abs(yuan) < 10_000:
        return Label(f"{yuan:,.0f}元", f"CNY {yuan:,.0f}")
    places = 0 if yuan % 10_000 == 0 else 1
    return Label(f"{yuan / 1e4:,.{places}f}万元", f"CNY {yuan / 1e6:,.2f} M")
