"""The rules of a good scheme. A rule looks at one thing and gives every issue it finds; none stops another."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kcz_metrics.errors import Issue
from kcz_metrics.scheme.checking import Context

Rule = Callable[[Context], Iterable[Issue]]

RULES: tuple[Rule, ...] = ()
