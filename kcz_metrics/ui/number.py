"""Numbers as people read them: thousands separators, 万 and 亿 in Chinese, the true minus, a dash for what is missing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kcz_metrics.locales import Language, translate

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Indicator

MISSING = "—"
MINUS = "−"
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def decimal(value: float | None, places: int = 2, *, sign: bool = False) -> str:
    """``value`` rounded half away from zero, with separators; null and not-a-number give the dash."""
    if value is None or value != value:
        return MISSING
    exact = rounded(value, places)
    if exact == 0:
        return f"{abs(exact):.{places}f}"
    text = f"{abs(exact):,.{places}f}"
    return (MINUS if exact < 0 else "+" if sign else "") + text


def rounded(value: float, places: int) -> Decimal:
    """``value`` as it is written, rounded half away from zero."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def signed(value: float | None, places: int = 2) -> str:
    return decimal(value, places, sign=True)


def count(value: float | None) -> str:
    return decimal(value, 0)


def score(value: float | None, places: int = 2) -> str:
    return decimal(value, places)


def share(value: float | None, places: int = 1) -> str:
    """A share of one as a percentage."""
    return MISSING if value is None or value != value else f"{decimal(value * 100, places)}%"


def move(places: int | None) -> str:
    """A change of rank: up is positive."""
    if places is None:
        return MISSING
    return "–" if places == 0 else f"▲{places}" if places > 0 else f"▼{-places}"


def money(yuan: float | None, lang: Language) -> str:
    """An amount with its unit, the unit chosen by size."""
    number, unit = money_parts(yuan, lang)
    if number == MISSING:
        return number
    return f"{number} {unit}" if lang == "zh" else f"CNY {number} {unit}".rstrip()


def money_parts(yuan: float | None, lang: Language) -> tuple[str, str]:
    """The figure and its unit apart, for headline numbers."""
    if yuan is None or yuan != yuan:
        return MISSING, ""
    size = abs(yuan)
    if lang == "zh":
        if size >= 1e8:
            return decimal(yuan / 1e8, 1), "亿元"
        return (decimal(yuan / 1e4, 1), "万元") if size >= 1e4 else (decimal(yuan, 0), "元")
    if size >= 1e9:
        return decimal(yuan / 1e9, 2), "bn"
    return (decimal(yuan / 1e6, 2), "M") if size >= 1e6 else (decimal(yuan, 0), "")


def each(word: str, lang: Language) -> str:
    """The measure word that Chinese puts after a count; English has none, the label says what is counted."""
    return word if lang == "zh" else ""


def large(value: float | None, lang: Language, places: int = 0) -> str:
    """A large count in words of size: 1.3 万, 13 k."""
    if value is None or value != value:
        return MISSING
    if abs(value) < 10_000:
        return decimal(value, places)
    if lang == "zh":
        return f"{decimal(value / 1e8, 1)} 亿" if abs(value) >= 1e8 else f"{decimal(value / 1e4, 1)} 万"
    return f"{decimal(value / 1e6, 1)}M" if abs(value) >= 1e6 else f"{decimal(value / 1e3, 1)}k"


def period(code: str, lang: Language) -> str:
    """``2022`` as 2022年, ``2022Q3`` as 2022年三季度; a code that names no period as it stands."""
    from kcz_metrics.language.periods import is_period
    from kcz_metrics.language.periods import period as parse

    return parse(code).label(lang) if is_period(code) else code


def day(moment: date | datetime | None) -> str:
    """A date as ISO; a moment with a zone is shown on the calendar of Shanghai."""
    if moment is None:
        return MISSING
    if isinstance(moment, datetime):
        moment = (moment.astimezone(_SHANGHAI) if moment.tzinfo else moment).date()
    return moment.isoformat()


def places(indicator: Indicator) -> int:
    """Decimals of an indicator's value: as declared, else by its unit."""
    if indicator.decimals is not None:
        return indicator.decimals
    return 1 if indicator.unit == "ratio" else 2


def value(amount: float | None, indicator: Indicator, lang: Language) -> str:
    """An indicator's value without its unit word, a ratio as a percentage."""
    if indicator.unit == "ratio":
        return share(amount, places(indicator))
    if amount is not None and amount == amount and indicator.decimals is None and abs(amount) >= 1000:
        return large(amount, lang, 0)
    if amount is not None and amount == amount and indicator.decimals is None and float(amount).is_integer():
        return decimal(amount, 0)
    return decimal(amount, places(indicator))


def with_unit(amount: float | None, indicator: Indicator, lang: Language) -> str:
    """An indicator's value with its unit word; 万 and 亿 go straight before 元."""
    shown, word = value(amount, indicator, lang), unit(indicator, lang)
    if shown == MISSING or not word or (word[0].isdigit() and word[-1].isdigit()):  # a range such as 0-1 is no word to say after a figure
        return shown
    return f"{shown}{word}" if shown[-1] in "万亿" and word.startswith("元") else f"{shown} {word}"


def unit(indicator: Indicator, lang: Language) -> str:
    """The unit word for a header or beside a value; a ratio has none, since its percentage says it."""
    if indicator.unit is None or indicator.unit == "ratio":
        return ""
    return translate(indicator.unit, lang) if isinstance(indicator.unit, str) else indicator.unit.in_(lang)
