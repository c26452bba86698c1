"""Invented names. None of the places is a county, city or district of China (compared with the list of divisions);
a body's name always carries an invented place or an invented brand, so that it names nobody real."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Ints

_PLACES = """
    云泽Yunze 青岚Qinglan 澜川Lanchuan 望澜Wanglan 栖梧Qiwu 霁川Jichuan 沧屿Cangyu 苍陵Cangling 淳岭Chunling 朔原Shuoyuan 锦泽Jinze
    翎州Lingzhou 瑶川Yaochuan 湛原Zhanyuan 箫陵Xiaoling 棠州Tangzhou 枫澜Fenglan 榆泽Yuze 槐川Huaichuan 芷陵Zhiling 芸州Yunzhou
    苒川Ranchuan 萱阳Xuanyang 蓝屿Lanyu 蓼川Liaochuan 藜原Liyuan 沁岚Qinlan 洛屿Luoyu 涟川Lianchuan 渊泽Yuanze 溯阳Suyang 濯江Zhuojiang
    灏阳Haoyang 炽原Chiyuan 煜川Yuchuan 璇江Xuanjiang 珺州Junzhou 珑泽Longze 琅川Langchuan 琼陵Qiongling 碧屿Biyu 祺州Qizhou 绮川Qichuan
    舒陵Shuling 芃原Pengyuan 茗川Mingchuan 荻江Dijiang 菱泽Lingze 蔚川Weichuan 霏州Feizhou 飒原Sayuan 鸢川Yuanchuan 麓泽Luze 黎屿Liyu
    杪川Miaochuan 栎泽Lize 椿原Chunyuan 榕屿Rongyu 樾州Yuezhou 橙川Chengchuan 淞泽Songze 湉州Tianzhou 溟屿Mingyu 皓原Haoyuan 旭屿Xuyu
    晟泽Shengze 暄原Xuanyuan 朗泽Langze 霞屿Xiayu 霓川Nichuan 霭陵Ailing 岫川Xiuchuan 峥原Zhengyuan 嵘泽Rongze 崧川Songchuan 崟陵Yinling
    筱川Xiaochuan 篁泽Huangze 簌原Suyuan 蕤川Ruichuan 芊州Qianzhou 荇泽Xingze 菀川Wanchuan
"""
_FIRST = """
    衡heng 霁ji 璟jing 澄cheng 翊yi 珩heng 淳chun 瀚han 曜yao 峥zheng 岚lan 栎li 棠tang 蘅heng 筠yun 澹dan 朔shuo 煦xu 昱yu 骁xiao
    铎duo 钧jun 锐rui 拓tuo 奕yi 骞qian 恒heng 鼎ding 融rong 睿rui 泓hong 沐mu 渌lu 辰chen 晟sheng 翎ling 珞luo 芃peng 茗ming 聿yu
"""
_SECOND = """
    澈che 川chuan 图tu 维wei 域yu 界jie 野ye 序xu 衍yan 彻che 驰chi 峤jiao 岳yue 屿yu 桥qiao 芯xin 穹qiong 禾he 帆fan 舟zhou 昀yun 晖hui
    曦xi 朗lang 恺kai 彦yan 泽ze 源yuan 洲zhou 涛tao 汐xi 砺li 石shi 础chu 基ji 材cai 程cheng 阶jie 元yuan 象xiang
"""


def _pairs(text: str) -> tuple[list[str], list[str]]:
    found = re.findall(r"([\u4e00-\u9fff]+)([A-Za-z]+)", text)
    return [zh for zh, _ in found], [en for _, en in found]


PLACES_ZH, PLACES_EN = _pairs(_PLACES)
_FIRST_ZH, _FIRST_EN = _pairs(_FIRST)
_SECOND_ZH, _SECOND_EN = _pairs(_SECOND)
# Left out: a county (沐川), and brands that firms known to many people bear.
_TAKEN = frozenset({*PLACES_ZH, "沐川", "拓维", "恒源", "恒泽", "鼎元", "衡石", "融源", "睿泽", "泓源", "辰源", "鼎泽"})
_BRANDS = [
    (a + b, (c + d).capitalize())
    for a, c in zip(_FIRST_ZH, _FIRST_EN, strict=True)
    for b, d in zip(_SECOND_ZH, _SECOND_EN, strict=True)
    if a + b not in _TAKEN
]
BRANDS_ZH = pl.Series([zh for zh, _ in _BRANDS])
BRANDS_EN = pl.Series([en for _, en in _BRANDS])


def brands(rng: np.random.Generator, group: Ints) -> Ints:
    """A brand for each entry, no two alike within a group of up to 1,500 entries."""
    n = len(BRANDS_ZH)
    order = np.argsort(group, kind="stable")
    place = np.empty(len(group), dtype=np.int64)
    sorted_group = group[order]
    place[order] = np.arange(len(group)) - np.searchsorted(sorted_group, sorted_group, side="left")
    offset = rng.integers(0, n, int(group.max(initial=0)) + 1)
    shuffled = rng.permutation(n)
    return np.asarray(shuffled[(offset[group] + place * 7) % n], dtype=np.int64)


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])


def credit_codes(rng: np.random.Generator, kind: Ints, province: Ints, part: int = 0) -> pl.Series:
    """Unified social credit codes with right check digits (GB 11714, GB 32100).

    ``kind``: the two leading digits as a number (91 enterprise, 12 public institution, 51 society); ``province``: six digits.
    ``part``: up to 400 parts of a large sample have codes of their own; letters in the first places of the body's number tell them apart.
    """
    n = len(kind)
    if part:
        body = rng.choice(1_000_000, n, replace=False)
    else:
        body = (rng.permutation(90_000_000)[:n] if n > 1_000_000 else rng.choice(90_000_000, n, replace=False)) + 10_000_000
    digits = np.empty((n, 18), dtype=np.int64)
    for at, (number, length) in {0: (kind, 2), 2: (province, 6), 8: (body, 8)}.items():
        for i in range(length):
            digits[:, at + i] = number // 10 ** (length - 1 - i) % 10
    if part:
        digits[:, 8:10] = 11 + (part - 1) % 20, (part - 1) // 20
    check = (11 - digits[:, 8:16] @ _ORG_WEIGHTS % 11) % 11
    digits[:, 16] = np.where(check == 10, _ALPHABET.index("X"), check)
    digits[:, 17] = (31 - digits[:, :17] @ _USCC_WEIGHTS % 31) % 31
    letters = np.array([ord(c) for c in _ALPHABET], dtype=np.uint32)[digits]
    return pl.Series(np.ascontiguousarray(letters).view("<U18").ravel().tolist())
