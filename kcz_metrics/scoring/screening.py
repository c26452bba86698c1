"""Who is fit to be ranked: enough values, by weight or by count, in the whole and in each pillar; and the exceptions people made."""

from __future__ import annotations

from typing import Any

import numpy as np

from kcz_metrics.locales import T, Text
from kcz_metrics.methods import Array, Flags
from kcz_metrics.methods.statistics import ratio
from kcz_metrics.scheme.models import Name, Override, Screen
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.stages import on
from kcz_metrics.scoring.structure import Structure, spread_down
from kcz_metrics.tables.labels import Label

#: Shares that differ by less than this are the same share.
TOLERANCE = 1e-9


def reach(structure: Structure, applicable: Flags, lean: Array | None = None) -> Array | None:
    """What each unit's weights are multiplied by, (unit, node): 0 where nothing below applies, else 1 or what the unit's own weight set
    makes it; None where it is 1 throughout."""
    if applicable.all():
        return lean
    some = ((applicable.astype(float) @ structure.lying_below) > 0).astype(float)
    return some if lean is None else some * lean


def effective_weights(
    structure: Structure, weights: list[Array] | tuple[Array, ...], applicable: Flags, lean: Array | None = None
) -> tuple[Array, Array]:
    """Weight within the parent and effective weight of every node, (unit, node), or (1, node) where all units share them.

    What does not apply leaves the weights, and its siblings take its share; so does a node under which nothing applies. ``lean`` multiplies
    the weights of units that have a set of their own.
    """
    some = reach(structure, applicable, lean)
    if some is None and all(w is b.given for w, b in zip(weights, structure.branches, strict=True)):
        return structure.given_weights
    if some is None and any(w.ndim > 1 for w in weights):
        some = np.ones((len(applicable), len(structure.nodes)))
    return spread_down(structure, weights, some)


def coverage(structure: Structure, effective: Array, present: Flags, applicable: Flags, by: str) -> Array:
    """Share of each node's applicable leaves that have a value, (unit, node): by effective weight or by count. NaN where none applies."""
    weight = np.broadcast_to(effective[:, structure.leaves] if by == "weight" else 1.0, present.shape)
    return ratio((weight * (present & applicable)) @ structure.lying_below, (weight * applicable) @ structure.lying_below)


def screen(run: Run, history: History) -> Run:
    rules, group = run.structure.index.screen, run.structure.index.group
    alone = np.zeros(len(run.units), bool) if group is None else run.units["group"].is_null().to_numpy()
    if rules is None and not alone.any():
        return on(run, run.x, "screened")
    rules = rules or Screen()
    found: dict[int, list[tuple[str, Text]]] = {}

    def note(rows: Any, code: str, text: Any) -> None:
        for row in np.flatnonzero(rows):
            found.setdefault(int(row), []).append((code, text(int(row))))

    note(alone, "no_group", lambda row: T("“{column}”为空，不知归入哪个同类组", column=group))
    present = ~np.isnan(run.x)
    _by_rules(run, rules, present, note)
    ids = run.units["unit"].to_list()
    for override in rules.include:
        if override.unit in ids:
            found.pop(ids.index(override.unit), None)
    for override in rules.exclude:
        if override.unit in ids:
            found[ids.index(override.unit)] = [_excluded(override)]
    passed = np.array([row not in found for row in range(len(ids))], bool)
    if rules.minimum_group:
        for rows in run.groups:
            n = int(passed[rows].sum())
            if 0 < n < rules.minimum_group:
                text = T("同类组只有 {n} 个可比单位，少于 {minimum} 个", n=n, minimum=rules.minimum_group)
                for row in rows[passed[rows]]:
                    found.setdefault(int(row), []).append(("minimum_group", text))
                passed[rows] = False
    reasons = {row: tuple(items) for row, items in found.items()}
    return on(run, np.where(passed[:, None], run.x, np.nan), "screened", passed=passed, reasons=reasons)


def _by_rules(run: Run, rules: Screen, present: Flags, note: Any) -> None:
    structure, applicable = run.structure, run.applicable
    effective = effective_weights(structure, [b.given for b in structure.branches], applicable, run.lean)[1]
    covered = coverage(structure, effective, present, applicable, rules.coverage_by)

    def below(share: Array, minimum: float) -> Flags:
        return np.where(np.isnan(share), 0.0, share) < minimum - TOLERANCE

    if rules.minimum_coverage:
        whole = covered[:, 0]
        least = _percent(rules.minimum_coverage)
        note(
            below(whole, rules.minimum_coverage),
            "minimum_coverage",
            lambda row: T("覆盖率 {share}，低于 {minimum}", share=_percent(whole[row]), minimum=least),
        )
    if rules.minimum_nonzero:
        nonzero = ratio((present & (run.x != 0)).sum(axis=-1), present.sum(axis=-1))
        fewest = _percent(rules.minimum_nonzero)
        note(
            below(nonzero, rules.minimum_nonzero),
            "minimum_nonzero",
            lambda row: T("非零指标占 {share}，低于 {minimum}", share=_percent(nonzero[row]), minimum=fewest),
        )
    if rules.pillar_coverage:
        for pillar in structure.index.pillars:
            share = covered[:, structure.position(pillar.id)]
            applies = ~np.isnan(share)
            note(
                below(share, rules.pillar_coverage) & applies,
                f"pillar_coverage:{pillar.id}",
                lambda row, share=share, pillar=pillar: T(
                    "维度 {pillar} 的覆盖率 {share}，低于 {minimum}",
                    pillar=_named(pillar.id, pillar.name),
                    share=_percent(share[row]),
                    minimum=_percent(rules.pillar_coverage),
                ),
            )
    ids = structure.indicator_ids
    for name in rules.required:
        if name in ids:
            column = ids.index(name)
            label = _named(name, structure.indicators[column].name)
            note(
                applicable[:, column] & ~present[:, column],
                f"required:{name}",
                lambda row, label=label: T("缺少必备指标 {indicator}", indicator=label),
            )


def _percent(share: Any) -> str:
    return "0%" if np.isnan(share) else f"{100 * share:.4g}%"


def _named(identifier: str, name: Name | None) -> Text:
    return Label(name.zh, name.en) if name else Label(identifier, identifier)


def _excluded(override: Override) -> tuple[str, Text]:
    """The code, with the reason behind it where one is given, and the words."""
    given = override.reason
    reason = Label(given.zh, given.en) if isinstance(given, Name) else Label(given, given)
    if not reason.zh:
        return "excluded", T("按规定不参评")
    return f"excluded:{reason.zh}", T("按规定不参评：{reason}", reason=reason)
