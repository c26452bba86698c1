"""What every figure shares: the empty canvas of a template, its colours, and texts made safe and short enough to draw.

Plotly reads names, hover texts and annotations as pseudo-HTML with links, and `$…$` as TeX; every name from data goes through :func:`safe`.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import plotly.graph_objects as go

from kcz_metrics.locales import Language
from kcz_metrics.theme import TOKENS, register

Template = Literal["kcz_light", "kcz_dark"]
Tokens = Mapping[str, Any]

#: Handed to ``st.plotly_chart(config=…)``: no toolbar, no logo, nothing fetched from elsewhere.
CONFIG: Mapping[str, Any] = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False, "showTips": False}

MINUS = "−"
MISSING = "—"

register()


def tokens(template: Template) -> Tokens:
    """The colours of a template's mode."""
    return TOKENS["dark" if template == "kcz_dark" else "light"]


def canvas(template: Template, height: int, **layout: Any) -> go.Figure:
    """An empty figure with its height fixed, no legend and axes that cannot be dragged or zoomed."""
    figure = go.Figure(
        layout={"template": template, "height": height, "showlegend": False, "dragmode": False, "hovermode": "closest", **layout}
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


def marked(figure: go.Figure, *, shapes: Sequence[Mapping[str, Any]] = (), annotations: Sequence[Mapping[str, Any]] = ()) -> None:
    """Add many shapes and annotations at once: one by one, plotly checks all earlier ones again with each, which takes half a second
    for a hundred."""
    figure.layout.shapes = (*figure.layout.shapes, *shapes)
    figure.layout.annotations = (*figure.layout.annotations, *annotations)


def safe(text: object) -> str:
    """A text from data as plotly may draw it: no tag, link, entity, TeX or template of its own is left alive."""
    escaped = html.escape("" if text is None else str(text), quote=False)
    return escaped.replace("$", "&#36;").replace("%", "&#37;").replace("\r", " ").replace("\n", " ")


def width_of(text: str, size: float = 12) -> float:
    """Pixels a text takes, roughly: a Chinese character is as wide as the font size, a Latin one a bit more than half."""
    return sum(size if ord(c) > 0x2E7F else size * 0.56 for c in text)


def halves(text: object, lang: Language, limit: int = 4) -> str:
    """A safe label broken by hand: Chinese over ``limit`` characters in two near-equal halves, English at the space nearest the middle."""
    plain = "" if text is None else str(text)
    if any(ord(c) > 0x2E7F for c in plain):
        if len(plain) <= limit:
            return safe(plain)
        cut = math.ceil(len(plain) / 2)
        if " " in plain:
            cut = min((i for i, c in enumerate(plain) if c == " "), key=lambda i: abs(i - len(plain) / 2))
        return safe(plain[:cut].strip()) + "<br>" + safe(plain[cut:].strip())
    if len(plain) <= max(8, 2 * limit) or " " not in plain:
        return safe(plain)
    lines: list[str] = [""]
    target = max(9, len(plain) / 3 if len(plain) > 22 else len(plain) / 2)
    for word in plain.split():
        if lines[-1] and len(lines[-1]) + len(word) > target and len(lines) < 3:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(safe(line) for line in lines)


def stacked(text: object, limit: float = 4, lines: int = 3) -> str:
    """A safe label in lines of at most ``limit`` Chinese characters (a Latin one counts as half of one): Chinese cut into near-equal
    parts, English between words. What does not go into ``lines`` is cut, marked by an ellipsis."""
    plain = "" if text is None else str(text)
    if any(ord(c) > 0x2E7F for c in plain):
        kept = short(plain, limit * lines)
        if " " in kept and width_of(kept, 1) > limit:
            cut = min((i for i, c in enumerate(kept) if c == " "), key=lambda i: abs(i - len(kept) / 2))
            return "<br>".join(safe(half.strip()) for half in (kept[:cut], kept[cut:]))
        count = min(lines, max(1, math.ceil(width_of(kept, 1) / limit)))
        size = width_of(kept, 1) / count
        rows = [""]
        for part in re.findall(r"[\x21-\u2e7f]+|.", kept):  # figures and Latin words stay whole
            if rows[-1] and width_of(rows[-1] + part, 1) > max(size, limit - 1) + 0.5 and len(rows) < count:
                rows.append("")
            rows[-1] += part
        return "<br>".join(safe(row.strip()) for row in rows)
    made: list[str] = []
    for word in plain.split():
        if made and len(made[-1]) + 1 + len(word) <= 2 * limit:
            made[-1] += f" {word}"
        else:
            made.append(short(word, limit + 1))
    if len(made) > lines:
        made = [*made[: lines - 1], made[lines - 1].rstrip("…") + "…"]
    return "<br>".join(safe(line) for line in made)


def short(text: object, limit: float = 14) -> str:
    """At most ``limit`` Chinese characters (twice as many Latin ones), the cut marked by an ellipsis; not yet escaped."""
    plain = "" if text is None else str(text)
    taken, used = "", 0.0
    for character in plain:
        used += 1 if ord(character) > 0x2E7F else 0.5
        if used > limit:
            return taken.rstrip() + "…"
        taken += character
    return plain


def fixed(value: float | None, decimals: int = 2) -> str:
    """Thousands separators, fixed decimals, the true minus; missing is an em dash. Rounded half away from zero, as beside the chart."""
    if value is None or not math.isfinite(value):
        return MISSING
    written = f"{Decimal(repr(float(abs(value)))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,.{decimals}f}"
    return MINUS + written if value < 0 and float(written.replace(",", "")) != 0 else written


def signed(value: float | None, decimals: int = 2) -> str:
    """As :func:`fixed`, with its sign; zero has none."""
    written = fixed(value, decimals)
    return f"+{written}" if value is not None and value > 0 and float(written.replace(",", "")) != 0 else written


def axis_number(value: float, lang: Language, *, share: bool = False) -> str:
    """A tick as an axis carries it: 74%, 2万 or 20k, 1.5亿 or 150M, 0.25."""
    if share:
        return f"{fixed(value * 100, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1)}%"
    scales = ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, "bn"), (1e6, "M"), (1e4, "k"))
    for scale, word in scales:
        if abs(value) >= scale:
            scaled = value / (1e3 if word == "k" else scale)
            return f"{fixed(scaled, 0 if scaled == round(scaled) else 1)}{word}"
    for decimals in range(4):
        if abs(value - round(value, decimals)) < 1e-9 * max(1.0, abs(value)):
            return fixed(value, decimals)
    return fixed(value, 4)


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers covering most of ``low`` to ``high``: steps of 1, 2 or 5 times a power of ten."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low] if math.isfinite(low) else []
    raw = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(raw))
    step = min((m * power for m in (1, 2, 5, 10)), key=lambda s: abs((high - low) / s - count))
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """One, two and five times powers of ten inside ``low`` to ``high`` (both above zero); at most five."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        found = [s * 10.0**p for p in powers for s in steps if low * 0.999 <= s * 10.0**p <= high * 1.001]
        if len(found) <= 5:
            return found
    return [10.0**p for p in powers if low <= 10.0**p <= high][:: max(1, len(list(powers)) // 4)]


def axis(values: Sequence[float], lang: Language, *, share: bool = False, count: int = 5, room: float = 0.06) -> dict[str, Any]:
    """Range with some room around the values, and ticks in the reader's language; for ``update_xaxes`` or ``update_yaxes``."""
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return {"showticklabels": False, "showgrid": False}
    low, high = min(known), max(known)
    pad = (high - low) * room or abs(high) * 0.1 or 1.0
    at = nice_ticks(low - pad, high + pad, count)
    return {"range": [low - pad, high + pad], "tickvals": at, "ticktext": [axis_number(v, lang, share=share) for v in at]}
