"""How values lie and whether they go with their pillar, on scores that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kcz_metrics.analysis.figures import FIGURES, figures
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Store


@pytest.mark.parametrize("index", ["city_assessment", "board_drive"])
def test_figures_say_what_the_frames_of_the_scorecard_say(index: str, sample_store: Store, shipped_scheme: Scheme) -> None:
    card = evaluate(shipped_scheme, index, "2022", sample_store.snapshot())
    found = figures(card)
    assert dict(found.schema) == FIGURES
    assert found["indicator"].to_list() == list(card.index.leaves)
    for row in found.iter_rows(named=True):
        values = card.values.filter(indicator=row["indicator"])
        known = values["value"].drop_nulls().to_numpy()
        assert row["known"] == len(known)
        assert row["applies"] == (values["status"] != "not_applicable").sum()
        assert row["median"] == pytest.approx(np.median(known))
        assert (row["lowest"], row["highest"]) == (known.min(), known.max())
        assert row["lower_quartile"] == pytest.approx(np.quantile(known, 0.25))
        assert row["correlation"] == pytest.approx(by_numpy(card.scores, row["indicator"], row["pillar"]))


def by_numpy(scores: pl.DataFrame, indicator: str, pillar: str) -> float:
    """Both less the means of their groups over all units scored, then Pearson over units with both."""
    sides = []
    for node in (indicator, pillar):
        mine = scores.filter(node=node).drop_nulls("score")
        by_group: dict[str, list[float]] = {}
        for group, score in mine.select("group", "score").iter_rows():
            by_group.setdefault(group, []).append(score)
        sides.append({u: s - np.mean(by_group[g]) for u, g, s in mine.select("unit", "group", "score").iter_rows()})
    both = [u for u in sides[0] if u in sides[1]]
    return float(np.corrcoef([sides[0][u] for u in both], [sides[1][u] for u in both])[0, 1])


def test_an_indicator_alone_in_its_pillar_goes_with_it(sample_store: Store, shipped_scheme: Scheme) -> None:
    found = figures(evaluate(shipped_scheme, "board_drive", "2022", sample_store.snapshot()))
    alone = found.filter(pl.col("pillar").is_in(["capital", "talent", "policy"]))
    assert alone["correlation"].to_list() == pytest.approx([1.0, 1.0, 1.0])


def test_what_nobody_has_yet_has_no_figures(sample_store: Store, shipped_scheme: Scheme) -> None:
    found = figures(evaluate(shipped_scheme, "board_transfer", "2021", sample_store.snapshot()))
    row = found.row(by_predicate=pl.col("indicator") == "BT09", named=True)
    assert (row["known"], row["coverage"], row["median"], row["correlation"]) == (0, 0.0, None, None)
