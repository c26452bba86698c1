"""Why a unit stands where it stands after a round: one code a unit and round, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kcz_metrics.tables.labels import Label

REASONS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "START": Label("起始层级：按起始期得分，或按已定名单", "the first tier: by the score of the first period, or as decided"),
        "STAY": Label("未达到升级线，也未低于退出线；或连续轮数未满", "between the bars, or high for fewer rounds than the rule asks"),
        "WATCH": Label(
            "观察：低于退出线、等次不够或排在末位，轮数未满或须由决定下调",
            "low, failing or last for fewer rounds than asked, or where only a decision lowers",
        ),
        "TWO_ROUNDS": Label("连续达到规定轮数，升或降", "high, or low, for as many rounds in a row as the rule asks (two or more)"),
        "BIG_GAIN": Label(
            "一轮升幅足够大，且有把握进入上一级席位，提前上升", "up after one round: a big gain, a seat above probable enough"
        ),
        "QUOTA": Label(
            "名次进入上一级席位而上升：只要求一轮，或补退出的空席", "up: the rule asks for one round only, or a seat that one left was free"
        ),
        "BUFFER": Label("名次落到缓冲区以外而下降，规则只要求一轮", "down: out of the buffer, where the rule asks for one round only"),
        "WAIT": Label(
            "已满足升降条件，暂无席位或接替；或在名单之外等候", "due, but no seat is free (up) or nobody takes it (down); or outside"
        ),
        "LIMIT": Label("已满足升降条件，受每轮变动上限或最短停留限制", "due, but kept by the limit of moves or the minimum stay"),
        "HOLD": Label("把握不足，交由人工核定", "due, but less probable than declared: waits for a person"),
        "CANDIDATE": Label("满足候选条件，由决定上升", "fulfils the conditions of a candidate; only a decision raises it"),
        "RECTIFY": Label("限期整改", "has to rectify; re-check at its end"),
        "RECTIFIED": Label("整改复核通过", "passed the re-check"),
        "EXIT": Label("等次连续不够（整改复核未过）而退出", "out: failed as many rounds as the rule asks, and the re-check"),
        "BOTTOM": Label("规定年限内多次排在末位而退出", "out: among the last of its group as often as the rule asks"),
        "VETO": Label("一票否决", "vetoed: out where the rule says so, else no move"),
        "BANNED": Label("退出后禁止重新进入的期限内", "out, and may not come back yet"),
        "ENTRY": Label("新进入最低层级", "new in the lowest level"),
        "BALANCE": Label("为满足区域下限而进入", "in for the minimum of its area"),
        "NOT_RANKED": Label("本期没有可用得分，层级不变，连续轮数清零", "no score this period: no move, counts begin anew"),
        "DECIDED": Label("按决定，与建议不同", "by decision, which differs from what was proposed"),
        "DEFERRED": Label("决定暂缓，层级不变", "by decision not yet: the tier stays"),
        "SCORE": Label("按得分线划分而改变", "changed by the thresholds"),
        "MEAN": Label("按均值倍数划分而改变", "changed by the share of the mean"),
        "SHARE": Label("按比例划分而改变", "changed by the share of the units"),
        "SEATS": Label("按席位重排而改变（无记忆）", "changed by the places, which are given anew each period"),
        "BREAKS": Label("按自然断点划分而改变（非正式）", "changed by natural breaks (unofficial)"),
    }
)
#: Codes of a change or a state that no rule with a memory gives: the form of the levels.
PLAIN: Final = MappingProxyType({"seats": "SEATS", "share": "SHARE", "at_least": "SCORE", "of_mean": "MEAN", "breaks": "BREAKS"})
