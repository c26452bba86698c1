"""Two rules of tiers over the same periods: the one in force, and another by changed numbers or a scheme from a file. No decisions in
either: they would make the rules alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, flagged, loading, reviewing, states, strangers
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.decisions.replay import Replay
    from kcz_metrics.decisions.rounds import Rounds
    from kcz_metrics.scheme.models import Scheme, Tiers

OWN, OTHER = "current", "against"
_FILE = "backtest.file"


@dataclass(frozen=True)
class Number:
    """A number of the rule that the page lets change: its place in the policy, and between what."""

    code: str
    group: str
    name: str
    least: float
    most: float
    step: float


NUMBERS = (
    Number("rise", "promote", "margin", 0.0, 20.0, 0.5),
    Number("rounds_up", "promote", "rounds", 1, 4, 1),
    Number("fall", "demote", "margin", 0.0, 20.0, 0.5),
    Number("rounds_down", "demote", "rounds", 1, 4, 1),
    Number("most", "limits", "share_a_round", 0.02, 1.0, 0.02),
    Number("sure", "hold", "probability_below", 0.0, 1.0, 0.05),
)


@dataclass(frozen=True)
class Side:
    """A rule replayed: the policy, its levels' names and what it gives."""

    ctx: Context
    policy: Tiers
    rounds: Rounds
    found: Replay

    @property
    def levels(self) -> list[str]:
        return [level.id for level in self.policy.levels]


def own_value(policy: Tiers, number: Number) -> float | None:
    group = getattr(policy, number.group)
    value = None if group is None else getattr(group, number.name)
    return None if value is None else float(value)


def asked(policy: Tiers) -> dict[str, float]:
    """Numbers of the address that differ from the rule in force; what is no number, or out of range, is told and left out."""
    found = {}
    for number in NUMBERS:
        text, own = address.get(number.code), own_value(policy, number)
        if text is None:
            continue
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if own is None or not number.least <= value <= number.most:
            strangers.met(number.code, text, "", "—" if own is None else f"{own:g}")
            address.put(**{number.code: None})
        elif abs(value - own) > 1e-9:
            found[number.code] = value
    return found


def changed(policy: Tiers, values: Mapping[str, float]) -> Tiers:
    """The policy with these numbers in it; everything else as it is."""
    for number in NUMBERS:
        if number.code in values:
            given: Any = values[number.code]
            given = int(given) if number.name == "rounds" else given
            group = getattr(policy, number.group).model_copy(update={number.name: given})
            policy = policy.model_copy(update={number.group: group})
    return policy


@st.cache_resource(show_spinner=False, max_entries=32)
def _replayed(
    _ctx: Context, _policy: Tiers, snapshot_id: str, digest: str, index_id: str, period: str, numbers: tuple[tuple[str, float], ...],
    marks: int,
) -> Side:  # fmt: skip
    from kcz_metrics.decisions.decided import decided_of
    from kcz_metrics.decisions.replay import replay
    from kcz_metrics.decisions.rounds import gathered

    scored = reviewing.cards(_ctx)
    rounds = gathered(scored, reviewing.flags(_ctx))
    draws = reviewing.draws(_ctx) if _policy.remembers else {}
    start = decided_of(_policy, loading.scheme_path())
    return Side(_ctx, _policy, rounds, replay(rounds, _policy, decided=start, draws=draws, told=False))


def side(ctx: Context, numbers: Mapping[str, float] | None = None) -> Side:
    """The rule of the context's scheme, with these numbers changed, through the context's period."""
    assert ctx.snapshot is not None
    policy = ctx.index.tiers
    assert policy is not None
    values = numbers or {}
    marks = hash(tuple(flag.flag.id for flag in flagged.standings(ctx) if flag.state == "open"))
    key = tuple(sorted(values.items()))
    return _replayed(ctx, changed(policy, values), ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period, key, marks)


def of_file(ctx: Context, raw: bytes, name: str) -> Scheme | None:
    """The scheme in a file, kept for the session; what is wrong with it is listed."""
    from kcz_metrics.ui.causes import read
    from kcz_metrics.ui.head import sentences

    scheme, issues = read(ctx, raw, name)
    if scheme is None:
        states.notice(ctx.tr("没有载入；文件里的问题："))
        sentences(issue.render(ctx.lang) for issue in issues[:30])
    return scheme


def with_scheme(ctx: Context, scheme: Scheme) -> Context:
    return replace(ctx, scheme=scheme, digest=scheme.digest)


def moves(sides: Mapping[str, Side]) -> pl.DataFrame:
    """``rule, unit, period, tier_before, tier_after, direction`` (up, down) and ``back``: the other way than the unit's move before it."""
    rows = []
    for rule, one in sides.items():
        place = {name: n for n, name in enumerate(one.levels)}
        last: dict[str, str] = {}
        frame = one.found.frame.sort("period", "unit")
        for unit, period, before, after in frame.select("unit", "period", "tier_before", "tier_after").iter_rows():
            if before in place and after in place and before != after:
                way = "up" if place[after] < place[before] else "down"
                rows.append((rule, unit, period, before, after, way, last.get(unit, way) != way))
                last[unit] = way
    names = ("rule", "unit", "period", "tier_before", "tier_after", "direction")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String) | {"back": pl.Boolean}, orient="row")
