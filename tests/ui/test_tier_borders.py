"""How far a unit is from the borders of its tier: scores and bars worked out once more are those of the rule, however it is written."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import polars as pl
import pytest
from drawn import ROOT

from kcz_metrics.decisions.recorded import Recorded
from kcz_metrics.decisions.replay import replay
from kcz_metrics.decisions.rounds import rounds_of
from kcz_metrics.decisions.rulebook import score_back, score_lost, score_needed
from kcz_metrics.decisions.ruling import Sitting
from kcz_metrics.scheme import load_scheme
from kcz_metrics.scheme.policies import Tiers
from kcz_metrics.ui.behind import tier_borders
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import parts_of, same

#: Scores of 2020 to 2022; the last comes in late.
SCORES = {"A": [90, 92, 91], "B": [80, 75, 62], "C": [70, 72, 78], "D": [60, 61, 66], "E": [50, 52, 41], "F": [None, 40, 44]}
SEATS = [{"id": "top", "seats": 1}, {"id": "middle", "seats": 2}, {"id": "rest", "seats": 3}]
FIXED = [{"id": "top", "at_least": 80}, {"id": "middle", "at_least": 65}, {"id": "rest"}]
MOVES: dict[str, Any] = {"promote": {"margin": 2.0, "rounds": 2}, "demote": {"margin": 3.0, "rounds": 2, "buffer_minimum": 1}}


def sat(**rule: Any) -> Sitting:
    lines = [(unit, str(2020 + t), score) for unit, scores in SCORES.items() for t, score in enumerate(scores)]
    looked = rounds_of(pl.DataFrame(lines, schema={"unit": pl.String, "period": pl.String, "score": pl.Float64}, orient="row"))
    policy = Tiers.model_validate(MOVES | rule)
    return Sitting(policy, looked, replay(looked, policy), Recorded())


def context() -> Context:
    """Of an index whose units have no names in any record."""
    given: dict[str, Any] = dict.fromkeys(one.name for one in fields(Context))
    scheme = load_scheme(ROOT / "data" / "published" / "hdi_2021" / "indicators.yaml")
    return Context(**given | {"lang": "zh", "scheme": scheme, "index_id": "hdi"})


@pytest.mark.parametrize(
    "rule",
    [
        {"levels": SEATS, "smooth": {"now": 0.6, "before": 0.4}},
        {"levels": SEATS},
        {"levels": FIXED, "smooth": {"now": 3, "before": 1}},
        {"levels": SEATS, "entry": {"middle": 68.5}},
    ],
    ids=["smoothed", "plain", "thresholds", "one_fixed"],
)
def test_a_distance_is_the_score_and_the_bar_worked_out_again(rule: dict[str, Any]) -> None:
    sitting, ctx = sat(**rule), context()
    gaps, points = 0, 0
    for row in sitting.rows.filter(pl.col("tier_before").is_not_null()).iter_rows(named=True):
        unit = row["unit"]
        for way, distance in (("up", row["to_above"]), ("down", row["over_below"])):
            if distance is None:
                continue
            short = distance > 0 if way == "up" else distance <= 0
            opening = tier_borders.gap(ctx, sitting, unit, way, short=short)
            assert same(abs(distance), opening.recount("all"))
            assert all(part.rows("all").height for part in parts_of(opening).values())
            gaps += 1
        for score, opens in (
            (score_needed, tier_borders.to_rise),
            (score_back, tier_borders.to_come_back),
            (score_lost, tier_borders.to_fall),
        ):
            asked = score(sitting, unit)
            if asked is not None:
                assert same(asked, opens(ctx, sitting, unit).recount("all"))
                points += 1
    assert gaps >= 7
    assert points >= 7
