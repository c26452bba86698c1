"""The table of rules, in the order of the notice's cross-cutting checks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kcz_metrics.locales import T, Text
from kcz_metrics.quality import (
    bunching,
    circular,
    duplicates,
    first_digits,
    flat_scores,
    one_buyer,
    praise,
    round_amounts,
    service_days,
    splitting,
    two_cities,
    wrong_dates,
)
from kcz_metrics.quality.rule import Rule, Severity

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        module.RULE.id: module.RULE
        for module in (
            duplicates, splitting, circular, one_buyer, bunching, round_amounts, first_digits, service_days, two_cities, wrong_dates,
            flat_scores, praise,
        )
    }
)  # fmt: skip

SEVERITIES: Mapping[Severity, Text] = MappingProxyType({"serious": T("严重"), "doubtful": T("可疑"), "hint": T("提示")})
