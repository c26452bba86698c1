"""Which language the command line speaks."""

from __future__ import annotations

import pytest

from kcz_metrics.cli.records import past
from kcz_metrics.cli.speaking import language

VARIABLES = ("KCZ_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    "environment, spoken",
    [
        ({"KCZ_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        ({"KCZ_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"KCZ_LANG": "zh_CN"}, "zh"),
        ({"KCZ_LANG": "fr", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_language(monkeypatch, environment, spoken):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == spoken


TIERS, LIST = "the round of tiers before the last is closed", "the first list of teams is confirmed"


@pytest.mark.parametrize(
    "kinds, said",
    [(["tier", "tier", "selection"], f"{TIERS}, {LIST}: 3 invented"), (["tier"] * 2, f"{TIERS}: 2 inv"), (["selection"], f"{LIST}: 1 inv")],
)
def test_the_demonstration_names_what_was_decided_and_nothing_else(monkeypatch, kinds, said):
    monkeypatch.setenv("KCZ_LANG", "en")
    assert past(kinds).startswith(said)
