"""Texts on charts: nothing from data stays alive, labels break where people would break them."""

import pytest

from kcz_metrics.charts.canvas import axis_number, fixed, halves, log_ticks, nice_ticks, safe, short, signed, stacked

HOSTILE = '<img src=x onerror=alert(1)><a href="https://a.example">$x^2$ %{customdata}\nb&amp;'


def test_safe_leaves_no_markup_template_or_tex():
    text = safe(HOSTILE)
    assert not set("<>$%\n") & set(text)
    assert safe("a&lt;b") == "a&amp;lt;b"
    assert safe(None) == ""


@pytest.mark.parametrize(
    "label, lang, broken",
    [
        ("路线图", "zh", "路线图"),
        ("需求解决率", "zh", "需求解<br>决率"),
        ("同类 中位数值", "zh", "同类<br>中位数值"),
        ("Median", "en", "Median"),
        ("Needs solved", "en", "Needs<br>solved"),
        ("<b>需求</b>", "zh", "&lt;b&gt;需求<br>&lt;/b&gt;"),
    ],
)
def test_labels_break_by_hand(label, lang, broken):
    assert halves(label, lang) == broken


def test_short_counts_a_latin_letter_as_half():
    assert short("一二三四五", 4) == "一二三四…"
    assert short("abcdefgh", 4) == "abcdefgh"
    assert short("abcdefghi", 4) == "abcdefgh…"


@pytest.mark.parametrize(
    "value, written", [(1.005, "1.01"), (-1.02, "−1.02"), (-0.001, "0.00"), (1284.6, "1,284.60"), (None, "—"), (float("nan"), "—")]
)
def test_fixed(value, written):
    assert fixed(value) == written


@pytest.mark.parametrize("value, written", [(0.75, "+0.75"), (-1.02, "−1.02"), (0.0, "0.00"), (0.001, "0.00"), (None, "—")])
def test_signed(value, written):
    assert signed(value) == written


@pytest.mark.parametrize(
    "value, lang, share, written",
    [
        (20_000, "zh", False, "2万"),
        (20_000, "en", False, "20k"),
        (150_000_000, "zh", False, "1.5亿"),
        (150_000_000, "en", False, "150M"),
        (5_000, "zh", False, "5,000"),
        (0.4, "zh", True, "40%"),
        (0.125, "en", True, "12.5%"),
        (0.25, "zh", False, "0.25"),
        (70, "zh", False, "70"),
    ],
)
def test_axis_numbers(value, lang, share, written):
    assert axis_number(value, lang, share=share) == written


def test_ticks_are_round_and_inside():
    assert nice_ticks(52.3, 88.4, 5) == [60, 70, 80]
    assert nice_ticks(0, 1, 5) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert nice_ticks(3, 3) == [3]
    assert log_ticks(800, 120_000) == [1_000, 3_000, 10_000, 30_000, 100_000]
    assert log_ticks(800, 12_000) == [1_000, 2_000, 5_000, 10_000]


@pytest.mark.parametrize(
    "label, limit, lines",
    [
        ("同类中位", 4, ["同类中位"]),
        ("其余 20 项", 4, ["其余", "20 项"]),
        ("其余 3 项", 4, ["其余", "3 项"]),
        ("协作站点外部服务量", 4, ["协作站", "点外部", "服务量"]),
        ("技术合同成交额强度与结构调整", 4, ["技术合同", "成交额强", "度与结构…"]),
        ("Own funding per 100 million CNY", 5.5, ["Own funding", "per 100", "million CNY"]),
        ("one two three four five", 2.5, ["one", "two", "three", "four…"]),
        ("<b>", 4, ["&lt;b&gt;"]),
    ],
)
def test_labels_stack_to_the_width_of_a_bar(label, limit, lines):
    assert stacked(label, limit, 4 if limit == 5.5 or limit == 2.5 else 3).split("<br>") == lines
