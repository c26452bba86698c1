import os
from pathlib import Path

import pytest
from schemes import CITY, FACTS, HDI, replaced

from kcz_metrics.errors import SchemeError
from kcz_metrics.scheme import Scheme, load_scheme, read_scheme
from kcz_metrics.scheme.models import Index, Measure


def read(text):
    return read_scheme(text, "f.yaml", facts=FACTS)


def told(text):
    return "\n".join(i.render("en") for i in read(text)[1])


def test_the_published_index_loads(tmp_path):
    path = tmp_path / "indicators.yaml"
    path.write_text(HDI, encoding="utf-8")
    scheme = load_scheme(path)
    index = scheme.indices["hdi"]
    assert index.leaves == ("life", "expected", "mean", "income")
    assert [n.id for n in index.pillars] == ["education"]
    assert (index.tree.id, index.aggregate.method, index.tree.children[1].aggregate.method) == ("hdi", "geometric", "arithmetic")
    assert scheme.indicators["income"].normalise.parameters == {"lower": 100, "upper": 75000}
    assert read(HDI)[1] == []


@pytest.mark.parametrize("name", ["{zh: 对接率}", "对接率"])
def test_a_name_in_one_language_serves_in_both(name):
    scheme, issues = read(replaced(CITY, "{zh: 对接率, en: Docked}", name))
    assert issues == []
    named = [one.name for one in (*scheme.measures.values(), *scheme.indicators.values()) if one.name and one.name.zh == "对接率"]
    assert [one.en for one in named] == ["对接率"]


def test_a_scheme_over_records_loads():
    scheme, issues = read(CITY)
    assert issues == []
    index = scheme.indices["city"]
    assert index.tree.children[0].children[1].weight == pytest.approx(24)
    assert index.tree.children[0].children[1].share == pytest.approx(20)
    assert index.tiers.rules["hub"].candidate.top == 8
    assert index.adjust[0].when == {"measure": "reply", "above": 300}
    assert scheme.measures["docked"].where == {"docked": True}
    assert scheme.indicators["R1"].minimum_n.else_ == "shrink"


def test_a_text_may_begin_with_a_mark_of_order(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + HDI.replace("\n", "\r\n").encode())
    assert load_scheme(path).digest == read(HDI)[0].digest


def test_the_digest_is_of_what_is_said_and_not_how():
    scheme = read(CITY)[0]
    assert scheme.digest == read(CITY.replace("      # more than half", "").replace("weight: 60", "weight:  60.0"))[0].digest
    assert scheme.digest != read(replaced(CITY, "weight: 60", "weight: 61"))[0].digest
    assert scheme.digest != read(replaced(CITY, "unanswered_days: 90", "unanswered_days: 91"))[0].digest
    changed = scheme.model_copy(update={"edition": "2023"})
    assert changed.digest != scheme.digest


