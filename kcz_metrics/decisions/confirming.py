"""Confirming the list of a selection: what goes into the ledger, and what the ledger says the list is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.decisions.selection import Selection
from kcz_metrics.errors import DecisionError, Issue
from kcz_metrics.locales import T
from kcz_metrics.store.deciding import Decision, Ruling, in_force


@dataclass(frozen=True)
class Listed:
    """A confirmed list: ``units`` have the seats, ``reserves`` unit to place, ``changed`` the numbers that were not the scheme's,
    ``relaxed`` whether quotas gave way."""

    decision: Decision
    units: tuple[str, ...]
    reserves: Mapping[str, int]
    changed: Mapping[str, float]
    relaxed: bool


def confirmation(found: Selection, changed: Mapping[str, float], relaxed: bool, reason: str = "", panel: Collection[str] = ()) -> Ruling:
    """The ruling that confirms the selection as it is: ``confirm`` under the scheme's numbers, ``override`` where some were changed or
    quotas gave way, which needs its reason. ``panel``: whom the panel voted for, one for each open seat.

    Raises DecisionError where nothing is selected, or the panel's votes do not fill the open seats under the quotas.
    """
    if not found.feasible:
        raise DecisionError(Issue("not_selected", T("名额不能同时满足，没有名单可以确认"), hint=T("先放宽名额")))
    units = [*found.units.filter("selected")["unit"], *panel]
    if not units and not found.open_seats:
        raise DecisionError(Issue("nobody_selected", T("一个也没有选出，没有名单可以确认"), hint=T("先放宽名额或资格条件")))
    if issues := _against(found, units, panel):
        raise DecisionError(issues)
    left = found.units.filter(pl.col("reserve").is_not_null() & ~pl.col("unit").is_in(list(panel)))
    gave_way = relaxed and found.relaxation.height > 0
    numbers = {
        "units": units, "reserves": dict(left.sort("reserve", "unit").select("unit", "reserve").iter_rows()), "seats": found.seats,
        "total": found.total, "panel": list(panel), "changed": dict(changed), "relaxed": gave_way,
    }  # fmt: skip
    return Ruling("override" if changed or gave_way else "confirm", reason=reason, numbers=numbers)


def _against(found: Selection, units: list[str], panel: Collection[str]) -> list[Issue]:
    waiting = set(found.units.filter(pl.col("reason") == "panel")["unit"])
    issues = [Issue("not_open", T("不在待票决的对象之中"), subject=unit) for unit in panel if unit not in waiting]
    if len(set(panel)) != found.open_seats:
        said = T("有 {n} 席由专家组票决，须写明票决结果", n=found.open_seats)
        issues.append(Issue("panel_seats", said, found=T("{n} 席", n=len(set(panel)))))
    picked = np.isin(np.array(found.ids), units)
    for rule in found.rules:
        taken = int((rule.members & picked).sum())
        if not issues and (taken > rule.seats if rule.kind == "at_most" else taken < rule.seats):
            issues.append(Issue("panel_quota", T("票决结果不满足名额规则"), subject=rule.key, found=T("{n} 席", n=taken)))
    return issues


def listed(decisions: Iterable[Decision]) -> Listed | None:
    """The list that holds, of the decisions of one round; None where there is none."""
    holds = [one for one in in_force(decisions) if one.kind == "selection" and one.act in ("confirm", "override")]
    if not holds:
        return None
    given = holds[-1].numbers
    return Listed(holds[-1], tuple(given["units"]), dict(given["reserves"]), dict(given["changed"]), bool(given["relaxed"]))


def lists(decisions: Iterable[Decision], selection: str, before: str) -> dict[str, Listed]:
    """Period to the list that holds in it, of the periods before ``before``; from the decisions of any rounds."""
    rounds: dict[str, list[Decision]] = {}
    for one in decisions:
        if one.kind == "selection" and one.matter == selection and one.period < before:
            rounds.setdefault(one.period, []).append(one)
    found = {period: listed(ones) for period, ones in rounds.items()}
    return {period: one for period, one in found.items() if one is not None}
