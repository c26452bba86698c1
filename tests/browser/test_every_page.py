"""Every page and every part of it in a real Chromium, in both languages: tables fit their columns, texts are in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from kcz_metrics.ui.places import PLACES

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from kcz_metrics.store import Store

pytestmark = pytest.mark.long

#: Page to the addresses of its parts.
PARTS: Mapping[str, tuple[str, ...]] = {
    "overview": ("",),
    "cities": ("",),
    "teams": ("",),
    "boards": ("index=board_resource", "index=board_docking", "index=board_transfer", "index=board_drive"),
    "targets": ("", "target=T06", "target=T13"),
    "profile": ("unit=PC017&index=city_assessment", "index=team_score", "index=board_resource"),
    "portrait": ("unit=PC017", "unit=PC044"),
    "needs": ("",),
    "provinces": ("", "province=330000"),
    "platform": ("part=funnel", "part=funnel&side=resource", "part=libraries", "part=users", "part=offers"),
    "joining": ("part=funnel", "part=support", "part=teams"),
    "institutions": tuple(f"part={part}" for part in ("stations", "managers", "agreements", "recommended", "sites", "running")),
    "cases": ("part=cases", "part=network", "part=uses", "part=export"),
    "events": ("part=tail", "part=releases", "part=alliances", "part=contests"),
    "jobs": ("part=balance", "part=hiring", "part=zone", "part=startups"),
    "weights": ("",),
    "whatif": ("unit=PC017", "unit=PC017&goal=tier", "unit=PC017&part=correct&set=CF03:30000", "index=team_score", "index=board_drive"),
    "tiers": ("", "unit=PC042"),
    "selection": ("", "set=at_most.1:5", "set=seats.minimum:40,seats.target:40,seats.maximum:40&relax=yes", "part=yearly"),
    "backtest": ("", "rounds_up=1&fall=2", "by=file"),
    "robustness": ("part=ranks", "part=unit&unit=PC017", "part=sources", "part=weights", "part=ranks&index=board_docking"),
    "audit": (
        *(f"part={part}" for part in ("findings", "coverage", "distribution", "correlation", "structure", "influence", "ranking")),
        "part=fairness",
        "part=advice",
        "part=selftests",
        "index=team_score",
        "index=board_drive&part=fairness",
    ),
    "passport": ("unit=PC017", "unit=PC017&indicator=CF01", "unit=PC017&indicator=CF03"),
    "indicators": ("indicator=CR01",),
    "flags": ("",),
    "records": ("", "table=need&record=ND23002"),
    "imports": ("",),
    "data": ("part=tables", "part=units", "part=units&index=board_docking", "part=imports", "part=waiting"),
    "changes": ("", "part=cause", "part=cause&index=board_docking&by=rank"),
    "reports": ("report=ranking", "report=profile&unit=PC017"),
}
#: Texts that the records hold in Chinese alone, as somebody wrote them: they stand in Chinese on English pages too.
WRITTEN = {"need": ("title", "text"), "resource": ("title",), "park": ("name_zh",), "city_industry": ("reason",)}

#: Tables wider than their place, and the texts that stand on the page, shadow roots and all; grids of records and code aside.
SEEN = r"""() => {
  const seen = {wider: [], texts: []};
  const aside = "style, script, noscript, [data-testid=stDataFrame], [data-testid=stCode], [data-testid=stFileUploader], .kcz-aside";
  const visit = root => {
    root.querySelectorAll("*").forEach(one => {
      if (one.shadowRoot) visit(one.shadowRoot);
      const table = one.matches(".root") && one.querySelector("table");
      if (table && one.scrollWidth > one.clientWidth + 1)
        seen.wider.push(`${table.getAttribute("aria-label")} ${one.scrollWidth} > ${one.clientWidth}`);
      for (const name of ["title", "aria-label", "alt"])
        if (one.getAttribute(name) && !one.closest(aside)) seen.texts.push(one.getAttribute(name));
    });
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const holder = walk.currentNode.parentElement;
      if (holder && !holder.closest(aside) && walk.currentNode.nodeValue.trim()) seen.texts.push(walk.currentNode.nodeValue.trim());
    }
  };
  visit(document.querySelector("[data-testid=stMain]"));
  visit(document.querySelector("[data-testid=stSidebar]"));
  seen.texts = [...new Set(seen.texts)];
  seen.lang = document.documentElement.lang;
  return seen;
}"""
CHINESE = re.compile(r"[\u3400-\u9fff\uff08\uff09\uff0c\uff1a\uff1b\u3001\u3002]")
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")
#: The switch of languages, and what the framework itself says to screen readers.
OWN = re.compile(r"中文|English|Collapse sidebar|App pages|Navigate to home page|Clear value|file upload|(?:命令行：)?kcz .*")


def test_every_page_is_walked() -> None:
    assert {place.id for place in PLACES} <= set(PARTS)


@pytest.fixture(scope="module")
def written(sample_store: Store) -> set[str]:
    snapshot = sample_store.snapshot()
    found: set[str] = set()
    for table, columns in WRITTEN.items():
        frame = snapshot.read(table)
        for column in columns:
            found |= set(frame[column].drop_nulls().to_list())
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_tables_fit_and_texts_are_in_the_readers_language(
    server: str, page: Page, settled: Callable[[], None], written: set[str], place: Any, lang: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    for part in PARTS[place.id]:
        page.goto(f"{server}/{'' if place.default else place.id}?lang={lang}&period=2022&{part}")
        settled()
        page.wait_for_function(f"() => document.title.startsWith({place.title.render('zh' if lang == 'zh' else 'en')!r})")
        seen = page.evaluate(SEEN)
        assert seen["wider"] == [], part
        foreign, own = (CHINESE, written) if lang == "en" else (ENGLISH, set())
        left = [text for text in seen["texts"] if foreign.search(text) and text not in own and not OWN.fullmatch(text)]
        assert left == [], part
    # The browser asks for the health of the server below the page's own path first, which the framework answers with 404.
    assert not [text for text in said if "404" not in text]
