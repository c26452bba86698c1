"""Why a unit is in or out, in a sentence: for pages and reports, which show names instead of ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kcz_metrics.decisions.selection import Selection
from kcz_metrics.locales import Language, T, Text

#: Code of a missed bar to its words.
BARS: Final[Mapping[str, Text]] = {
    "not_ranked": T("没有得分，不参与排名"),
    "minimum_score": T("得分未达下限"),
    "registered_months": T("注册时间不足，或当年未在册"),
    "evidence_share": T("有凭证的服务日占比不足"),
    "cities": T("签约试点数不足"),
    "open_flags": T("有待核疑点"),
    "where": T("不在遴选范围"),
}
_IN: Final[Mapping[str, Text]] = {
    "score": T("按得分入选"),
    "prefer": T("计入连续支持的加分后入选"),
}
_OUT: Final[Mapping[str, Text]] = {
    "score": T("得分低于各入选者"),
    "tie": T("与入选者同分，按并列规则排在其后"),
    "panel": T("与其他对象同分，并列规则不能区分，由专家组票决"),
    "infeasible": T("名额不能同时满足，尚未遴选"),
}
Named = Callable[[str], str]


def reason(
    found: Selection,
    row: Mapping[str, Any],
    unit_name: Named,
    column_name: Named,
    value_name: Named,
    lang: Language,
    where_name: Callable[[Mapping[str, object]], str] | None = None,
) -> Text:
    """The reason of a row of ``found.units``; the callables turn ids of units, columns and values, and filters, into what is shown."""
    code = row["reason"]
    if code == "not_eligible":
        return T("未达资格：{things}", things=_joint(lang).join(BARS[bar].render(lang) for bar in row["ineligible"].split(" ")))
    quotas = _said(found, row, column_name, value_name, lang, where_name)
    if row["selected"] and code == "quota":
        return T("因保底名额入选：{things}", things=quotas) if quotas else T("因他处名额已满入选")
    if row["selected"]:
        return _IN[code]
    if code in _OUT:
        return _OUT[code]
    other, points = unit_name(row["displaced_by"]), f"{row['by_points']:.2f}"
    if code == "prefer":
        return T("{other}低 {points} 分，计入连续支持的加分后在前", other=other, points=points)
    return T("{other}低 {points} 分而入选，受限于：{things}", other=other, points=points, things=quotas)


def _said(
    found: Selection,
    row: Mapping[str, Any],
    column_name: Named,
    value_name: Named,
    lang: Language,
    where_name: Callable[[Mapping[str, object]], str] | None,
) -> str:
    keys = (row["quota"] or "").split("; ")
    said = []
    for rule in (rule for rule in found.rules if rule.key in keys):
        label = column_name(rule.by) if rule.by else T("互斥").render(lang)
        where = where_name(dict(rule.where)) if rule.where and where_name is not None else None
        said.append(rule.said(label, None if rule.value is None else value_name(rule.value), lang, where).render(lang))
    return _joint(lang).join(said)


def _joint(lang: Language) -> str:
    return "；" if lang == "zh" else "; "
