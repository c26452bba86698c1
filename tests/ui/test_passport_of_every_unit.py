"""The passport of every unit: children re-add to their parent at every node, formulas give the values again, records the measures."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import opened

from kcz_metrics.charts import adds_up
from kcz_metrics.ui.trail import Origin, Trail, close


@pytest.fixture(scope="module")
def looked(sample_store: Any, shipped_scheme: Any) -> Any:
    """A context over the sample, index and period to be chosen."""
    import streamlit as st

    from kcz_metrics.ui import loading
    from kcz_metrics.ui.context import Context
    from kcz_metrics.ui.places import place

    snapshot = sample_store.snapshot()

    def at(index_id: str, period: str) -> Context:
        return Context(
            lang="zh", place=place("passport"), store=sample_store, snapshot=snapshot, scheme=shipped_scheme, digest=shipped_scheme.digest,
            trouble=None, periods=loading.periods(snapshot, snapshot.id), period=period, index_id=index_id, indices=(index_id,), unit=None,
            actor=None, mode="light", meeting=False, slot=st.sidebar, snapshots=sample_store.snapshots(),  # type: ignore[arg-type]
        )  # fmt: skip

    return at


INDICES = ("city_assessment", "team_score", "board_docking", "board_transfer", "board_resource", "board_drive")


@pytest.mark.long
@pytest.mark.parametrize("period", ["2021", "2022"])
@pytest.mark.parametrize("index_id", INDICES)
def test_children_add_up_to_their_parent_for_every_unit_and_node(index_id: str, period: str, looked: Any) -> None:
    from kcz_metrics.ui import loading

    ctx = looked(index_id, period)
    card, standing = loading.scorecard(ctx), loading.standing(ctx)
    inner = [node for node in card.index.tree.walk() if node.children]
    wrong, seen = [], 0
    for unit in standing["unit"]:
        for node in inner:
            trail = Trail(ctx, card, standing, unit, node)
            gap = trail.gap(node.id)
            seen += gap is not None
            if gap:
                wrong.append((unit, node.id, gap))
    assert not wrong
    assert seen >= len(inner)


@pytest.mark.long
@pytest.mark.parametrize("index_id", INDICES)
def test_every_formula_over_the_shown_measures_gives_the_value(index_id: str, looked: Any) -> None:
    from kcz_metrics.ui import loading

    ctx = looked(index_id, "2022")
    card, standing = loading.scorecard(ctx), loading.standing(ctx)
    leaves = [node for node in card.index.tree.walk() if node.is_leaf]
    units = standing["unit"].to_list()
    chosen = units if len(units) <= 65 else units[:: len(units) // 65]
    trails = [Trail(ctx, card, standing, unit, leaf) for unit in chosen for leaf in leaves]
    assert not [(t.unit, t.node.id) for t in trails if not Origin(t).agrees]


@pytest.mark.long
@pytest.mark.parametrize("index_id", INDICES)
def test_the_records_of_every_count_and_sum_add_up_to_the_measure(index_id: str, looked: Any) -> None:
    """Over every measure of the index, for units across the ranking."""
    from kcz_metrics.language.formula import parse
    from kcz_metrics.ui import loading, measured

    ctx = looked(index_id, "2022")
    scheme = ctx.scheme
    units = loading.standing(ctx)["unit"].to_list()
    units = units[:: max(1, len(units) // 2)]
    names = sorted({n for leaf in ctx.index.leaves if (f := scheme.indicators[leaf].formula) for n in parse(f).names})
    summed = [n for n in names if scheme.measures[n].agg in ("count", "sum") and scheme.measures[n].at_least is None]
    values = loading.values(ctx).measures.filter(pl.col("period") == "2022")
    wrong = []
    for name in summed:
        for unit in units:
            mine = values.filter((pl.col("unit") == unit) & (pl.col("measure") == name))["value"]
            rows = measured.records(ctx, name, unit).filter("_counted")
            parts = [float(p) for p in rows["_contribution"].to_list() if p is not None]
            whole = mine[0] if mine.len() else None
            if adds_up(0.0, parts, whole or 0.0) != 0.0 and not close(sum(parts), whole):
                wrong.append((name, unit, whole, sum(parts)))
    assert summed
    assert not wrong


@pytest.mark.long
def test_a_record_behind_a_number_names_its_file_row_evidence_and_who_verified_it(
    sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kcz_metrics.records.importing import import_content
    from kcz_metrics.store import Store

    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    store = Store.open(home)
    needs = store.snapshot().read("need").filter((pl.col("city_id") == "PC017") & (pl.col("period_id") == "2022")).head(3)
    corrected = needs.with_columns(title=pl.lit("改过一次的需求题目"))
    import_content(store, "need", corrected.write_csv().encode(), name="needs.csv", actor="somebody")
    at = opened("passport", home, monkeypatch, lang="zh", index="city_assessment", unit="PC017", indicator="CE03", measure="needs_counted")
    assert not at.exception
    frame = pl.DataFrame(at.main.dataframe[0].value).filter(pl.col("need_id").is_in(needs["need_id"].implode())).sort("_at_row")
    assert frame["_source"].to_list() == ["needs.csv"] * 3
    assert frame["_at_row"].to_list() == [2, 3, 4]
    whole = pl.DataFrame(at.main.dataframe[0].value).filter(pl.col("_counted") == "计入")
    assert set(whole["_status"]) == {"已核验"}
    assert whole["_verified_by"].null_count() == 0
    text = "".join(e.proto.body for e in at.get("html"))
    said = re.search(r"核验</dt><dd>([\d,]+) / ([\d,]+) 条已核验", text)
    assert said is not None
    assert int(said[1].replace(",", "")) == whole.height
    assert "sample/need.parquet（" in text
