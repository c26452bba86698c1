"""What can go wrong, said so that it can be mended: one issue names the place, what was expected, what was found and
what to do; one error carries all issues of its stage at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kcz_metrics.locales import Language, T, Text


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem. ``place`` is ``file:line`` or a table and row, ``subject`` the path of the object (``indicators.CF01.formula``)."""

    code: str
    message: Text
    place: str = ""
    subject: str = ""
    expected: Text | None = None
    found: Text | None = None
    hint: Text | None = None
    level: Literal["error", "warning"] = "error"

    def render(self, lang: Language) -> str:
        """One line: place, subject, message; then expected, found and hint where known."""
        parts = [p for p in (self.place, self.subject) if p]
        head = (" ".join(parts) + ": " if parts else "") + self.message.render(lang)
        tail = [
            T(label, text=text).render(lang)
            for label, text in (("应为：{text}", self.expected), ("实为：{text}", self.found), ("可以：{text}", self.hint))
            if text is not None
        ]
        return "  ".join([head, *tail])


class KczError(Exception):
    """Base of the errors this package raises on purpose; ``issues`` is never empty."""

    def __init__(self, issues: Issue | Iterable[Issue]):
        self.issues: tuple[Issue, ...] = (issues,) if isinstance(issues, Issue) else tuple(issues)
        super().__init__(self.render("en"))

    def render(self, lang: Language) -> str:
        return "\n".join(issue.render(lang) for issue in self.issues)


class LanguageError(KczError):
    """A period, filter, aggregate or formula cannot be read."""


class SchemeError(KczError):
    """``indicators.yaml`` cannot be used as it stands."""


class RecordsError(KczError):
    """A file or frame of records cannot be taken as a whole."""


class StoreError(KczError):
    """The store cannot be opened, read or written."""


class AccessError(KczError):
    """The act is not allowed to this user."""


class CompileError(KczError):
    """A measure or formula cannot be turned into a query."""


class EngineError(KczError):
    """A query could not be run."""


class ValuesError(KczError):
    """A file of values cannot be used with this index."""


class ScoringError(KczError):
    """The values cannot be scored as the scheme asks."""


class DecisionError(KczError):
    """A decision cannot be proposed as its rules ask."""


class ReportError(KczError):
    """A report cannot be written."""


def did_you_mean(name: str, known: Sequence[str]) -> Text | None:
    """A hint with the nearest known names, or None where nothing is near."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.55)
    return T("是否指 {names}", names=", ".join(near)) if near else None
