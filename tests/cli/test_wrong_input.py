"""Wrong schemes, wrong values, wrong usage: one message with every problem, the right exit status, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

WRONG = """\
edition: "2022"
parameters: {}
measures:
  needs_due: {fact: needs, agg: count, time: matured_60d_at}
indicators:
  A: {formula: needs_dcked / needs_due, unit: ratio, normalise: {method: goalposts, lower: 0, upper: 1}}
  B: {formula: needs_due, unit: count, colour: red}
indices:
  one:
    unit: city
    tree: {A: 0, B: 0}
  two:
    unit: city
    tree: {p: {children: {q: {children: {p: {children: {A: 1}}}}}}}
"""
GOOD = """\
edition: "1"
indicators:
  a: {column: a_col, normalise: {method: goalposts, lower: 0, upper: 10}}
  b: {direction: down, normalise: {method: goalposts, lower: 0, upper: 10}}
indices:
  two: {unit: country, scale: {lower: 0, upper: 1}, rank: {decimals: 3}, tree: {a: 1, b: 3}}
"""
VALUES = "unit,name,a_col,b\nX,Ex,10,0\nY,Why,5,5\nZ,Zed,,10\n"


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def values(tmp_path: Path) -> Path:
    path = tmp_path / "values.csv"
    path.write_text(VALUES, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command", [("check",), ("score", "one", "--period", "2022"), ("values", "one", "--period", "2022"), ("sql", "one")]
)
def test_every_problem_of_a_scheme_is_told_at_once(kcz, tmp_path, command):
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    done = kcz(*command, "--config", path)
    assert done.status == 1
    assert done.out == ""
    for fragment in (
        "needs_dcked",
        "needs_due",
        "colour",
        "are 0",
        "stands below itself",
        "wrong.yaml:7",
        "wrong.yaml:11",
        "wrong.yaml:14",
    ):
        assert fragment in done.err


def test_a_missing_scheme_says_where_it_was_looked_for(kcz, tmp_path):
    done = kcz("check", "--config", tmp_path / "none.yaml")
    assert (done.status, "none.yaml" in done.err) == (1, True)


def test_scheme_and_values_are_told_together(kcz, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    done = kcz("score", "one", "--period", "2022", "--config", path, "--values", tmp_path / "none.csv")
    assert done.status == 1
    assert "needs_dcked" in done.err
    assert "none.csv" in done.err


@pytest.mark.parametrize(
    "content, fragments",
    [
        ("name,a_col,b\nEx,1,2\n", ["unit"]),
        ("unit,name,b\nX,Ex,2\n", ["a_col"]),
        ("unit,a_col,b\nX,ten,2\nY,1,twelve\n", ["ten", "twelve"]),
        ("unit,a_col,b\nX,1,2\nX,3,4\n", ["X"]),
        ("unit,a_col,b\nX,NaN,2\nY,inf,3\n", ["NaN", "inf"]),
        ("", []),
    ],
    ids=["no unit", "no column", "no numbers", "twice", "not finite", "empty"],
)
@pytest.mark.parametrize("command", [("check",), ("score", "two", "--period", "2022")], ids=["check", "score"])
def test_wrong_values_are_told(kcz, scheme, tmp_path, command, content, fragments):
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    done = kcz(*command, "--config", scheme, "--values", path)
    assert done.status == 1
    assert done.out == ""
    for fragment in [*fragments, "bad.csv"]:
        assert fragment in done.err


def test_an_unknown_index_names_the_near_one(kcz, scheme, values):
    done = kcz("score", "tow", "--period", "2022", "--config", scheme, "--values", values)
    assert done.status == 1
    assert "two" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("score",),
        ("score", "two"),
        ("score", "two", "--period", "2022", "--format", "xml"),
        ("score", "two", "--period", "2022", "--stage", "nowhere"),
        ("nothing",),
        ("score", "two", "--period", "2022", "--unknown"),
        ("demo", "--scale", "0"),
        ("report", "ranking", "--period", "2022"),
        ("report", "ranking", "--period", "2022", "-o", "f.docx"),
    ],
)
def test_wrong_usage_ends_with_two(kcz, arguments):
    assert kcz(*arguments).status == 2


@pytest.mark.parametrize(
    "option, given, named",
    [
        ("--stage", "weight", "did you mean weights?"),
        ("--stage", "wrong", "imputed, treated, normalised"),
        ("--format", "jsn", "did you mean json?"),
        ("--format", "xml", "table, csv, json, parquet"),
    ],
)
def test_a_word_that_is_no_option_is_told_with_those_there_are(kcz, option, given, named):
    done = kcz("score", "two", "--period", "2022", option, given)
    assert done.status == 2
    assert f'there is no "{given}"' in done.err
    assert named in done.err
    assert "Value error" not in done.err


def test_a_reference_unit_that_the_file_lacks_is_told(kcz, tmp_path, values):
    path = tmp_path / "reference.yaml"
    path.write_text(
        GOOD.replace("{method: goalposts, lower: 0, upper: 10}}", "{method: distance_to_reference, reference: Q}}", 1), encoding="utf-8"
    )
    done = kcz("check", "--config", path, "--values", values)
    assert done.status == 1
    assert "indicators.a.normalise: the reference unit Q is not among the units" in done.err
    path.write_text(path.read_text(encoding="utf-8").replace("reference: Q", "reference: Y"), encoding="utf-8")
    assert kcz("check", "--config", path, "--values", values).status == 0


def test_an_empty_store_says_what_to_do(kcz, scheme):
    done = kcz("score", "two", "--period", "2022", "--config", scheme)
    assert done.status == 1
    assert "kcz demo" in done.err


def test_good_scheme_and_values_are_ok(kcz, scheme, values):
    done = kcz("check", "--config", scheme, "--values", values)
    assert (done.status, done.out[:2]) == (0, "ok")


def test_values_and_snapshot_exclude_one_another(kcz, scheme, values):
    done = kcz("score", "two", "--period", "2022", "--config", scheme, "--values", values, "--snapshot", "ab")
    assert done.status == 1
    assert "--snapshot" in done.err


def test_the_message_is_chinese_where_asked(kcz, scheme, values, monkeypatch):
    monkeypatch.setenv("KCZ_LANG", "zh")
    done = kcz("score", "nope", "--period", "2022", "--config", scheme, "--values", values)
    assert "方案里没有指数 nope" in done.err
