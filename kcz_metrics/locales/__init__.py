"""The two languages. Chinese is the source; English comes from the catalogues in ``en/*.po``.

A text that leaves a module before the reader's language is known is a :class:`Text`: the Chinese source with named
placeholders, and their values. The doors (command line, pages, reports) render it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """A Chinese source text with ``{named}`` placeholders, and the values to fill in.

    A value may itself be a ``Text``; it is rendered in the same language.
    """

    source: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def render(self, lang: Language) -> str:
        return translate(self.source, lang, **self.values)

    def __str__(self) -> str:
        return self.render("zh")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (self.source, dict(self.values))


def T(source: str, /, **values: object) -> Text:  # noqa: N802 - the marker that the catalogue test looks for
    """Mark ``source`` for translation and bind its values."""
    return Text(source, MappingProxyType(values))


def _rebuilt(source: str, values: Mapping[str, object]) -> Text:
    return Text(source, MappingProxyType(dict(values)))


def translate(source: str, lang: Language, /, **values: object) -> str:
    """``source`` in ``lang`` with its placeholders filled; a source without a translation stays Chinese."""
    template = source if lang == "zh" else english().get(source, source)
    if not values:
        return template
    return template.format_map({k: v.render(lang) if isinstance(v, Text) else v for k, v in values.items()})


@cache
def english() -> Mapping[str, str]:
    """Source text to English, from every catalogue under ``en/``. A source may stand in several only with one meaning."""
    from babel.messages.pofile import read_po

    entries: dict[str, str] = {}
    for path in sorted(resources.files(__package__).joinpath("en").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".po"):
            with path.open("rb") as stream:
                entries |= {str(m.id): str(m.string) for m in read_po(stream) if m.id and m.string}
    return MappingProxyType(entries)
