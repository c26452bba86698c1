"""What a code must look like, for people: the patterns of the contracts in words. A pattern that has none is told as it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kcz_metrics.locales import T, Text

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        r"^[A-Za-z0-9][A-Za-z0-9_./ -]{0,63}$": T("应为编号：以字母或数字开头，只含字母、数字、空格和 _ . / -，不超过 64 个字"),
        r"^\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?$": T("应为期间：2022、2022Q3 或 2022-07"),
        r"^PC\d{3}$": T("应为试点编号：PC 加三位数字"),
        r"^\d{6}$": T("应为六位数字的代码"),
        r"^\d{4}-(0[1-9]|1[0-2])$": T("应为月份：2022-07"),
        r"^\d{4}Q[1-4]$": T("应为季度：2022Q3"),
        r"^[A-Z]{2}$": T("应为两个大写字母的代码"),
        r"^[0-9A-HJ-NP-RT-UW-Y]{18}$": T("应为 18 位统一社会信用代码"),
        r"^P[0-9a-f]{6,64}$": T("应为人员的哈希编号：P 加小写的十六进制数字"),
    }
)
