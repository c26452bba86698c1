"""The scorecards that a change lies between, from two periods, two snapshots or two schemes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kcz_metrics.analysis.change import Sides
from kcz_metrics.scoring import evaluate

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def sides(
    schemes: tuple[Scheme, Scheme], index_id: str, periods: tuple[str, str], sources: tuple[Snapshot | Path, Snapshot | Path]
) -> tuple[Sides, Sides | None]:
    """Those by the scheme before and by the scheme now, None where it is the same; each pair is (before, now). Raises what ``evaluate``
    raises."""
    before = _sides(schemes[0], index_id, periods, sources)
    return before, _sides(schemes[1], index_id, periods, sources) if _other(schemes) else None


def _other(schemes: tuple[Scheme, Scheme]) -> bool:
    return schemes[0] is not schemes[1] and schemes[0].digest != schemes[1].digest


def _sides(scheme: Scheme, index_id: str, periods: tuple[str, str], sources: tuple[Snapshot | Path, Snapshot | Path]) -> Sides:
    old = evaluate(scheme, index_id, periods[0], sources[0])
    same = sources[0] == sources[1] if isinstance(sources[1], Path) else not isinstance(sources[0], Path) and sources[0].id == sources[1].id
    revised = old if same else evaluate(scheme, index_id, periods[0], sources[1])
    return Sides(old, revised, revised if periods[0] == periods[1] else evaluate(scheme, index_id, periods[1], sources[1]))
