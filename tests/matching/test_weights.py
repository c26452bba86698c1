"""The file of weights: every problem at once, and what it gives."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from kcz_metrics.errors import SchemeError
from kcz_metrics.matching import load_weights
from kcz_metrics.matching.weights import RESOURCE_PARTS, TEAM_PARTS

SHIPPED = resources.files("kcz_metrics.matching").joinpath("weights.yaml").read_text(encoding="utf-8")


def test_the_shipped_file_is_whole() -> None:
    found = load_weights()
    assert tuple(found.team) == TEAM_PARTS
    assert tuple(found.resource) == RESOURCE_PARTS
    assert "problem" not in found.libraries


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    broken = SHIPPED.replace("  text: 4  ", "  txt: 4  ").replace("near_km: 500", "near_km: -1").replace("  field: 1.5", "  field: many")
    path = tmp_path / "weights.yaml"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(SchemeError) as wrong:
        load_weights(path)
    said = wrong.value.render("en")
    for fragment in ("knows no team.txt", "lacks team.text", "parameters.near_km must be", "team.field must be"):
        assert fragment in said
    assert said.count("did you mean") == 1


@pytest.mark.parametrize("text", ["", "- 1\n", "team: [", "team: {}\n"], ids=["empty", "list", "broken", "bare"])
def test_no_weights_at_all(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemeError):
        load_weights(path)


def test_weights_that_are_all_zero_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.yaml"
    lines = SHIPPED.splitlines()
    start, end = lines.index("team:"), lines.index("resource:")
    zero = [line.split(":")[0] + ": 0" if line.startswith("  ") else line for line in lines[start:end]]
    path.write_text("\n".join([*lines[:start], *zero, *lines[end:]]), encoding="utf-8")
    with pytest.raises(SchemeError, match="weights of team cannot all be zero"):
        load_weights(path)
