import ast
import time
from pathlib import Path

import pytest
from schemes import CITY, FACTS, HDI, UNITS, replaced

from kcz_metrics.scheme import check, read_scheme
from kcz_metrics.scheme.checks import RULES
from kcz_metrics.scheme.checks.circles import circles, way_round
from kcz_metrics.scheme.models import Method

LOG = "formula: due / gdp, transform: log, normalise:"

CASES = [
    # measures and facts
    ("fact: context", "fact: contxt", "f.yaml:9 measures.gdp.fact: there is no fact “contxt”  expected: needs, context, teams"),
    ("of: days", "of: dayz", "f.yaml:8 measures.reply.of: the fact needs has no column “dayz”  hint: did you mean days"),
    ("of: days", "of: firm_id", "median takes a column of numbers  found: firm_id: text"),
    (", of: days", "", "f.yaml:8 measures.reply: median needs of"),
    ("due: {fact: needs, agg: count,", "due: {fact: needs, agg: count, of: days,", "count has no use for of"),
    ("agg: median", "agg: quantile", "quantile needs q"),
    ("of: days", "of: days, q: 0.5", "only quantile takes q"),
    ("of: days", "of: days, window: trailing", "window: trailing needs months"),
    ("of: days", "of: days, months: 12", "only window: trailing takes months"),
    ("of: days", "of: days, at_least: 2", "median cannot take at_least  expected: distinct, diversity"),
    ("of: days", "of: days, at_least_of: firm_id", "at_least_of goes with at_least"),
    ("agg: median, of: days", "agg: distinct, of: firm_id, at_least: 2, at_least_of: x", "the fact needs has no column “x”"),
    ("of: days", "of: days, empty: zero", "median cannot be 0 where there are no records  expected: count, sum, distinct"),
    ("of: days", "of: days, time: closed_at", "the fact needs has no time “closed_at”  expected: posted_at, matured_at"),
    ("of: days", "of: days, window: at_end", "the fact needs has no dates of validity"),
    ("gdp: {fact: context, agg: latest", "gdp: {fact: context, agg: sum", "has dates of validity but no time"),
    ("of: days", "of: days, unit_key: {city: town}", "measures.reply.unit_key.city: the fact needs has no column “town”"),
    ("{docked: true}", "{dockd: true}", "f.yaml:7 measures.docked.where.dockd: there is no column “dockd”  hint: did you mean docked"),
    ("{docked: true}", "{docked: 1}", "measures.docked.where.docked: the value is of another type"),
    ("{docked: true}", "{days: {at_leest: 3}}", "f.yaml:7 measures.docked.where.days.at_leest: there is no operator “at_leest”"),
    # formulas
    ("docked / due ", "docked / duo ", "f.yaml:13 indicators.R1.formula: character 10: there is no measure “duo”  hint: did you mean due"),
    ("docked / due ", "docked // due ", "character 9"),
    ("docked / due ", "docked / R3 ", "only measures can stand in a formula; “R3” is an indicator"),
    ("docked / due ", "docked / R1 ", "formulas name one another in a circle: R1 → R1"),
    ("n: due, strength", "n: duo, strength", "f.yaml:15 indicators.R1.shrink.n: there is no measure “duo”"),
    ("{of: due, at_least", "{of: R2, at_least", "indicators.R1.minimum_n.of: there is no measure “R2”"),
    ("    shrink: {n: due, strength: 10, toward: group}\n", "", "else: shrink needs shrink"),
    ("formula: due / gdp", "formula: due, denominate: {by: gpd}", "indicators.R3.denominate.by: there is no measure “gpd”"),
    ("formula: due / gdp", "formula: due / gdp, floor: 2, cap: 1", "f.yaml:18 indicators.R3.floor: floor is above cap  found: 2 > 1"),
    ("formula: due / gdp", "formula: due / gdp, column: x", "only one of formula and column"),
    ("formula: due / gdp", "formula: due / gdp, applies_to: {kind: {inn: [a]}}", "did you mean in"),
    # ids
    ("gdp: {fact", "DUE: {fact", "the id “DUE” repeats “due” at f.yaml:6"),
    ("gdp: {fact", "R1: {fact", "f.yaml:11 indicators.R1: the id “R1” repeats “R1” at f.yaml:9"),
    ("reply: {fact", "ln: {fact", "“ln” is a function of formulas"),
    ("R3: 40", "r1: 40", "f.yaml:30 indices.city.tree.r1: the id “r1” repeats “R1” at f.yaml:29"),
    ("R3: 40", "R1: 40", "an indicator or pillar stands once in a tree"),
    ("R3: 40", "City: 40", "circle: “City” stands below itself"),
    ("{R1: 12, R2: {share: 20, multiplier: 1.2}}", "{R1: 1, effect: 2}", "children.effect: circle: “effect” stands below itself"),
    ("R3: 40", "R3: {children: {R4: 1}}", "“R3” is the id of an indicator and cannot be that of a pillar"),
    # trees and weights
    ("R3: 40", "R33: 40", "f.yaml:30 indices.city.tree.R33: there is no indicator “R33”  hint: did you mean R3"),
    ("{R1: 12, R2: {share: 20, multiplier: 1.2}}", "{R1: 0, R2: 0}", "all weights under “effect” are 0"),
    ("R3: 40", "R3: {weight: 40, aggregate: geometric}", "“R3” has no children and cannot have aggregate"),
    ("{effect: 1, R3: 1}", "{effekt: 1, R3: 1}", "weight_sets.equal.effekt: there is no “effekt” in the tree  hint: did you mean effect"),
    ("{effect: 1, R3: 1}", "{effect: 0, R3: 0}", "weight_sets.equal: all weights under “city” are 0"),
    ("{effect: 1, R3: 1}", "{effect: -1, R3: 1}", "a weight is finite and not negative  found: -1"),
    ("group: kind", "screen: {required: [R1, R9]}", "screen.required[1]: there is no “R9” in the tree"),
    ("group: kind", "screen: {include: [A, {unit: B, reason: x}], exclude: [B]}", "“B” is both in include and in exclude"),
    ("group: kind", "rank: {tie_break: [R9]}", "there is no “R9” in the tree"),
    # methods
    ("group: kind", "treat: winsorize", "f.yaml:23 indices.city.treat: there is no method “winsorize”"),
    ("group: kind", "treat: winsorize", "did you mean winsorise"),
    ("group: kind", "impute: {method: zero, by: x}", "indices.city.impute.by: there is no key “by”"),
    ("lower: 0, upper: 1}", "lower: 1, upper: 1}", "f.yaml:16 indicators.R1.normalise.lower: lower must be below upper  found: 1 and 1"),
    ("lower: 0, upper: 1}", "lower: 0}", "f.yaml:16 indicators.R1.normalise.upper: “upper” is missing"),
    ("lower: 0, upper: 1}", "lower: 0, upper: high}", "a number belongs here  found: high"),
    ("formula: due / gdp", "formula: due, normalise: {method: bands, steps: [[2, 9], [1, 5]], otherwise: 0}", "steps must rise"),
    ('base: "2020"', "base: 2020", "a text belongs here  found: 2020"),
    ('base: "2020"', 'base: "2020Q5"', "base is no period"),
    ('over: base_period, base: "2020"', "over: base_period", "over: base_period needs base"),
    ('over: base_period, base: "2020"', 'base: "2020"', "base goes with over: base_period"),
    ("formula: due / gdp", f"{LOG} {{method: goalposts, lower: 0, upper: 9}}", "log is not defined at lower: 0  expected: > 0"),
    ("formula: due / gdp", f"{LOG} {{method: goalposts, lower: -1, upper: 9}}", "log is not defined at lower: -1  expected: > 0"),
    ("formula: due / gdp", "formula: due / gdp, normalise: zscore", "bounded and unbounded normalisations are mixed: R1 and R3"),
    ("group: kind", "stages: [denominate, screen, treat, impute, normalise, aggregate, rank]", "the stages are out of order"),
    ("group: kind", "stages: [screen, screen, normalise, aggregate, rank]", "a stage is repeated"),
    ("group: kind", "stages: [screen, impute, aggregate, rank]", "the stage normalise is missing"),
    (
        "R3: {name: {zh: 密度, en: Density}, formula: due / gdp}\nindices:\n  city:",
        "R3: {formula: due / gdp, transform: log1p}\nindices:\n  city:\n    stages: [screen, normalise, aggregate, adjust, rank]",
        "city.stages: R3 has transform, and stages has no treat: it would not be done",
    ),
    ("group: kind", "scale: {lower: 1, upper: 1}", "indices.city.scale: lower must be below upper"),
    ("group: kind", "rank: {ties: ordinal}", "tie_break must be given"),
    ("group: kind", "uncertainty: {normalise: [minmax, zskore]}", "uncertainty.normalise[1]: there is no method “zskore”"),
    # units
    ("unit: city", "unit: town", "records know no unit “town”"),
    ("unit: city", "unit: team", "the fact needs has no key to the team"),
    ("group: kind", "group: kynd", "city.group: the unit city has no column “kynd”  expected: kind, people"),
    ("group: kind", "applies_to: {kind: 3}", "indices.city.applies_to.kind: the value is of another type"),
    ("formula: due / gdp", "formula: due, applies_to: {knd: x}", "indicators.R3.applies_to.knd: there is no column “knd”"),
    ("formula: due / gdp", "direction: up", "some indicators have a formula and some have none: R3"),
    # policies
    ("{measure: reply,", "{measure: repli,", "adjust[0].when.measure: there is no measure “repli”"),
    ("above: 300", "abov: 300", "adjust[0].when.abov: there is no operator “abov”"),
    ("when: {measure: reply, above: 300}, ", "", "a veto needs when"),
    ("kind: veto, when", "kind: bonus, when", "bonus needs formula"),
    ("kind: veto, when: {measure: reply, above: 300}, effect: not_ranked", "kind: bonus, formula: growth(due)", "cannot use previous"),
    ("effect: not_ranked", "formula: 2 * due", "a veto gives no points"),
    ("{id: lead, seats: 15}", "{id: HUB, seats: 15}", "the id “hub” is given 2 times"),
    ("{id: lead, seats: 15}", "{id: lead}", "every level needs seats"),
    ("{id: lead, seats: 15}", "{id: lead, at_least: 15}", "levels go by seats or by at_least"),
    ("{id: hub, seats: 4}, {id: lead, seats: 15}", "{id: hub, at_least: 4}, {id: lead, at_least: 15}", "with at_least falling"),
    ("pillar: effect", "pillar: effct", "there is no “effct”  expected: city, effect  hint: did you mean effect"),
    ('title: {zh', "targets: {T1: {measure: dew, comparator: exact, value: 1}}\ntitle: {zh", "T1.measure: there is no measure “dew”"),
    ('title: {zh', "targets: {T1: {measure: due, comparator: at_least}}\ntitle: {zh", "a target has either value or times_baseline"),
    ('title: {zh', "targets: {T1: {formula: due /, comparator: at_least, value: 1}}\ntitle: {zh", "targets.T1.formula: character 6"),
    ('title: {zh', "selections: {s: {index: citi, seats: {target: 3}}}\ntitle: {zh", "there is no “citi”  expected: city"),
    ('title: {zh', "selections: {s: {index: city, seats: {target: 3, maximum: 2}}}\ntitle: {zh", "minimum ≤ target ≤ maximum"),
    ('title: {zh', "selections: {s: {index: city, seats: {target: 3}, at_most: [{seats: 2}]}}\ntitle: {zh", "either by or where"),
]  # fmt: skip


