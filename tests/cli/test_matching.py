"""``kcz match`` and ``kcz matching`` over the sample: columns, sums, the day, and what is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kcz_metrics.matching.suggesting import PARTS
from kcz_metrics.matching.weights import TEAM_PARTS

NEED = "ND23002"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_match_gives_five_of_each_kind_and_their_parts_add_up(sample):
    done = sample("match", NEED)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == ",".join(["need", "rank", "kind", "candidate", "score", *PARTS])
    rows = table(done.out)
    assert [(row["kind"], row["rank"]) for row in rows] == [(kind, str(rank)) for kind in ("team", "resource") for rank in range(1, 6)]
    for row in rows:
        assert sum(float(row[part] or 0) for part in PARTS) == pytest.approx(float(row["score"]))
    scores = [float(row["score"]) for row in rows]
    assert scores[:5] == sorted(scores[:5], reverse=True)


@pytest.mark.long
def test_match_of_all_open_needs_on_a_past_day(sample):
    rows = table(sample("match", "--kind", "team", "--most", "1", "--as-of", "2020-03-31").out)
    assert len(rows) > 100
    assert {row["kind"] for row in rows} == {"team"}
    assert len({row["need"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (("match", NEED, "--as-of", "2021-01-01"), 1, f"no valid need {NEED} was known by 2021-01-01"),
        (("match", "--as-of", "yesterday"), 2, "yesterday is not a date"),
        (("match", NEED, "--weights", "nowhere.yaml"), 1, "file of weights cannot be read"),
        (("matching",), 2, "either --evaluate or --fit"),
        (("matching", "--evaluate", "--fit"), 2, "either --evaluate or --fit"),
        (("matching", "--fit", "--kind", "resource"), 2, "team with --fit"),
        (("matching", "--fit", "--year", "2019"), 1, "no dockings of 2018"),
        (("matching", "--fit", "--until", "2022-12-31"), 2, "--until goes with --evaluate"),
    ],
    ids=["not_yet", "no_date", "no_file", "neither", "both", "no_fit", "no_past", "no_fit_until"],
)
def test_what_is_refused(sample, arguments: tuple[str, ...], status: int, said: str):
    done = sample(*arguments)
    assert (done.status, done.out) == (status, "")
    assert said in " ".join(done.err.replace("│", " ").split())


def test_an_empty_store_has_no_needs(kcz):
    assert kcz("match").status == 1


@pytest.mark.long
def test_evaluate_and_fit(sample, tmp_path: Path):
    found = {row["method"]: row for row in table(sample("matching", "--evaluate").out)}
    assert float(found["matching"]["hit_rate_at_5"]) > 1.1 * float(found["popular_in_industry"]["hit_rate_at_5"])
    assert len({row["needs"] for row in found.values()}) == 1
    fitted = table(sample("matching", "--fit").out)
    assert [row["part"] for row in fitted] == list(TEAM_PARTS)
    assert sum(float(row["weight"]) for row in fitted) == pytest.approx(1.0)
