"""Which language the command line speaks."""

from __future__ import annotations

import pytest

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