@pytest.mark.parametrize("old, new, fragment", CASES, ids=[new.strip()[:60] for _, new, _ in CASES])
def test_what_is_wrong_is_told(old, new, fragment):
    scheme, issues = read_scheme(replaced(CITY, old, new), "f.yaml", facts=FACTS, units=UNITS)
    assert scheme is None
    assert fragment in "\n".join(i.render("en") for i in issues if i.level == "error")


WARNINGS = [
    ("group: kind", "treat: winsorise\n    stages: [normalise, aggregate, adjust, rank]", "treat is given, and stages has no treat"),
    ("group: kind", "stages: [screen, normalise, aggregate, rank]", "indices.city.adjust: adjust is given, and stages has no adjust"),
    ("reply: {fact", "spare: {fact: needs, agg: count}\n  reply: {fact", "f.yaml:8 measures.spare: the measure “spare” is not used"),
    ("R2: {name", "R9: {formula: due}\n  R2: {name", "the indicator “R9” stands in no index"),
    (
        'over: base_period, base: "2020"',
        "over: period",
        "f.yaml:32 indices.city.tiers: tiers compare periods, but the scale of minmax is taken anew in each",
    ),
    ("formula: due / gdp", "formula: docked / due", "the indicators “R3” and “R1” compile to the same query"),
    (
        "{unanswered_days: 90}",
        "{unanswered_days: 90, unansered: 1}",
        "no fact uses the parameter “unansered”  hint: did you mean unanswered_days",
    ),
]