@pytest.mark.parametrize(
    "old, new, fragment",
    [
        ('edition: "2022"', "edition: 2022", 'f.yaml:2 edition: a text belongs here  found: 2022  hint: put it in quotes: "2022"'),
        ('edition: "2022"\n', "", "edition: “edition” is missing"),
        ("measures:", "measurs:", "f.yaml:5 measurs: there is no key “measurs”"),
        ("agg: median", "agg: medain", "f.yaml:8 measures.reply.agg: there is no such choice"),
        ("agg: median", "agg: medain", "did you mean median"),
        ("reply: {fact", "9reply: {fact", "f.yaml:8 measures.9reply: this is not how an id is written"),
        ("fact: context, ", "", "f.yaml:9 measures.gdp.fact: “fact” is missing"),
        ("direction: down", "direktion: down", "did you mean direction"),
        ("at_least: 10, else", "at_least: ten, else", "f.yaml:14 indicators.R1.minimum_n.at_least: a whole number belongs here"),
        ("at_least: 10, else", "at_least: 0, else", "expected: ≥ 1  found: 0"),
        ("at_least: 10, else", "at_leest: 10, else", "did you mean at_least?"),
        ("strength: 10", "strength: -1", "expected: ≥ 0  found: -1"),
        ("strength: 10", "strength: true", "a number belongs here  found: true"),
        ("toward: group", "toward: groop", "expected: group, all  found: groop"),
        ("unit: city", "unit: [city]", "a text belongs here  found: [city]"),
        ("    unit: city\n", "", "f.yaml:20 indices.city.unit: “unit” is missing"),
        ("weight: 60", "weight: heavy", "a number belongs here  found: heavy"),
        ("R3: 40", "R3: -40", "f.yaml:30 indices.city.tree.R3: the number is out of range  expected: ≥ 0  found: -40"),
        ("R3: 40", "R3: 'no'", "indices.city.tree.R3: a number belongs here  found: no"),
        ("R3: 40", "R3: {weigth: 40}", "did you mean weight"),
        ("R3: 40", "R3: {id: R3}", "there is no key “id”"),
        ("R3: 40", "R3: {weight: 1, share: 2}", "only one of weight and share"),
        ("R3: 40", "R3: {children: {}}", "f.yaml:30 indices.city.tree.R3.children: there are no children here"),
        ("R3: 40", "R3: {children: [R1, R2]}", "there are no children here"),
        ("share: 20, multiplier: 1.2", "share: 20, multiplier: -1", "expected: ≥ 0  found: -1"),
        ("seats: 15}]", "seats: -1}]", "tiers.levels[1].seats: the number is out of range"),
        ("hub: {rise: decision", "huub: {rise: decision", "tiers.huub: there is no key “huub”"),
        ("hub: {rise: decision", "hub: {rize: decision", "hub.rize: there is no key “rize”  expected: rise, fall, candidate"),
        ("kind: veto", "kind: ban", "adjust[0].kind: there is no such choice  expected: veto, deduction, bonus"),
        ("effect: not_ranked", "effect: ranked", "did you mean not_ranked?"),
        ("title: {zh: 示例方案, en: Example}", "title: {zh: 示例方案, fr: Exemple}", "f.yaml:3 title.en: “en” is missing"),
        ("group: kind", "stages: rank", "a list belongs here  found: rank  hint: write [ ]"),
        ("group: kind", "stages: [screen, cook]", "stages[1]: there is no such choice"),
        ("group: kind", "screen: {required: R1}", "a list belongs here"),
        ("group: kind", "screen: {minimum_coverage: 70}", "expected: ≤ 1  found: 70"),
        ("group: kind", "mixed: yes", "true or false belongs here  found: yes"),
        ("group: kind", "uncertainty: {leave_out: city}", "expected: none, indicator, pillar"),
        ("group: kind", "uncertainty: {evidense: {A: 1}}", "did you mean evidence"),
        ("group: kind", "periods: {grain: week}", "expected: year, half, quarter, month"),
        ("indicators:\n", "indicators: 5\nother:\n", "f.yaml:10 indicators: “key: value” belongs here"),
        ("    tree:\n", "    tree: 5\n    trie:\n", "indices.city.tree: “key: value” belongs here"),
        ("R2: {name", "R2: 5\n  R4: {name", "indicators.R2: “key: value” belongs here  expected: name"),
        ("formula: reply,", "formula: 5,", "indicators.R2.formula: a text belongs here"),
    ],
)  # fmt: skip
def test_what_a_model_refuses_is_told_with_its_line(old, new, fragment):
    scheme, issues = read(replaced(CITY, old, new))
    assert scheme is None
    assert fragment in "\n".join(i.render("en") for i in issues)


