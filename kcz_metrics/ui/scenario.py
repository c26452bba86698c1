"""One unit with other values than it has: what it would take to reach a target, and what a corrected value moves. Kept by arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, choosing, number, strangers
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.portray import Portrait

if TYPE_CHECKING:
    from kcz_metrics.analysis.whatif import WhatIf
    from kcz_metrics.scoring.scorecard import Scorecard

REACH, CORRECT = "reach", "correct"
#: Between a correction and the next in the address, and between its indicator and its value; no value: missing.
BETWEEN, _GIVES = "~", ":"
#: Steps back that are kept.
REMEMBERED = 50
_STEPS = "whatif.history"
Values = Mapping[str, float | None]


@dataclass(frozen=True)
class Scenario:
    """``who`` is the unit as it stands."""

    who: Portrait

    @property
    def ctx(self) -> Context:
        return self.who.ctx

    @property
    def card(self) -> Scorecard:
        return self.who.card

    @property
    def unit(self) -> str:
        return self.who.unit

    @cached_property
    def values(self) -> dict[str, float | None]:
        """Indicator to the unit's value now, of those that apply to it, in the order of the tree."""
        rows = self.card.values.filter((pl.col("unit") == self.unit) & (pl.col("status") != "not_applicable"))
        found = dict(rows.select("indicator", "value").iter_rows())
        return {name: found[name] for name in self.card.index.leaves if name in found}

    def after(self, values: Values) -> Scorecard:
        """The scorecard with other values of the unit."""
        ctx = self.ctx
        assert ctx.snapshot is not None
        return _after(self.card, ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period, self.unit, tuple(values.items()))

    def touched(self, values: Values) -> pl.DataFrame:
        """As :func:`kcz_metrics.analysis.corrected.corrected`: every unit whose score or rank is another then."""
        from kcz_metrics.analysis.corrected import corrected

        return corrected(self.card, {(self.unit, name): value for name, value in values.items()})

    def reach(self, rank: int | None, score: float | None) -> WhatIf:
        """What it would take. Raises ScoringError for a unit without a rank."""
        ctx = self.ctx
        assert ctx.snapshot is not None
        return _reached(self.card, ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period, self.unit, rank, score)

    def best(self, indicator: str, value: float) -> str | None:
        """A ranked unit of the group that has this value: whose the bound is."""
        units = self.who.frame.filter(pl.col("rank").is_not_null())["unit"].implode()
        rows = self.card.values.filter((pl.col("indicator") == indicator) & pl.col("unit").is_in(units) & (pl.col("value") == value))
        return None if rows.is_empty() else str(rows["unit"][0])


@st.cache_resource(show_spinner=False, max_entries=128)
def _after(
    _card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str, unit: str, values: tuple[tuple[str, float | None], ...]
) -> Scorecard:
    import numpy as np

    from kcz_metrics.analysis.corrected import begun, with_values
    from kcz_metrics.analysis.explain import row_of

    first, ids = begun(_card), _card.run.structure.indicator_ids
    x = first.x.copy()
    for name, value in values:
        x[row_of(_card, unit), ids.index(name)] = np.nan if value is None else value
    return replace(_card, run=with_values(_card, first, x))


@st.cache_resource(show_spinner=False, max_entries=256)
def _reached(
    _card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str, unit: str, rank: int | None, score: float | None
) -> WhatIf:
    from kcz_metrics.analysis.whatif import whatif

    return whatif(_card, unit, rank=rank, score=score)


def place_of(card: Scorecard, unit: str) -> dict[str, Any]:
    """``score, published, rank`` of a unit in a scorecard."""
    rows = card.scores.filter((pl.col("node") == card.index.id) & (pl.col("unit") == unit))
    return rows.select("score", "published", "rank").row(0, named=True)


def part(ctx: Context) -> str:
    words = {REACH: ctx.tr("要做到多少"), CORRECT: ctx.tr("改一个值")}
    return choosing.segments("part", ctx.tr("内容"), list(words), words.__getitem__, key="whatif.part", fallback=REACH, hidden=True)


def written(values: Values) -> str:
    """Corrections as the address carries them: every digit."""
    return BETWEEN.join(f"{name}{_GIVES}{'' if value is None else repr(float(value))}" for name, value in values.items())


def read(text: str | None) -> dict[str, float | None]:
    """Corrections from the address; what is no number is left out."""
    found: dict[str, float | None] = {}
    for one in (text or "").split(BETWEEN):
        name, sign, value = one.partition(_GIVES)
        try:
            amount = float(value) if value else None
        except ValueError:
            continue
        if sign and (amount is None or abs(amount) < float("inf")):
            found[name] = amount
    return found


def corrections(found: Scenario) -> dict[str, float | None]:
    """Those of the address that name an indicator of the unit; others are told and taken out."""
    asked = read(address.get("set"))
    known = {name: value for name, value in asked.items() if name in found.values}
    text = address.get("set")
    if text and written(known) != text:
        strange = [one for one in text.split(BETWEEN) if one.partition(_GIVES)[0] not in known]
        if strange:
            strangers.met("set", BETWEEN.join(strange), written(known), found.ctx.tr("其余各项"))
        address.put(set=written(known) or None)
    steps = _steps(found)
    if not steps or steps[-1] != written(known):  # a link, or another unit
        steps.append(written(known))
    return known


def _steps(found: Scenario) -> list[str]:
    every: dict[tuple[str, str, str], list[str]] = st.session_state.setdefault(_STEPS, {})
    return every.setdefault((found.ctx.index_id, found.ctx.period, found.unit), [])


def put(found: Scenario, values: Values) -> None:
    """Take over corrections; a value that is the unit's own is none."""
    kept = {name: value for name, value in values.items() if value != found.values[name]}
    steps = _steps(found)
    if not steps:
        steps.append(address.get("set") or "")
    if steps[-1] != written(kept):
        steps.append(written(kept))
    del steps[:-REMEMBERED]
    address.put(set=written(kept) or None)


def can_undo(found: Scenario) -> bool:
    return len(_steps(found)) > 1


def undo(found: Scenario) -> None:
    steps = _steps(found)
    if len(steps) > 1:
        steps.pop()
        address.put(set=steps[-1] or None)


def shown(ctx: Context, indicator: str, value: float | None) -> str:
    """A value with its unit word."""
    assert ctx.scheme is not None
    declared = ctx.scheme.indicators[indicator]
    return number.with_unit(value, declared, ctx.lang)


def unit(ctx: Context, indicator: str) -> str:
    """The unit word of an indicator; a ratio's percentage says it."""
    assert ctx.scheme is not None
    return number.unit(ctx.scheme.indicators[indicator], ctx.lang)


def cell(ctx: Context, indicator: str, value: float | None, beside: float | None = None) -> dict[str, Any]:
    """A value as pages write it; with more digits where it would look the same as the one beside it."""
    assert ctx.scheme is not None
    declared = ctx.scheme.indicators[indicator]
    told = number.value(value, declared, ctx.lang)
    if beside is not None and value != beside and told == number.value(beside, declared, ctx.lang):
        told = number.share(value, 4) if declared.unit == "ratio" else number.decimal(value, 6)
    return {"v": value, "t": told}
