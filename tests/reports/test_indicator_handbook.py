"""``docs/indicators.md`` says of every indicator what the scheme has, and how its values lie in the sample; search in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcz_metrics.facts import FACTS
from kcz_metrics.reports import handbook, sources
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

DOCS = Path(__file__).parents[2] / "docs"
HOW = "fill a store with the sample, then run: kcz handbook --period 2022 -o docs/indicators.md"


def test_the_file_says_what_the_scheme_says(shipped_scheme: Scheme) -> None:
    assert (DOCS / "indicators.md").read_text(encoding="utf-8").startswith(handbook.document(shipped_scheme)), HOW


@pytest.mark.long
def test_the_file_shows_how_the_values_of_the_sample_lie(sample_store: Store, shipped_scheme: Scheme) -> None:
    from kcz_metrics.analysis.figures import figures
    from kcz_metrics.scoring import evaluate

    snapshot = sample_store.snapshot()
    found = {index: figures(evaluate(shipped_scheme, index, "2022", snapshot)) for index in shipped_scheme.indices}
    text = (DOCS / "indicators.md").read_text(encoding="utf-8")
    assert text == handbook.document(shipped_scheme) + handbook.figures(shipped_scheme, "2022", found), HOW


def test_every_indicator_has_its_entry(shipped_scheme: Scheme) -> None:
    entries = handbook.document(shipped_scheme).split("\n#### ")[1:]
    assert [entry.split(" ")[0] for entry in entries] == [leaf for index in shipped_scheme.indices.values() for leaf in index.leaves]
    for entry in entries:
        one = shipped_scheme.indicators[entry.split(" ")[0]]
        assert one.definition
        assert one.safeguard
        said = (one.definition.zh, one.definition.en, one.safeguard.zh, one.safeguard.en, f"= {one.formula}")
        assert all(text in entry for text in said)
        assert all(f"- {head}" in entry for head in ("公式 Formula", "来源 Source tables", "计量 Unit", "防范 Safeguard", "归口 Owner"))


def test_the_links_of_the_file_lead_somewhere(shipped_scheme: Scheme) -> None:
    import re

    text = handbook.document(shipped_scheme)
    assert all((DOCS / target).is_file() for target in set(re.findall(r"\]\((\.\./[^)]+)\)", text)))
    anchors = set(re.findall(r'<a id="(\w+)">', text))
    assert set(re.findall(r"\]\(#(\w+)\)", text)) == anchors


@pytest.mark.parametrize(
    "indicator, tables",
    [
        ("CE01", {"roadmap_item"}),
        ("CE06", {"city_input", "city_context"}),
        ("TP04", {"visit_plan", "service_team"}),
        ("BD02", {"need", "org_field", "need_answer"}),
        ("CR08", {"supply_link", "org_relation", "contract", "docking", "need", "impact", "org", "pilot_city", "service_team"}),
    ],
)
def test_source_tables_are_all_that_the_facts_read(indicator: str, tables: set[str], shipped_scheme: Scheme) -> None:
    assert tables <= set(sources.tables(shipped_scheme, indicator))
    assert set(sources.tables(shipped_scheme, indicator)) >= {t for f in sources.facts(shipped_scheme, indicator) for t in FACTS[f].tables}


@pytest.mark.parametrize("indicator, sql", [("CF01", 'COUNT(*) FILTER(WHERE "docked_within_60d")'), ("TK01", "charter_score")])
def test_a_measure_shows_its_aggregate(indicator: str, sql: str, shipped_scheme: Scheme) -> None:
    assert sql in sources.in_sql(sources.measures(shipped_scheme, indicator)[0])


@pytest.mark.parametrize(
    "wanted",
    ["cf01", "需求对接率", "real docking", "双方会面", "needs_docked", "docking", "建设效果", "effectiveness", "both sides"],
)
def test_an_indicator_is_found_by_anything_said_of_it(wanted: str, shipped_scheme: Scheme) -> None:
    assert wanted in sources.searchable(shipped_scheme, "CF01")


def test_a_scheme_of_a_file_has_a_handbook_too() -> None:
    from kcz_metrics.scheme import load_scheme

    scheme = load_scheme(DOCS.parent / "data" / "published" / "hdi_2021" / "indicators.yaml")
    text = handbook.document(scheme)
    assert "#### life" in text
    assert sources.tables(scheme, "life") == {}