def test_every_kind_of_problem_comes_in_one_answer():
    text = CITY
    for old, new in (
        ("fact: context", "fact: contxt"),
        ("docked / due ", "docked / duo "),
        ("{R1: 12, R2: {share: 20, multiplier: 1.2}}", "{R1: 0, R2: 0}"),
        ("group: kind", "gruop: kind"),
        ("R3: 40", "R4: 40"),
    ):
        text = replaced(text, old, new)
    answer = told(text)
    for fragment in (
        "f.yaml:9 measures.gdp.fact: there is no fact “contxt”",
        "did you mean context",
        "f.yaml:13 indicators.R1.formula: character 10: there is no measure “duo”",
        "f.yaml:23 indices.city.gruop: there is no key “gruop”",
        "f.yaml:29 indices.city.tree.effect.children: all weights under “effect” are 0",
        "f.yaml:30 indices.city.tree.R4: there is no indicator “R4”",
    ):
        assert fragment in answer
    lines = [int(i.place.rsplit(":", 1)[1]) for i in read(text)[1]]
    assert lines == sorted(lines)


def test_what_was_refused_once_is_not_refused_again_where_it_is_named():
    """The measure is broken, so the formula that names it is not a further problem; nor is a value that goes missing."""
    _, issues = read(replaced(CITY, "reply: {fact: needs, agg: median", "reply: {fact: needs, agg: medain"))
    assert [i.code for i in issues] == ["value"]


def test_yaml_problems_and_wrong_keys_come_together():
    answer = told(replaced(CITY, "R3: 40", "R3: !!int 40") + "    tire: 1\n")
    assert "tags (!)" in answer
    assert "there is no key “tire”" in answer


def test_thousands_of_problems_are_counted():
    text = (
        "edition: '1'\nindicators:\n"
        + "".join(f"  I{i}: {{formla: a}}\n" for i in range(3000))
        + "indices: {x: {unit: u, tree: {I1: 1}}}\n"
    )
    issues = read(text)[1]
    assert len(issues) < 200
    assert any("2950 more problems of this kind" in i.render("en") for i in issues)


def test_models_are_frozen_and_strict_only_in_files():
    scheme = read(CITY)[0]
    with pytest.raises(ValueError, match="frozen"):
        scheme.edition = "x"
    assert Measure(fact="needs", agg="count").window == "period"
    assert Index(id="x", unit="city", tree={"id": "x", "children": [{"id": "a"}]}).leaves == ("a",)
    assert isinstance(scheme, Scheme)


@pytest.mark.parametrize("make, fragment", [
    (lambda p: p, "no such file"),
    (lambda p: (p.mkdir(), p)[1], "not a file"),
    (lambda p: (p.write_bytes(b"a: 1\nb: \xff\xfe\n"), p)[1], "f.yaml:2: the file is not UTF-8"),
    (lambda p: (p.write_bytes(b"x" * 1_000_001), p)[1], "too large"),
    (lambda p: (p.write_text(HDI.replace("life: 1", "lif: 1"), encoding="utf-8"), p)[1], "did you mean life"),
    (lambda p: (os.mkfifo(p), p)[1], "not a file"),
])  # fmt: skip
def test_a_file_that_cannot_be_used_is_one_message(tmp_path, make, fragment):
    with pytest.raises(SchemeError) as caught:
        load_scheme(make(tmp_path / "f.yaml"))
    assert fragment in caught.value.render("en")


def test_a_path_with_a_null_is_no_crash():
    with pytest.raises(SchemeError, match=r"no such file|cannot be opened"):
        load_scheme(Path("a\x00b"))


def test_every_message_has_both_languages():
    for issue in read(CITY.replace("fact", "fcat").replace("weight", "wieght"))[1]:
        assert issue.render("zh") != issue.render("en")


@pytest.mark.parametrize("written", ["{B: closed, C: }", "[{unit: B, reason: closed}, C]"])
def test_units_left_out_are_a_list_or_each_with_its_reason(written: str) -> None:
    text = f"edition: '1'\nindicators: {{a: {{}}}}\nindices: {{i: {{unit: u, screen: {{exclude: {written}}}, tree: {{a: 1}}}}}}\n"
    scheme, issues = read_scheme(text, "f.yaml")
    assert issues == []
    assert scheme is not None
    assert scheme.indices["i"].screen is not None
    assert [(o.unit, o.reason) for o in scheme.indices["i"].screen.exclude] == [("B", "closed"), ("C", "")]
