"""What the doctor says of one thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kcz_metrics.locales import Text

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``said``: what was found; ``todo``: what to do, None where nothing is needed."""

    check: str
    state: State
    said: Text
    todo: Text | None = None
