"""The two workbooks: a ranking, and the profile of one unit. Both give the bytes of an .xlsx file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kcz_metrics.errors import Issue, ReportError, did_you_mean
from kcz_metrics.locales import Language, T
from kcz_metrics.reports.book import Book
from kcz_metrics.reports.definitions import definitions_sheet
from kcz_metrics.reports.matrices import normalised_sheet, values_sheet
from kcz_metrics.reports.portrait import composition_sheet, neighbours_sheet, portrait_sheet
from kcz_metrics.reports.provenance import provenance_sheet
from kcz_metrics.reports.standings import nodes_sheet, ranking_sheet
from kcz_metrics.reports.subject import SHANGHAI, Subject
from kcz_metrics.reports.summary import Cover, parts_sheet
from kcz_metrics.scheme.models import Scheme

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard
    from kcz_metrics.store import Snapshot


def ranking(
    scorecard: Scorecard,
    *,
    scheme: Scheme,
    snapshot: Snapshot | None,
    lang: Language,
    previous: Scorecard | None = None,
    command: str | None = None,
    created_at: datetime | None = None,
) -> bytes:
    """The ranking of one index and period: summary, ranking, scores of all nodes, values, normalised values, definitions, provenance.

    ``snapshot`` is None for values from a file. ``previous`` is the scorecard to count movement against. ``command`` is the
    command that computes the scorecard again, else it is put together from the index, the period and the snapshot.
    ``created_at`` carries a zone; now in Shanghai where it is not given. Numbers are written whole and only shown rounded.
    """
    subject = _subject(scorecard, scheme, snapshot, lang, previous, command, created_at)
    book = _book(subject, subject.title)
    cover = Cover(book, subject)
    area, at = ranking_sheet(book, subject)
    cover.fill(area, at)
    parts_sheet(book, subject)
    nodes_sheet(book, subject)
    values_sheet(book, subject)
    normalised_sheet(book, subject)
    definitions_sheet(book, subject)
    provenance_sheet(book, subject)
    return book.close()


def profile(
    scorecard: Scorecard,
    unit: str,
    *,
    scheme: Scheme,
    snapshot: Snapshot | None,
    lang: Language,
    previous: Scorecard | None = None,
    earlier: Sequence[Scorecard] = (),
    command: str | None = None,
    created_at: datetime | None = None,
) -> bytes:
    """One unit's profile: its figures, what the score is made of, its neighbours, definitions, provenance.

    ``earlier`` are scorecards of other periods for the line over time; ``previous`` is added to them. The other arguments are
    those of :func:`ranking`. Raises ReportError where the scorecard has no such unit.
    """
    subject = _subject(scorecard, scheme, snapshot, lang, previous, command, created_at)
    if (unit, scorecard.index.id) not in subject.scores:
        known = [u for u, node in subject.scores if node == scorecard.index.id]
        message = T("{period} 的 {index} 里没有评价对象 {unit}", period=scorecard.period, index=scorecard.index.id, unit=unit)
        raise ReportError(Issue("unknown_unit", message, subject=unit, hint=did_you_mean(unit, known)))
    book = _book(subject, f"{subject.names.get(unit, unit)} {subject.title}")
    cards = {card.period: card for card in (*earlier, *([previous] if previous else ())) if card.period != scorecard.period}
    portrait_sheet(book, subject, unit, list(cards.values()))
    composition_sheet(book, subject, unit)
    neighbours_sheet(book, subject, unit)
    definitions_sheet(book, subject)
    provenance_sheet(book, subject)
    return book.close()


def _subject(
    scorecard: Scorecard,
    scheme: Scheme,
    snapshot: Snapshot | None,
    lang: Language,
    previous: Scorecard | None,
    command: str | None,
    created_at: datetime | None,
) -> Subject:
    if created_at is not None and created_at.tzinfo is None:
        raise ValueError("created_at needs a zone")
    if command is None:
        stands_on = f"--snapshot {snapshot.id}" if snapshot is not None else "--values FILE"
        command = f"kcz score {scorecard.index.id} --period {scorecard.period} {stands_on} --format csv"
    return Subject(scorecard, scheme, snapshot, lang, previous, created_at or datetime.now(SHANGHAI), command)


def _book(subject: Subject, title: str) -> Book:
    return Book(title=f"{title} {subject.period_label()}", basis=subject.basis, notice=subject.notice, created_at=subject.created_at)
