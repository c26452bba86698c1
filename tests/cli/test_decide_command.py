"""``kcz decide``: recording, refusing, withdrawing and closing on the sample; and what is asked of a store without records."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROUND = ("decide", "city_assessment", "--period", "2022")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_vote_that_is_none_is_told_before_anything_is_worked_out(kcz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = kcz(*ROUND, "PC001=hub", "--vote", "a=maybe")
    assert done.status == 1
    assert "maybe" in done.err
    assert "yes, no, abstain" in done.err


def test_without_records_there_is_nothing_to_decide(kcz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    listed = kcz(*ROUND)
    assert (listed.status, table(listed.out)) == (0, [])
    done = kcz(*ROUND, "PC001")
    assert done.status == 1
    assert "no records" in done.err or "no snapshot" in done.err
    assert kcz("decide", "nothing", "--period", "2022").status == 1


@pytest.fixture
def home(kcz: Any, decided_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = Path(shutil.copytree(decided_home, tmp_path / "own"))
    monkeypatch.setenv("KCZ_HOME", str(home))
    monkeypatch.chdir(ROOT)
    return home


@pytest.mark.long
def test_a_round_is_decided_withdrawn_and_closed(kcz: Any, home: Path) -> None:
    draws = ("--draws", "40")
    proposed = {r["unit"]: r for r in table(kcz("tiers", "city_assessment", *draws).out) if r["period"] == "2022"}
    moving = [u for u, r in proposed.items() if r["tier_before"] != r["tier_after"] and r["tier_before"] and r["tier_after"]]
    assert moving
    assert not proposed[moving[0]]["decided"]

    wrong = kcz(*ROUND, "PC042=hub", *draws, "--reason", "so")
    assert wrong.status == 1
    assert "the tier hub would hold 5, and has 4 seats" in wrong.err
    assert "override" not in kcz(*ROUND).out

    made = table(kcz(*ROUND, f"{moving[0]}=defer", *draws).out)
    assert [(r["unit"], r["act"], r["after"]) for r in made] == [(moving[0], "defer", proposed[moving[0]]["tier_before"])]
    rows = {r["unit"]: r for r in table(kcz("tiers", "city_assessment", *draws).out) if r["period"] == "2022"}
    assert (rows[moving[0]]["reason"], rows[moving[0]]["decided"]) == ("DEFERRED", "defer")
    assert rows[moving[0]]["proposed"] == proposed[moving[0]]["tier_after"]

    assert "reason" in kcz(*ROUND, "--withdraw", made[0]["number"]).err
    assert table(kcz(*ROUND, "--withdraw", made[0]["number"], "--reason", "read wrongly").out)[0]["withdraws"] == made[0]["number"]
    assert "stands alone" in kcz(*ROUND, "PC001", "--withdraw", "1").err

    assert "are not decided yet" in kcz(*ROUND, "--close", *draws).err
    exchange = ("PC060=hub", "PC053=lead", *draws, "--reason", "by vote", "--proposal", "P")
    votes = [part for name, vote in (("a", "yes"), ("b", "yes"), ("c", "no")) for part in ("--vote", f"{name}={vote}")]
    lost = kcz(*ROUND, *exchange, *votes).err
    assert "3 voted, and at least 6 of the 9 members have to" in lost
    assert table(kcz(*ROUND).out)[-1]["act"] == "withdraw"
    more = [part for name in "def" for part in ("--vote", f"{name}=no")]
    kept = kcz(*ROUND, *exchange, *votes, *more, "--close")
    assert [(r["unit"], r["act"], r["after"]) for r in table(kept.out)] == [("PC060", "lost", "lead"), ("PC053", "lost", "hub")]
    assert (kept.status, "not carried" in kept.err, "the round stays open" in kept.err) == (1, True, True)
    mistyped = table(kept.out)[0]["number"]
    assert table(kcz(*ROUND, "--withdraw", mistyped, "--reason", "read wrongly").out)[0]["withdraws"] == mistyped

    closed = table(kcz(*ROUND, "--all", "--close", *draws).out)
    assert [r["act"] for r in closed][-1] == "close"
    assert {r["unit"] for r in closed if r["act"] == "confirm"} >= set(moving)
    assert "was closed by" in kcz(*ROUND, "PC042=lead", "PC017=build", *draws, "--reason", "so").err
    kept = {r["unit"]: r["tier_after"] for r in table(kcz("tiers", "city_assessment", "--draws", "0").out) if r["period"] == "2022"}
    assert kept == {unit: row["tier_after"] for unit, row in proposed.items()}
    assert kcz("audit", "verify").status == 0
