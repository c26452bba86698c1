"""What each statement does, in words, for whoever reads the SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.facts import FACTS, UNITS, Fact
from kcz_metrics.language import filters
from kcz_metrics.language.formula import Formula
from kcz_metrics.language.periods import Period
from kcz_metrics.locales import Language, T, Text, translate
from kcz_metrics.scheme.models import Index, Scheme


class Spoken(Text):
    """A :class:`Text` whose wording is worked out from a measure."""

    __slots__ = ("measure",)
    measure: ReadyMeasure

    def __init__(self, measure: ReadyMeasure):
        super().__init__(measure.id)
        object.__setattr__(self, "measure", measure)

    def render(self, lang: Language) -> str:
        return f"{self.measure.id}: {said(self.measure, lang)}"


def said(ready: ReadyMeasure, lang: Language) -> str:
    """A measure in words: what is worked out, over which rows."""
    measure, labels = ready.measure, {name: column.label for name, column in ready.fact.columns.items()}
    of = "" if measure.of is None else ready.fact.columns[measure.of].label.in_(lang)
    window = ready.window
    time = labels.get(window.time, window.time) if window.time else ""
    parts = [ready.aggregate.sentence(lang, of, measure.q), window.sentence(time).render(lang)]
    if measure.where:
        parts.append(filters.sentence(measure.where, lang, labels))
    if measure.at_least is not None:
        by = (
            translate("条记录", lang)
            if measure.at_least_of is None
            else T("个不同的{of}", of=ready.fact.columns[measure.at_least_of].label).render(lang)
        )
        parts.append(T("只计至少有{n}{by}者", n=measure.at_least, by=by).render(lang))
    if ready.fact.valid is not None:
        parts.append(translate("只计有效记录" if measure.records == "valid" else "无效记录也计", lang))
    return ("，" if lang == "zh" else ", ").join(parts)


def units(index: Index) -> tuple[Text, ...]:
    first = T("评价对象：{unit}", unit=UNITS[index.unit].label)
    if not index.applies_to:
        return (first,)
    return (first, Condition(index))


class Condition(Text):
    """The filter on the index's units, said in the reader's language."""

    __slots__ = ("index",)
    index: Index

    def __init__(self, index: Index):
        super().__init__("范围：{condition}")
        object.__setattr__(self, "index", index)

    def render(self, lang: Language) -> str:
        labels = {name: column.label for name, column in UNITS[self.index.unit].columns.items()}
        return translate("范围：{condition}", lang, condition=filters.sentence(self.index.applies_to, lang, labels))


def periods(span: Sequence[Period]) -> tuple[Text, ...]:
    return (T("评价期：{first} 至 {last}，起日计入、止日不计", first=span[0].id, last=span[-1].id),)


def fact(declared: Fact) -> tuple[Text, ...]:
    return (T("事实表 {id}（{label}）先行算出：{about}", id=declared.id, label=declared.label, about=declared.about),)


def scan(measures: Sequence[ReadyMeasure]) -> tuple[Text, ...]:
    """The fact, then a line for each measure."""
    declared = measures[0].fact
    head = T("事实表 {id}（{label}）：{about}", id=declared.id, label=declared.label, about=declared.about)
    return (head, *(Spoken(measure) for measure in measures))


def measures(facts: Iterable[str]) -> tuple[Text, ...]:
    names = [FACTS[name].label for name in facts]
    return (T("把 {n} 个事实表的基础量合在一起：评价期内在册的评价对象各一行，没有记录的个数与合计为零", n=len(names)),)


def indicators(scheme: Scheme, index: Index, formulas: Mapping[str, Formula]) -> tuple[Text, ...]:
    lines: list[Text] = [T("指标：由基础量按公式算出，除以零为缺失")]
    for name, formula in formulas.items():
        declared = scheme.indicators[name].name
        label = "" if declared is None else declared
        lines.append(Formulated(name, label, formula))
    return tuple(lines)


class Formulated(Text):
    """An indicator's name and formula."""

    __slots__ = ("formula", "id", "label")
    id: str
    label: object
    formula: Formula

    def __init__(self, id: str, label: object, formula: Formula):
        super().__init__(id)
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "formula", formula)

    def render(self, lang: Language) -> str:
        name = self.label.in_(lang) if hasattr(self.label, "in_") else ""
        return f"{self.id} {name} = {self.formula.text()}".replace("  ", " ")
