"""Which language the command line speaks: ``KCZ_LANG``, else Chinese in a Chinese locale, else English."""

from __future__ import annotations

import locale
import os

from kcz_metrics.locales import Language, translate


def language() -> Language:
    chosen = os.environ.get("KCZ_LANG", "").strip().lower()[:2]
    if chosen == "zh":
        return "zh"
    if chosen == "en":
        return "en"
    wanted = next((v for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(name))), None)
    # Windows keeps its locale out of the environment and spells it "Chinese (Simplified)_China"
    spelled = (wanted if wanted is not None else locale.getlocale()[0]) or ""
    return "zh" if spelled.lower().startswith(("zh", "chinese")) else "en"


def tr(source: str, /, **values: object) -> str:
    """``source`` in the language of the command line."""
    return translate(source, language(), **values)
