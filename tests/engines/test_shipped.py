"""The shipped scheme over the shipped sample: everything in it is there, in both languages, and has values."""

from __future__ import annotations

import polars as pl
import pytest

from kcz_metrics.compiling import plan, sql
from kcz_metrics.engines.duckdb import values
from kcz_metrics.engines.values import STATUSES
from kcz_metrics.language.formula import parse
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

LEAVES = {"city_assessment": 28, "team_score": 17, "board_resource": 9, "board_docking": 9, "board_transfer": 9, "board_drive": 10}


@pytest.mark.parametrize("index", LEAVES)
def test_every_indicator_and_measure_has_values(index: str, sample_store: Store, shipped_scheme: Scheme) -> None:
    found = values(sample_store.snapshot(), shipped_scheme, index, ["2021", "2022"])
    now = found.frame.filter(period="2022")
    assert now["indicator"].unique(maintain_order=True).to_list() == list(shipped_scheme.indices[index].leaves)
    assert now.group_by("indicator").agg(pl.col("value").drop_nulls().len().alias("n")).filter(pl.col("n") < 30).rows() == []
    assert now.group_by("indicator").agg(pl.col("value").n_unique().alias("n")).filter(pl.col("n") < 3).rows() == []
    assert found.measures.group_by("measure").agg(pl.col("value").drop_nulls().len().alias("n")).filter(pl.col("n") == 0).rows() == []
    assert found.frame.filter(pl.col("value").is_infinite() | pl.col("value").is_nan() | ~pl.col("status").is_in(STATUSES)).rows() == []
    assert found.frame.filter(pl.col("value").is_null() & ~pl.col("status").is_in(["missing", "not_applicable"])).rows() == []
    assert found.frame.select("unit", "period", "indicator").is_unique().all()
    assert set(found.frame["unit"]) <= set(found.units["unit"])


@pytest.mark.parametrize("index, leaves", LEAVES.items())
def test_weights_of_the_catalogue_add_up(index: str, leaves: int, shipped_scheme: Scheme) -> None:
    tree = shipped_scheme.indices[index].tree
    assert sum(node.is_leaf for node in tree.walk()) == leaves
    assert sum(pillar.weight for pillar in tree.children) == 100
    whole = 100 if index == "city_assessment" else None
    assert all(sum(leaf.weight for leaf in pillar.children) == (whole or pillar.weight) for pillar in tree.children)


def test_all_is_said_in_both_languages(shipped_scheme: Scheme) -> None:
    nodes = [node for index in shipped_scheme.indices.values() for node in index.tree.walk() if not node.is_leaf]
    named = [*shipped_scheme.measures.values(), *shipped_scheme.indicators.values(), *shipped_scheme.indices.values(), *nodes]
    defined = [*shipped_scheme.indicators.values(), *shipped_scheme.indices.values()]
    texts = [each.name for each in named] + [each.definition for each in defined]
    assert len(shipped_scheme.indicators) == 82
    assert all(text is not None and text.zh and text.en and text.zh != text.en for text in texts if text is None or text.en != "0-1")


@pytest.mark.parametrize("index", LEAVES)
def test_sql_is_explained_in_either_language(index: str, shipped_scheme: Scheme) -> None:
    planned = plan(shipped_scheme, index)
    for lang in ("zh", "en"):
        comments = [line for line in sql(planned, lang).splitlines() if line.startswith("--")]  # type: ignore[arg-type]
        assert len(comments) >= len(planned.measures) + len(planned.formulas)
        if lang == "en":
            assert not any("\u4e00" <= letter <= "\u9fff" for line in comments for letter in line)


def test_every_measure_is_used(shipped_scheme: Scheme) -> None:
    used = {measure.id for index in shipped_scheme.indices for measure in plan(shipped_scheme, index).measures}
    of_targets: set[str | None] = set()
    for target in shipped_scheme.targets.values():
        named = parse(target.formula).names if target.formula else ()
        of_targets |= {target.measure, target.baseline.measure if target.baseline else None, *named}
    of_targets.discard(None)
    assert used | of_targets == set(shipped_scheme.measures)
