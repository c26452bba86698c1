import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcz_metrics.scheme.document import MOST_BYTES, MOST_LEVELS, MOST_LINE, MOST_LINES, MOST_NODES, read_document


def told(text):
    return "\n".join(i.render("en") for i in read_document(text, "f.yaml").issues)


@pytest.mark.parametrize(
    "text, value",
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("-3", -3),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2022Q3", "2022Q3"),
        ("2021-12-31", date(2021, 12, 31)),
        ("'2021-12-31'", "2021-12-31"),
        ('"3"', "3"),
        ("=", "="),
        ("2022-07", "2022-07"),
        ("١٢", "١٢"),
    ],
)
def test_plain_values_are_those_of_yaml_1_2(text, value):
    document = read_document(f"a: {text}\n", "f.yaml")
    assert document.issues == ()
    assert document.data == {"a": value}
    assert type(document.data["a"]) is type(value)


def test_lines_of_keys_and_items():
    document = read_document("a:\n  - x\n  - {b: 1,\n     c: 2}\n'd e': |\n  text\n  more\nf: 1\n", "f.yaml")
    assert document.data == {"a": ("x", {"b": 1, "c": 2}), "d e": "text\nmore\n", "f": 1}
    assert document.at(("a", 1, "c")) == "f.yaml:4"
    assert document.at(("f",)) == "f.yaml:8"
    assert document.at(("a", 1, "not there")) == "f.yaml:3"
    assert document.at(()) == "f.yaml"


def test_keys_are_normalised():
    assert read_document("ＣＥ０１: 1\n", "f.yaml").data == {"CE01": 1}


@pytest.mark.parametrize(
    "text, fragment",
    [
        ("a: !!python/object/apply:os.system ['id']\n", "f.yaml:1 a: tags (!)"),
        ("a: !!str 1\n", "tags (!)"),
        ("a: !x {b: 1}\n", "tags (!)"),
        ("a: &x [1]\nb: *x\n", "f.yaml:2 b: anchors (&) and aliases (*)"),
        ("a: &a {b: 1}\n", "f.yaml:1 a: anchors"),
        ("&a a: 1\n", "anchors"),
        ("a: &a [*a]\n", "a[0]: anchors"),
        ("a: {<<: {b: 1}}\n", "merge keys"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3 a: the key “a” is given twice"),
        ("a: 1\nＡ: 2\nA: 3\n", "f.yaml:3 A: the key “A” is given twice"),
        ("a: .nan\n", "must be finite"),
        ("a: -.inf\n", "must be finite"),
        ("a: 1e400\n", "too large"),
        ("a: 99999999999999999999999\n", "too large"),
        ("a: 2022-02-30\n", "no such day"),
        ("1: a\n", "a key is a text"),
        ("true: a\n", "a key is a text"),
        ("2021-12-31: a\n", "a key is a text"),
        ("? [a, b]\n: c\n", "a key is a text"),
        ("? {a: b}\n: c\n", "a key is a text"),
        ("? \n: c\n", "a key is a text"),
        ("%YAML 1.1\n---\na: yes\n", "directives"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", "directives"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: a file holds one document"),
        ("a: b: c\n", "f.yaml:1: this is not valid YAML"),
        ("a:\n\t- b\n", "f.yaml:2: this is not valid YAML"),
        ("a: [1, 2\n", "not valid YAML"),
        ('a: "unfinished\n', "not valid YAML"),
        ("a: @x\n", "not valid YAML"),
        ("a: \x07\n", "not valid YAML"),
        ("a: \x00\n", "not valid YAML"),
        ("", "should be “key: value”"),
        ("# nothing\n", "should be “key: value”"),
        ("- a\n- b\n", "should be “key: value”"),
        ("text", "should be “key: value”"),
        ("{" * 2000, f"at most {MOST_LEVELS} levels"),
        ("a: " + "[" * 2000, f"at most {MOST_LEVELS} levels"),
        ("\n".join("  " * i + f"k{i}:" for i in range(40)), f"at most {MOST_LEVELS} levels"),
        ("a: [" + ("1," * 4000 + "\n") * (MOST_NODES // 4000 + 1) + "]", "too much content"),
        ("a: !" + "x" * 900_000, "f.yaml:1: this line is too long"),
        ("a: 1\nb: " + "x" * (MOST_LINE - 2), "f.yaml:2: this line is too long"),
        ('a: "' + "x\n" * MOST_LINES + '"', "too many lines"),
        ("&" * 9000, "anchors (&)"),
        ("? " * 4900, f"at most {MOST_LEVELS} levels"),
        ("- " * 4900, f"at most {MOST_LEVELS} levels"),
        ("a: " + "x" * MOST_BYTES, "too large"),
        ("%YAML 3.0\n---\na: 1\n", "not valid YAML"),
        ("%YAML x\n---\na: 1\n", "not valid YAML"),
    ],
)
def test_hostile_yaml_is_refused(text, fragment):
    begun = time.perf_counter()
    assert fragment in told(text)
    assert time.perf_counter() - begun < 10


def test_limits_hold_at_the_border():
    assert told("a: " + "x" * (MOST_LINE - 3)) == ""
    assert told("a: 1" + "\n" * MOST_LINES) == ""
    deepest = "a: " + "[" * (MOST_LEVELS - 1) + "]" * (MOST_LEVELS - 1)
    assert told(deepest) == ""
    assert "levels" in told(deepest.replace("[]", "[[]]"))


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 12)]
    document = read_document("\n".join(lines), "f.yaml")
    assert len(document.issues) > 3
    assert all(i.code == "yaml_alias" for i in document.issues)


def test_all_problems_of_yaml_come_at_once():
    issues = read_document("a: &x 1\nb: !!str 2\na: 3\nc: .inf\n5: x\n", "f.yaml").issues
    assert [i.place for i in issues] == ["f.yaml:1", "f.yaml:2", "f.yaml:3", "f.yaml:4", "f.yaml:5"]


def test_problems_without_end_are_not_listed_without_end():
    assert len(read_document("\n".join(f"a{i}: .nan" for i in range(5000)), "f.yaml").issues) == 100


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:{}[],-?&*!|>'\"%@#\n \t1.~\\\x00é<=", max_size=60))
def test_any_text_gives_data_or_problems(text):
    document = read_document(text, "f.yaml")
    assert document.issues or isinstance(document.data, dict)
