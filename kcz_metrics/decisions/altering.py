"""The numbers of a selection that may be tried otherwise: seats, bars, preferences, quotas; each named by its place in the scheme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kcz_metrics.errors import DecisionError, Issue, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.scheme.selections import Selection

SEATS: Final = ("target", "minimum", "maximum")
MINIMUM_SCORE: Final = "eligible.minimum_score"
#: Bars that are whole numbers, of months and of cities.
WHOLE_BARS: Final = ("registered_months", "cities")
LINES: Final = ("at_most", "at_least")


def numbers(policy: Selection) -> dict[str, float]:
    """Place to number, in the order of the scheme: ``seats.target``, ``eligible.minimum_score``, ``prefer.<column>``, ``at_most.0`` ...;
    those that the scheme does not give have none."""
    found: dict[str, float | None] = {f"seats.{name}": getattr(policy.seats, name) for name in SEATS}
    found[MINIMUM_SCORE] = policy.eligible.minimum_score
    found |= {f"eligible.{name}": getattr(policy.eligible, name) for name in WHOLE_BARS}
    found |= {f"prefer.{column}": points for column, points in policy.prefer.items()}
    found |= {f"{kind}.{n}": quota.seats for kind in LINES for n, quota in enumerate(getattr(policy, kind))}
    return {place: float(value) for place, value in found.items() if value is not None}


def whole(place: str) -> bool:
    """Whether the number is one of seats, or of what is counted."""
    group, _, name = place.partition(".")
    return group in ("seats", *LINES) or (group == "eligible" and name in WHOLE_BARS)


def altered(policy: Selection, values: Mapping[str, float]) -> Selection:
    """The policy with these numbers in it, everything else as it is. Raises DecisionError for a place that it does not have, and for a
    number of seats that is none."""
    known = numbers(policy)
    issues = [
        Issue("unknown_number", T("遴选规则里没有可改的数 {name}", name=place), expected=T("{names}", names=", ".join(known)),
              hint=did_you_mean(place, list(known)))
        for place in values if place not in known
    ]  # fmt: skip
    issues += [
        Issue("number_of_seats", T("席数、月数与个数须为不小于 0 的整数"), subject=place, found=T("{value}", value=f"{value:g}"))
        for place, value in values.items()
        if place in known and (not value >= 0 or (whole(place) and value != int(value)))
    ]
    if issues:
        raise DecisionError(issues)
    for place, value in values.items():
        head, _, name = place.partition(".")
        if head == "seats":
            policy = policy.model_copy(update={"seats": policy.seats.model_copy(update={name: int(value)})})
        elif head == "eligible":
            bar = int(value) if whole(place) else value
            policy = policy.model_copy(update={"eligible": policy.eligible.model_copy(update={name: bar})})
        elif head == "prefer":
            policy = policy.model_copy(update={"prefer": {**policy.prefer, name: value}})
        else:
            quotas = list(getattr(policy, head))
            quotas[int(name)] = quotas[int(name)].model_copy(update={"seats": int(value)})
            policy = policy.model_copy(update={head: tuple(quotas)})
    return policy


def differing(policy: Selection, values: Mapping[str, float]) -> dict[str, float]:
    """Those of the values that are not the policy's own."""
    known = numbers(policy)
    return {place: value for place, value in values.items() if place not in known or abs(value - known[place]) > 1e-9}
