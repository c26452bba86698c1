"""Columns that refer to one of several tables: a city, a team, a body. Which of them a row means, another of its columns says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_PLACES: Mapping[str, str] = MappingProxyType({"city": "pilot_city", "team": "service_team", "org": "org"})
_JUDGED: Mapping[str, str] = MappingProxyType({"city": "pilot_city", "team": "service_team", "case": "case_study"})


@dataclass(frozen=True, slots=True)
class Subject:
    """``column`` holds the key of a row of the table that ``tables`` gives for the value of the column ``kind``; where that is None, of any
    of them."""

    column: str
    kind: str | None
    tables: Mapping[str, str]


#: By table. Its own references stand in its contract.
SUBJECTS: Mapping[str, Subject] = MappingProxyType(
    {
        "feedback": Subject("subject_id", "subject_type", _PLACES),
        "complaint": Subject("subject_id", "subject_type", _PLACES),
        "result_use": Subject("subject_id", "subject_type", _PLACES),
        "expert_score": Subject("subject_id", "subject_type", _JUDGED),
        "case_study": Subject("owner_id", "owner_type", _PLACES),
        "case_adoption": Subject("adopter_id", None, _PLACES),
        "submission_log": Subject("subject_id", None, _PLACES),
    }
)
