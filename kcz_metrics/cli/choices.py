"""Options that take one of a few words: what is no such word is told with the nearest ones and with all there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from typer import BadParameter

from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import did_you_mean

Word = TypeVar("Word", bound=StrEnum)


def unknown(text: str, known: Iterable[str]) -> BadParameter:
    """The error for a word that is not among ``known``: wrong usage, exit status 2."""
    names = [str(name) for name in known]
    near = did_you_mean(text.lower(), names)
    said = tr("没有“{text}”；可选 {names}", text=text, names=", ".join(names))
    return BadParameter("  ".join([said, *([] if near is None else [near.render(language())])]))


def one_of(words: type[Word]) -> dict[str, Any]:
    """Keyword arguments of an ``Option`` whose value is one of ``words``."""
    return {"parser": _parser(words), "metavar": f"<{'|'.join(words)}>"}


def _parser(words: type[Word]) -> Callable[[str], Word]:
    def parse(text: str) -> Word:
        if text not in set(words):
            raise unknown(text, words)
        return words(text)

    return parse
