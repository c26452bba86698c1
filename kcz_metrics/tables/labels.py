"""Names shown to people, in both languages, held beside the thing they name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kcz_metrics.locales import Language, Text


class Label(Text):
    """A fixed name in Chinese and English. It is a :class:`Text`, so it can stand inside a message."""

    __slots__ = ("en",)
    en: str

    def __init__(self, zh: str, en: str):
        object.__setattr__(self, "source", zh)
        object.__setattr__(self, "values", MappingProxyType({}))
        object.__setattr__(self, "en", en)

    @property
    def zh(self) -> str:
        return self.source

    def in_(self, lang: Language) -> str:
        """The name in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def render(self, lang: Language) -> str:
        return self.in_(lang)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Label) and (self.zh, self.en) == (other.zh, other.en)

    def __hash__(self) -> int:
        return hash((self.zh, self.en))

    def __repr__(self) -> str:
        return f"Label({self.zh!r}, {self.en!r})"

    def __reduce__(self) -> tuple[type[Label], tuple[str, str]]:
        return Label, (self.zh, self.en)


def labels(**names: tuple[str, str]) -> Mapping[str, Label]:
    """Code to label, in the order given: ``labels(city=("城市", "City"))``."""
    return MappingProxyType({code: Label(zh, en) for code, (zh, en) in names.items()})
