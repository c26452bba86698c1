"""The tokens: contrast by WCAG 2, distances by CIEDE2000 under simulated colour blindness, and one source for both files."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest

from kcz_metrics.theme import MODES, TOKENS, Mode

ROOT = Path(__file__).parents[2]
Colour = tuple[float, float, float]

#: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
MACHADO = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


def linear(code: str) -> Colour:
    values = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    def luminance(code: str) -> float:
        return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear(code), strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(code: str, sight: str) -> Colour:
    rgb = [min(1.0, max(0.0, sum(m * v for m, v in zip(row, linear(code), strict=True)))) for row in MACHADO[sight]]
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    xyz = [sum(m * v for m, v in zip(row, rgb, strict=True)) / white for row, white in zip(rows, (0.95047, 1.0, 1.08883), strict=True)]
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: Colour, other: Colour) -> float:
    """Sharma, Wu and Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    step_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(mean_h - 30))
        + 0.24 * math.cos(math.radians(2 * mean_h))
        + 0.32 * math.cos(math.radians(3 * mean_h + 6))
        - 0.20 * math.cos(math.radians(4 * mean_h - 63))
    )
    sl = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    sc, sh = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    turn = -math.sin(2 * math.radians(30 * math.exp(-(((mean_h - 275) / 25) ** 2)))) * 2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7))
    dl, dc, hue = (l2 - l1) / sl, (c2 - c1) / sc, step_h / sh
    return math.sqrt(dl**2 + dc**2 + hue**2 + turn * dc * hue)


def test_ciede2000_against_a_published_pair() -> None:
    assert ciede2000((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert ciede2000((50.0, 2.5, 0.0), (58.0, 24.0, 15.0)) == pytest.approx(19.4535, abs=1e-4)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sight", list(MACHADO))
def test_palettes_that_tell_things_apart_keep_a_distance_of_ten(mode: Mode, sight: str) -> None:
    token = TOKENS[mode]
    palettes = {
        "tier": token["tier"],
        "pillar": token["pillar"],
        "marks": [token["watch"], token["rectify"], token["new"]],
        "moves": [token["up"], token["down"], token["still"]],
    }
    close = [
        (name, a, b, round(d, 1))
        for name, colours in palettes.items()
        for i, a in enumerate(colours)
        for b in colours[i + 1 :]
        if (d := ciede2000(lab(a, sight), lab(b, sight))) < 10
    ]
    assert not close


@pytest.mark.parametrize("mode", MODES)
def test_text_and_marks_can_be_read(mode: Mode) -> None:
    token = TOKENS[mode]
    text = [(token[t], token[b]) for t in ("ink", "muted", "faint", "still") for b in ("background", "surface")]
    text += [(token["accent"], token["background"]), (token["accent"], token["accent_tint"]), (token["on_accent"], token["accent"])]
    text += [(token["up"], token["accent_tint"]), (token["down"], token["accent_tint"])]
    text += [(token[f"{m}_text"], token[f"{m}_tint"]) for m in ("watch", "rectify", "new")]
    for palette in ("tier", "pillar", "sequence"):
        text += list(zip(token[f"{palette}_text"], token[palette], strict=True))
    marks = [(c, token["background"]) for c in (*token["tier_line"], *token["pillar"], token["interval"], token["missing"])]
    marks += [(token[m], token["background"]) for m in ("watch", "rectify", "new")]
    poor = [(a, b, round(contrast(a, b), 2)) for pairs, least in ((text, 4.5), (marks, 3.0)) for a, b in pairs if contrast(a, b) < least]
    assert not poor


@pytest.mark.parametrize("mode", MODES)
def test_streamlits_theme_repeats_the_tokens(mode: Mode) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][mode]
    pairs = {
        "primaryColor": "accent", "backgroundColor": "background", "secondaryBackgroundColor": "surface", "textColor": "ink",
        "borderColor": "line", "dataframeBorderColor": "grid", "chartCategoricalColors": "pillar",
    }  # fmt: skip
    assert {name: theme[name] for name in pairs} == {name: TOKENS[mode][token] for name, token in pairs.items()}


def test_the_server_listens_here_only_and_shows_no_stack_trace() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False
    assert "enableCORS" not in config["server"]


@pytest.mark.parametrize("mode", MODES)
def test_every_variable_of_the_stylesheets_is_a_token(mode: Mode) -> None:
    import re

    from kcz_metrics.ui.style import variables

    assets = ROOT / "kcz_metrics" / "ui" / "assets"
    used = {v for f in ("page.css", "table.css") for v in re.findall(r"var\(--([a-z0-9-]+)\)", (assets / f).read_text(encoding="utf-8"))}
    assert used
    assert used <= set(variables(mode))