@pytest.mark.parametrize("old, new, fragment", WARNINGS, ids=[new.strip()[:60] for _, new, _ in WARNINGS])
def test_what_is_odd_is_a_warning(old, new, fragment):
    scheme, issues = read_scheme(replaced(CITY, old, new), "f.yaml", facts=FACTS, units=UNITS)
    assert scheme is not None
    assert fragment in "\n".join(i.render("en") for i in issues if i.level == "warning")


def test_the_same_query_is_seen_through_other_names():
    text = replaced(CITY, "reply: {fact", "also: {fact: needs, agg: count, time: matured_at}\n  reply: {fact")
    text = replaced(text, "formula: due / gdp", "formula: (docked) / also")
    assert [i.code for i in read_scheme(text, "f.yaml", facts=FACTS, units=UNITS)[1] if i.code == "same_query"] == ["same_query"]


def test_good_schemes_have_no_issue():
    for text in (CITY, HDI):
        assert read_scheme(text, "f.yaml", facts=FACTS, units=UNITS)[1] == []


def test_a_mixture_that_is_meant_is_let_pass():
    text = replaced(CITY, "formula: due / gdp", "formula: due / gdp, normalise: zscore")
    assert read_scheme(replaced(text, "group: kind", "mixed: true"), "f.yaml", facts=FACTS, units=UNITS)[0] is not None


