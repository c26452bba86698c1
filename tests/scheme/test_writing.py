import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schemes import HDI

from kcz_metrics.errors import SchemeError
from kcz_metrics.scheme import read_scheme
from kcz_metrics.scheme.changing import with_method, with_weights
from kcz_metrics.scheme.comparing import compare
from kcz_metrics.scheme.models import Method
from kcz_metrics.scheme.writing import rewritten, save_text

TEXT = HDI.replace("    unit: country\n", "    unit: country   # as the report has it\n").replace("indices:\n", "\n# one index\nindices:\n")


def scheme():
    return read_scheme(TEXT)[0]


def test_weights_are_changed_by_copy():
    before = scheme()
    digest = before.digest
    after = with_weights(before, "hdi", {"life": 2, "mean": 0.5})
    assert {n.id: n.weight for n in after.indices["hdi"].tree.walk()} == {
        "hdi": 1,
        "life": 2,
        "education": 1,
        "expected": 1,
        "mean": 0.5,
        "income": 1,
    }
    assert (before.digest, after.digest == digest) == (digest, False)
    assert with_weights(before, "hdi", {}) == before


@pytest.mark.parametrize(
    "index, weights, fragment",
    [
        ("hid", {}, "there is no index “hid”"),
        ("hdi", {"lif": 1}, "did you mean life"),
        ("hdi", {"life": -1}, "finite and not negative"),
        ("hdi", {"life": float("nan")}, "finite and not negative"),
        ("hdi", {"hdi": 1}, "there is no “hdi” in the tree"),
        ("hdi", {"expected": 0, "mean": 0}, "all weights under “education” are 0"),
    ],
)
def test_weights_that_cannot_be(index, weights, fragment):
    with pytest.raises(SchemeError) as caught:
        with_weights(scheme(), index, weights)
    assert fragment in caught.value.render("en")


def test_methods_are_changed_by_copy():
    after = with_method(
        with_method(scheme(), "hdi", "aggregate", Method(method="arithmetic")), "hdi", "weights", Method(method="equal"), "education"
    )
    assert after.indices["hdi"].aggregate.method == "arithmetic"
    assert after.indices["hdi"].tree.children[1].weights.method == "equal"
    for key, node in (("normalise", "education"), ("rank", None), ("aggregate", "life")):
        with pytest.raises(SchemeError):
            with_method(scheme(), "hdi", key, Method(method="equal"), node)


def test_what_is_written_back_keeps_comments_and_order():
    after = with_weights(scheme(), "hdi", {"life": 2, "education": 1.5, "mean": 0.25})
    after = with_method(after, "hdi", "aggregate", Method(method="power", parameters={"p": 0.5}))
    written = rewritten(TEXT, after)
    assert read_scheme(written)[0].digest == after.digest
    assert "# as the report has it" in written
    assert "# one index" in written
    assert written.index("life") < written.index("expected") < written.index("income")
    assert 'edition: "2021"' in written


def test_a_share_with_a_multiplier_becomes_a_weight():
    text = TEXT.replace("income: 1}", "income: {share: 2, multiplier: 1.5}}")
    after = with_weights(read_scheme(text)[0], "hdi", {"income": 4})
    written = rewritten(text, after)
    assert "multiplier" not in written
    assert read_scheme(written)[0].indices["hdi"].tree.children[2].weight == 4


def test_other_changes_are_refused_and_bad_texts_too():
    with pytest.raises(SchemeError) as caught:
        rewritten(TEXT, scheme().model_copy(update={"edition": "2022"}))
    assert "only weights and methods" in caught.value.render("en")
    with pytest.raises(SchemeError) as caught:
        rewritten(TEXT + "x: &a 1\n", scheme())
    assert "anchors" in caught.value.render("en")
    with pytest.raises(SchemeError) as caught:
        rewritten(TEXT, with_method(scheme(), "hdi", "aggregate", Method(method="magic")))
    assert "there is no method “magic”" in caught.value.render("en")


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(["life", "education", "expected", "mean", "income"]), st.floats(1e-6, 1e6), min_size=1))
def test_any_weights_come_back_as_they_were(weights):
    after = with_weights(scheme(), "hdi", weights)
    assert read_scheme(rewritten(TEXT, after))[0] == after


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "indicators.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    save_text(path, "new 新\n")
    assert path.read_bytes() == "new 新\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["indicators.yaml"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    path = tmp_path / "indicators.yaml"
    path.write_text("old", encoding="utf-8")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space"):
        save_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["indicators.yaml"]


def test_two_schemes_compared_in_both_languages():
    before = scheme()
    after = with_method(with_weights(before, "hdi", {"life": 2}), "hdi", "aggregate", Method(method="power", parameters={"p": 0.5}))
    indicators = {**{k: v for k, v in after.indicators.items() if k != "mean"}, "extra": after.indicators["mean"]}
    indicators["life"] = indicators["life"].model_copy(update={"normalise": Method(method="minmax"), "direction": "down"})
    after = after.model_copy(update={"indicators": indicators, "parameters": {"x": 3}})
    said = [c.text.render("en") for c in compare(before, after)]
    assert said == [
        "parameters.x changed from (none) to 3",
        "indicators.life.direction changed from up to down",
        "indicators.life.normalise changed from goalposts (lower: 20, upper: 85) to minmax",
        "indicator mean was removed",
        "indicator extra was added",
        "indices.hdi.aggregate changed from geometric to power (p: 0.5)",
        "the weight of life changed from 1 to 2",
    ]
    assert compare(before, before) == ()
    weight = next(c for c in compare(before, after) if c.kind == "weight")
    assert (weight.before, weight.after, weight.text.render("zh")) == (1, 2, "life 的权重由 1 改为 2")


def test_nodes_that_move_join_and_leave():
    other = read_scheme(TEXT.replace("children: {expected: 1, mean: 1}}, income: 1}", "children: {expected: 1, income: 2}}}"))[0]
    said = [c.text.render("en") for c in compare(scheme(), other)]
    assert said == ["income moved from hdi to education", "the weight of income changed from 1 to 2", "mean left hdi"]
    assert "mean joined hdi with weight 1" in [c.text.render("en") for c in compare(other, scheme())]
