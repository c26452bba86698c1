"""States of targets and their reasons in words, and a goal as it is written; for reports and pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kcz_metrics.locales import T, Text

STATES: Mapping[str, Text] = MappingProxyType(
    {"done": T("完成"), "nearly_done": T("基本完成"), "on_course": T("按进度"), "behind": T("落后"), "no_data": T("无数据")}
)
#: What is behind once the year is over.
MISSED = T("未完成")

REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "short": T("预计达不到目标。"),
        "unsure": T("预测的中值达到目标，区间下端没有达到，尚无把握。"),
        "above": T("已超过规定的数。"),
        "pace": T("变化太少，不作预测，只与时间进度相比。"),
        "yearly": T("一年一评，年末才有。"),
        "not_begun": T("这一年还没有任何上报。"),
        "no_records": T("库中没有这类记录。"),
        "nothing": T("没有可计的数。"),
        "baseline_missing": T("没有基期值。"),
        "baseline_zero": T("基期值为零，无法翻番。"),
    }
)
FOR_REFERENCE = T("尚无审定或发布的记录，按现行方案算出，只作参考。")


def state(code: str, over: bool) -> Text:
    """At the year's end what is behind was missed."""
    return MISSED if over and code == "behind" else STATES[code]


def reason(code: str | None, over: bool) -> Text | None:
    """Why a state is what it is, in a sentence; None where the state says it all."""
    return None if code is None or (code == "short" and over) else REASONS.get(code)
