"""Tests of an index on its own data: what must not move a score does not, and what must not lower one does not; else a counterexample."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final, Literal, NamedTuple

import numpy as np
import polars as pl

from kcz_metrics.analysis.corrected import begun, with_values
from kcz_metrics.analysis.mixing import mixed, scored
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.language.formula import parse
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.evidence import apart
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.pipeline import advance
from kcz_metrics.scoring.run import OK, Run
from kcz_metrics.scoring.sheet import start
from kcz_metrics.scoring.tree import climb

State = Literal["green", "red", "grey"]
TESTS: Final = ("unit_of_measure", "order", "dominated", "monotone", "doubled")
#: Those that take a few scorings at most; the others score once for each unit or cell.
QUICK: Final = TESTS[:3]
#: Differences of scores up to this share of the scale are rounding.
CLOSE: Final = 1e-9
TIMES: Final = 1000.0
#: An improvement by this share is tried on every cell.
STEP: Final = 0.01
_CHUNK: Final = 2_000_000
SCHEMA: Final = {
    "test": pl.String, "state": pl.String, "checked": pl.Int64, "failed": pl.Int64, "unit": pl.String, "indicator": pl.String,
    "before": pl.Float64, "after": pl.Float64,
}  # fmt: skip


class Finding(NamedTuple):
    """``failed`` of ``checked`` cases; of the worst one the ``unit`` (or the pair "U V"), the ``indicator``, and the score ``before`` and
    ``after``, or of the one unit and of the other."""

    test: str
    state: State
    checked: int
    failed: int = 0
    unit: str | None = None
    indicator: str | None = None
    before: float | None = None
    after: float | None = None


def self_tests(card: Scorecard, only: Collection[str] = TESTS) -> pl.DataFrame:
    """``test, state, checked, failed, unit, indicator, before, after``: a row for each of ``TESTS`` among ``only``, with the worst
    counterexample.

    unit_of_measure: an indicator counted in thousandths, in all periods, moves no score. order: nor do rows in the opposite order.
    dominated: no unit at least as good as another on everything scores lower. monotone: a value better by 1 % lowers its unit's score on no
    indicator. doubled: a unit with twice all its counts, sums and sizes scores the same. grey: nothing to test; of the first that are
    indicators whose limits are given in their own unit (goalposts, targets, log1p), of the last values from a file. Red is a property of
    methods and indicators chosen, to be known, and not always a fault. Raises ScoringError for an index without ranking.
    """
    if card.run.ranks is None or card.run.scores is None:
        raise ScoringError(Issue("not_ranked", T("指数 {index} 没有排名", index=card.index.id)))
    ways = dict(zip(TESTS, (_unit_of_measure, _order, _dominated, _monotone, _doubled), strict=True))
    found = [way(card) for test, way in ways.items() if test in only]
    return pl.DataFrame(found, schema=SCHEMA, orient="row").with_columns(pl.selectors.float().fill_nan(None))


def _close(card: Scorecard) -> float:
    return CLOSE * max(1.0, abs(float(card.index.scale.upper) - float(card.index.scale.lower)))


def _worst(before: Array, after: Array, ranked: Flags) -> tuple[float, int]:
    gap = np.where(ranked, np.abs(np.nan_to_num(after, nan=np.inf) - before), 0.0)
    row = int(gap.argmax())
    return float(gap[row]), row


def _told(card: Scorecard, test: str, checked: int, failures: list[tuple[float, int, str | None, float, float]]) -> Finding:
    if not checked:
        return Finding(test, "grey", 0)
    if not failures:
        return Finding(test, "green", checked)
    _, row, indicator, before, after = max(failures, key=lambda f: f[0])
    return Finding(test, "red", checked, len(failures), str(card.units["unit"][row]), indicator, before, after)


def _unit_of_measure(card: Scorecard) -> Finding:
    structure, sheet = card.run.structure, card.history.sheet
    own = {int(c) for batch in structure.normalise if batch.entry.own_unit or "steps" in batch.parameters for c in batch.columns}
    own |= {c for c, indicator in enumerate(structure.indicators) if indicator.transform == "log1p"}
    failures: list[tuple[float, int, str | None, float, float]] = []
    checked = 0
    before, ranked = _tops(card)
    for column, name in enumerate(structure.indicator_ids):
        if column in own:
            continue
        checked += 1
        value = np.where(sheet.indicator == column, sheet.value * TIMES, sheet.value)
        history = History(replace(sheet, value=value), advance)
        after = scored(start(history.sheet, card.period), history)[0]
        gap, row = _worst(before, after, ranked)
        if gap > _close(card):
            failures.append((gap, row, name, float(before[row]), float(after[row])))
    return _told(card, "unit_of_measure", checked, failures)


def _tops(card: Scorecard) -> tuple[Array, Flags]:
    assert card.run.scores is not None
    assert card.run.ranks is not None
    return card.run.scores[:, 0], ~np.isnan(card.run.ranks[:, 0])


def _order(card: Scorecard) -> Finding:
    first, (before, ranked) = begun(card), _tops(card)
    rows = list(range(len(before)))[::-1]
    run = replace(mixed([(first, row) for row in rows], card.run.structure), period=card.period)
    after = scored(run, card.history)[0][::-1]
    gap, row = _worst(before, after, ranked)
    failures: list[tuple[float, int, str | None, float, float]] = []
    if gap > _close(card):
        failures.append((gap, row, None, float(before[row]), float(after[row])))
    return _told(card, "order", 1, failures)


def _dominated(card: Scorecard) -> Finding:
    run, (top, ranked) = card.run, _tops(card)
    points = top - np.sum(list((run.adjustments or {}).values()), axis=0) if run.adjustments else top
    x = np.where(run.structure.up, 1.0, -1.0) * run.stage("values")
    alike = np.ones(len(x)) if run.lean is None else run.lean
    checked, worst, failed = 0, (0.0, -1, -1), 0
    for rows in run.groups:
        rows = rows[ranked[rows]]
        for u in rows:
            same = (np.isnan(x[rows]) == np.isnan(x[u])).all(axis=1) & (np.asarray(alike[rows] == alike[u]).reshape(len(rows), -1)).all(
                axis=1
            )
            under = same & (np.nan_to_num(x[rows]) <= np.nan_to_num(x[u])).all(axis=1) & (rows != u)
            checked += int(under.sum())
            over = np.where(under, points[rows] - points[u], -np.inf)
            failed += int((over > _close(card)).sum())
            if len(over) and over.max() > max(worst[0], _close(card)):
                worst = float(over.max()), int(u), int(rows[int(over.argmax())])
    if failed:
        names = card.units["unit"]
        return Finding(
            "dominated", "red", checked, failed, f"{names[worst[1]]} {names[worst[2]]}", None, points[worst[1]], points[worst[2]]
        )
    return Finding("dominated", "green" if checked else "grey", checked)


def _monotone(card: Scorecard) -> Finding:
    """Every value of every ranked unit a little better, each in a run of its own; who passed the screen stays."""
    run, (before, ranked) = card.run, _tops(card)
    x = run.kept["values"]
    cells = np.argwhere(ranked[:, None] & ~np.isnan(x) & (x != 0) & (run.statuses == OK))
    better = np.where(run.structure.up, 1.0, -1.0) * np.sign(np.nan_to_num(x))
    failures: list[tuple[float, int, str | None, float, float]] = []
    unadjusted = before - np.sum(list((run.adjustments or {}).values()), axis=0) if run.adjustments else before
    step = max(1, _CHUNK // max(1, x.size))
    for begin in range(0, len(cells), step):
        part = cells[begin : begin + step]
        times = np.ones((len(part), *x.shape))
        k = np.arange(len(part))
        times[k, part[:, 0], part[:, 1]] += STEP * better[part[:, 0], part[:, 1]]
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = apart(run, card.history, times)
            weights = [np.broadcast_to(b.given, (len(part), len(b.given))) for b in run.structure.branches] if _given(run) else None
            top = climb(run.structure, matrix, run.groups, run.applicable, weights, lean=run.lean)[0][0]
        fall = unadjusted[part[:, 0]] - top[k, part[:, 0]]
        for i in np.flatnonzero(fall > _close(card)):
            row, column = (int(v) for v in part[i])
            failures.append((float(fall[i]), row, run.structure.indicator_ids[column], float(unadjusted[row]), float(top[i, row])))
    return _told(card, "monotone", len(cells), failures)


def _given(run: Run) -> bool:
    return all(branch.weights.entry.name == "given" for branch in run.structure.branches)


def _doubled(card: Scorecard) -> Finding:
    measures = card.history.sheet.values.measures.filter(pl.col("period") == card.period)
    rules = card.scheme.indicators
    if measures.is_empty() or any(rules[leaf].formula is None for leaf in card.index.leaves):
        return Finding("doubled", "grey", 0)
    held = {unit: dict(zip(g["measure"], g["value"], strict=True)) for (unit,), g in measures.group_by("unit")}
    first, (before, ranked) = begun(card), _tops(card)
    names = card.units["unit"].to_list()
    failures: list[tuple[float, int, str | None, float, float]] = []
    rows = np.flatnonzero(ranked)
    worst: tuple[float, int, dict[int, float]] = (0.0, -1, {})
    for row in rows:
        x = first.x.copy()
        moved = dict(_twice(card, held.get(names[row], {}), x[row]))
        for column, value in moved.items():
            x[row, column] = value
        run = with_values(card, first, x)
        assert run.scores is not None
        gap = abs(float(np.nan_to_num(run.scores[row, 0], nan=np.inf)) - before[row])
        if gap > _close(card):
            failures.append((gap, int(row), None, float(before[row]), float(run.scores[row, 0])))
            worst = max(worst, (gap, int(row), moved), key=lambda one: one[0])
    told = _told(card, "doubled", len(rows), failures)
    return told._replace(indicator=_most(card, first, worst[1], worst[2])) if failures else told


def _twice(card: Scorecard, own: dict[str, float | None], values: Array) -> Iterator[tuple[int, float]]:
    """Columns whose value is another with all counts, sums and sizes doubled, and that value; earlier periods doubled too."""
    for column, leaf in enumerate(card.run.structure.indicator_ids):
        rule = card.scheme.indicators[leaf]
        if np.isnan(values[column]):
            continue
        formula = parse(rule.formula or "0")

        def worth(times: float, formula: object = formula) -> float:
            def resolve(name: str, back: int) -> float:
                value = own.get(name)
                scaled = card.scheme.measures[name].agg in ("count", "sum", "distinct", "latest")
                return float("nan") if value is None or back else float(value) * (times if scaled else 1.0)

            return float(formula.evaluate(resolve))  # type: ignore[attr-defined]

        once, again = worth(1.0), worth(2.0)
        by = 2.0 if rule.denominate is not None else 1.0  # what it is divided by doubles as well
        if not np.isnan(once) and not np.isnan(again) and abs(again / by - once) > 1e-12 * max(1.0, abs(once)):
            limited = again / by
            limited = limited if rule.floor is None else max(limited, rule.floor)
            limited = limited if rule.cap is None else min(limited, rule.cap)
            if abs(limited - values[column]) > 1e-12 * max(1.0, abs(values[column])) and rule.shrink is None:
                yield column, limited


def _most(card: Scorecard, first: Run, row: int, moved: dict[int, float]) -> str:
    """The indicator that alone makes the widest difference."""
    gaps = {}
    for column, value in moved.items():
        x = first.x.copy()
        x[row, column] = value
        run = with_values(card, first, x)
        assert run.scores is not None
        assert card.run.scores is not None
        gaps[column] = abs(float(np.nan_to_num(run.scores[row, 0] - card.run.scores[row, 0])))
    return card.run.structure.indicator_ids[max(gaps, key=lambda c: gaps[c])]
