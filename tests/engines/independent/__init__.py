"""All 82 indicators of the catalogue worked out a second time, in plain polars from the files of the sample, by their definitions: without
the facts, their SQL, the compiler or the scheme's formulas. ``SECOND`` maps an indicator to its index and its function of a year and the
units asked for."""

from __future__ import annotations

from collections.abc import Callable

from independent import docking_board, drive_board, effectiveness, engagement, radiation, resource_board, team_work, teams, transfer_board
from independent.ground import Given, Year

Second = Callable[[Year, list[str]], Given]
_FAMILIES = {
    "city_assessment": (engagement.SECOND, effectiveness.SECOND, radiation.SECOND),
    "team_score": (teams.SECOND, team_work.SECOND),
    "board_resource": (resource_board.SECOND,),
    "board_docking": (docking_board.SECOND,),
    "board_transfer": (transfer_board.SECOND,),
    "board_drive": (drive_board.SECOND,),
}
SECOND: dict[str, tuple[str, Second]] = {
    indicator: (index, compute) for index, families in _FAMILIES.items() for family in families for indicator, compute in family.items()
}
