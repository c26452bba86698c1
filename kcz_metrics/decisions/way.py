"""Which way a unit leans after a round: to the level above its own or the one below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Way = Literal["up", "down"]


def way_of(row: Mapping[str, Any], ids: tuple[str, ...]) -> Way:
    """Which move the unit is nearer to: the one proposed or due, else that of the nearer bar."""
    place = {name: number for number, name in enumerate(ids)}
    before, aim = row["tier_before"], row["proposed"]
    if before in place and aim in place and before != aim:
        return "up" if place[aim] < place[before] else "down"
    if row["low_rounds"] or row["to_above"] is None:
        return "down"
    if row["high_rounds"] or row["over_below"] is None or row["reason"] == "CANDIDATE":
        return "up"
    return "up" if row["to_above"] <= row["over_below"] else "down"


def aim_of(row: Mapping[str, Any], ids: tuple[str, ...]) -> str | None:
    """The level that is at stake: the one proposed, else the neighbour that the unit is due to and kept from, else its own."""
    before, proposed = row["tier_before"], row["proposed"]
    if before not in ids or proposed != before or row["reason"] not in ("HOLD", "WAIT", "LIMIT", "CANDIDATE"):
        return proposed
    at = ids.index(before) + (-1 if way_of(row, ids) == "up" else 1)
    return ids[at] if 0 <= at < len(ids) else before
