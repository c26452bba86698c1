"""Codes in an address that name nothing: what was not known and what is shown instead stands in one quiet line, below the basis line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from drawn import opened, said
from streamlit.testing.v1 import AppTest

#: A page, the codes of its address, and what is said of them.
FAST = [
    ("portrait", {"unit": "ZZ999"}, "没有试点城市 ZZ999，改示"),
    ("cities", {"province": "QQ", "kind": "xx", "tier": "no"}, "没有省份 QQ"),
]
WHOLE = [
    ("targets", {"at": "9999"}, "月份：这里没有 9999，改示2022年12月。"),
    ("institutions", {"part": "nothing"}, "内容：这里没有 nothing，改示"),
    ("cities", {"kind": "xx"}, "类别：这里没有 xx，改示全部。"),
    ("cities", {"tier": "no"}, "层级：这里没有 no，改示全部。"),
    ("teams", {"field": "no"}, "技术领域：这里没有 no，改示全部。"),
    ("teams", {"unit": "ZZ"}, "没有评价对象 ZZ，未标出。"),
    ("boards", {"org_class": "no"}, "单位类别：这里没有 no，改示"),
    ("boards", {"unit": "ZZ"}, "没有评价对象 ZZ，未标出。"),
    ("needs", {"city": "XX"}, "试点城市：这里没有 XX，改示全部。"),
    ("flags", {"rule": "zz"}, "规则：这里没有 zz，改示全部。"),
    ("flags", {"state": "zz"}, "状态：这里没有 zz，改示全部。"),
    ("provinces", {"province": "999999"}, "没有省份 999999，改示全国。"),
    ("provinces", {"level": "moon.task"}, "责任层级：这里没有 moon.task，改示全部。"),
    ("platform", {"side": "x"}, "对象：这里没有 x，改示"),
    ("platform", {"who": "PC999"}, "组：这里没有 PC999，改示全部。"),
    ("joining", {"org_class": "no"}, "单位类别：这里没有 no，改示全部。"),
    ("institutions", {"kind": "no"}, "类别：这里没有 no，改示全部。"),
    ("cases", {"owner": "no"}, "归属：这里没有 no，改示全部。"),
    ("events", {"who": "no"}, "组：这里没有 no，改示全部。"),
    ("passport", {"unit": "PC017", "indicator": "XX99"}, "指标：这里没有 XX99，改示"),
    ("indicators", {"indicator": "XX99"}, "指标：这里没有 XX99，改示"),
    ("records", {"table": "nothing"}, "表：这里没有 nothing，改示"),
    ("targets", {"target": "T99"}, "方案里没有目标 T99，改示全部目标。"),
    ("data", {"part": "no"}, "内容：这里没有 no，改示"),
    ("data", {"part": "imports", "import": "zzzz"}, "导入：这里没有 zzzz，改示全部。"),
    ("reports", {"report": "no"}, "报告：这里没有 no，改示"),
    ("events", {"open": "garbage"}, "地址要打开的数（garbage）本页没有"),
]


def notices(page: str, home: Path, monkeypatch: pytest.MonkeyPatch, codes: dict[str, str]) -> tuple[AppTest, list[str], str]:
    at = opened(page, home, monkeypatch, **{"lang": "zh", "period": "2022", **codes})
    body = said(at)
    return at, re.findall(r'class="kcz-notice"[^>]*>([^<]*)', body), body


def told(page: str, home: Path, monkeypatch: pytest.MonkeyPatch, codes: dict[str, str], said: str) -> AppTest:
    at, found, body = notices(page, home, monkeypatch, codes)
    assert not at.exception
    assert "kcz-error" not in body
    assert [text for text in found if said in text]
    assert body.index("kcz-basis") < body.index(said) < body.index("kcz-question")
    return at


@pytest.mark.parametrize("page, codes, said", FAST, ids=[page for page, *_ in FAST])
def test_a_stranger_is_told(page: str, codes: dict[str, str], said: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(page, sample_home, monkeypatch, codes, said)


@pytest.mark.long
@pytest.mark.parametrize("page, codes, said", WHOLE, ids=[f"{page}-{'-'.join(codes)}" for page, codes, _ in WHOLE])
def test_a_stranger_of_any_page_is_told(
    page: str, codes: dict[str, str], said: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(page, sample_home, monkeypatch, codes, said)


def test_a_stranger_is_told_until_another_is_chosen_and_on_its_page_alone(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = told("cities", sample_home, monkeypatch, {"province": "QQ"}, "没有省份 QQ")
    assert "province" not in at.query_params
    at.switch_page("pages/cases.py").run()
    assert "QQ" not in "".join(e.proto.body for e in at.get("html"))


def test_an_address_of_known_codes_is_told_nothing(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, found, _ = notices("cities", sample_home, monkeypatch, {"province": "330000", "unit": "PC017"})
    assert found == []