def test_a_denominator_may_be_a_column_of_the_unit():
    text = replaced(CITY, "formula: due / gdp", "formula: due + gdp, denominate: {by: people}")
    assert read_scheme(text, "f.yaml", facts=FACTS, units=UNITS)[1] == []


def test_impute_may_stand_before_screen_and_ties_may_have_a_ladder():
    text = replaced(
        CITY,
        "group: kind",
        "stages: [denominate, impute, screen, treat, normalise, aggregate, adjust, rank]\n    "
        "rank: {ties: ordinal, tie_break: [effect, R1]}",
    )
    assert read_scheme(text, "f.yaml", facts=FACTS, units=UNITS)[1] == []


def test_indices_that_contain_one_another():
    text = "edition: '1'\nindicators: {i: {}}\nindices:\n  a: {unit: u, tree: {b: 1, i: 1}}\n"
    text += "  b: {unit: u, tree: {c: 1, i: 1}}\n  c: {unit: u, tree: {a: 1}}\n"
    told = [i.render("en") for i in read_scheme(text, "f.yaml")[1]]
    assert sum("in a circle: a → b → c → a" in t for t in told) == 1
    assert sum("cannot stand in a tree" in t for t in told) == 3


def test_formulas_in_a_circle_are_told_once():
    text = replaced(replaced(CITY, "formula: reply", "formula: R3 + 1"), "formula: due / gdp", "formula: 2 * R2")
    told = [i.render("en") for i in read_scheme(text, "f.yaml", facts=FACTS, units=UNITS)[1]]
    assert sum("in a circle: R2 → R3 → R2" in t for t in told) == 1


def test_circles_of_thousands_are_told_at_once_and_shortly():
    ring = "".join(f"  I{i}: {{formula: I{(i + 1) % 1500}}}\n" for i in range(1500))
    text = f"edition: '1'\nindicators:\n{ring}indices: {{x: {{unit: city, tree: {{I0: 1}}}}}}\n"
    begun = time.perf_counter()
    told = [i.render("en") for i in read_scheme(text, "f.yaml")[1] if i.code == "circle"]
    assert time.perf_counter() - begun < 10
    assert told == [
        "f.yaml:3 indicators.I0.formula: formulas name one another in a circle: I0 → I1 → I2 → I3 → I4 → I5 → I6 → … → I0"
        "  hint: use only measures in formulas"
    ]


def test_circles_in_a_graph():
    edges = {"a": ["b"], "b": ["c", "d"], "c": ["a"], "d": ["e"], "e": ["d"], "f": ["f"], "g": ["a", "x"]}
    assert circles(edges) == {**dict.fromkeys("abc", frozenset("abc")), **dict.fromkeys("de", frozenset("de")), "f": frozenset("f")}
    assert way_round("b", edges) == "b → c → a → b"


def test_names_are_owed_where_asked_for():
    strict = read_scheme(replaced(CITY, "name: {zh: 密度, en: Density}", "name: 密度"), "f.yaml", facts=FACTS, units=UNITS, strict=True)[1]
    assert [i.subject for i in strict] == ["indicators.R3.name"]
    without = replaced(CITY, "R3: {name: {zh: 密度, en: Density}, ", "R3: {")
    assert [i.subject for i in read_scheme(without, "f.yaml", facts=FACTS, units=UNITS, strict=True)[1]] == ["indicators.R3"]
    assert read_scheme(without, "f.yaml", facts=FACTS, units=UNITS)[1] == []


def test_a_scheme_made_in_memory_is_checked_too():
    scheme = read_scheme(CITY, "f.yaml", facts=FACTS, units=UNITS)[0]
    index = scheme.indices["city"].model_copy(update={"aggregate": Method(method="geometrik")})
    issues = check(scheme.model_copy(update={"indices": {"city": index}}), facts=FACTS, units=UNITS)
    assert [(i.subject, i.place) for i in issues] == [("indices.city.aggregate", "")]
    assert check(scheme, facts=FACTS, units=UNITS) == []


def test_every_rule_stands_in_the_list():
    folder = Path(__file__).parents[2] / "kcz_metrics" / "scheme" / "checks"
    written = {
        node.name
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and [a.arg for a in node.args.args] == ["context"] and not node.name.startswith("_")
    }
    assert written - {"all_methods"} == {rule.__name__ for rule in RULES}
