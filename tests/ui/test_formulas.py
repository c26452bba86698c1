import pytest

from kcz_metrics.language.formula import parse
from kcz_metrics.ui.formulas import markup


def written(text: str, lang: str = "zh") -> str:
    return markup(parse(text).root, lambda name, back: f"{name}{'′' * back}", lang)


@pytest.mark.parametrize(
    "formula, html",
    [
        ("a / b", '<span class="frac"><span><span>a</span></span><span><span>b</span></span></span>'),
        ("a * (b + 2)", "<span>a</span> × (<span>b</span> + 2)"),
        ("a - b", "<span>a</span> − <span>b</span>"),
        ("previous(a)", "<span>a′</span>"),
        ("growth(a)", '<span class="frac"><span><span>a</span></span><span><span>a′</span></span></span> − 1'),
    ],
)
def test_formulas_on_paper(formula, html):
    assert written(formula) == html


def test_names_of_measures_are_escaped():
    shown = markup(parse("a / b").root, lambda name, back: "<img src=x>", "zh")
    assert "<img" not in shown
    assert "&lt;img" in shown
