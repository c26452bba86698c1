"""Every file of the corpus gives the reaction written down for it: a sample of them here, all of them among the long tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from corpus import FAMILIES, cases
from corpus.case import Case
from corpus_running import differs, fill, run, tally

EVERY = list(cases())
_LARGE = 100_000  # bytes; larger files stay with the long tests
_FITTING = [case for case in EVERY if not case.large and len(case.content) < _LARGE]
SAMPLE = [*_FITTING[::60], next(case for case in _FITTING if case.reaction == "warned")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("corpus") / "store"
    fill(home)
    return home


def test_it_holds_every_kind_of_reaction() -> None:
    assert len(EVERY) >= 250
    assert len({case.name for case in EVERY}) == len(EVERY)
    assert {case.reaction for case in SAMPLE} == {case.reaction for case in EVERY} == {"taken", "warned", "rejected", "refused"}
    assert all(case.good and not case.bad for case in EVERY if case.honest)
    assert all(case.codes for case in EVERY if case.reaction in ("refused", "warned"))


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.name)
def test_a_sample(case: Case, home: Path) -> None:
    assert not differs(case, run(case, home))


@pytest.mark.long
@pytest.mark.parametrize("family", [family.__name__.rpartition(".")[2] for family in FAMILIES])
def test_every_file(family: str, home: Path) -> None:
    chosen = [case for case in EVERY if case.name.startswith(f"{family}: ")]
    # Two at once: one is read in its process while another is checked here.
    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(lambda case: run(case, home), chosen))
    assert not [f"{case.name}: {wrong}" for case, of in zip(chosen, came, strict=True) if (wrong := differs(case, of))]
    figures = tally(chosen, came)
    assert (figures["crashes"], figures["honest refused"], figures["traces after refusal"]) == (0, 0, 0)
