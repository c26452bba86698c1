"""What a rank hangs on, in a sentence: the sources that bring about most of its variance, where the intervals tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl

from kcz_metrics.analysis.statements import Statement
from kcz_metrics.locales import T, Text

#: The sources of doubt in words.
WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "weights": T("各项权重"),
        "treat": T("异常值的处理"),
        "normalise": T("标准化方法"),
        "aggregate": T("合成的方法"),
        "impute": T("缺值填补"),
        "leave_out": T("去掉哪一项"),
        "evidence": T("凭证误差"),
        "unverified": T("待核记录"),
        "screen": T("缺数规则"),
        "without": T("与谁同排"),
    }
)
#: A source counts when so much of the variance has to do with it, surely: the lower end of its interval.
COUNTS: Final = 0.1
#: So many sources in a sentence.
NAMED: Final = 2


def word(source: str) -> Text:
    return WORDS.get(source, T("{name}", name=source))


def hinge(indices: pl.DataFrame, unit: str | None) -> Statement | None:
    """What the rank of ``unit`` (null: the ranking as a whole) depends on, by the rows of ``dependence``.

    Sources whose total effect is surely above a tenth, the largest first, two at most; one alone where its interval lies above all others'.
    Where the rank never moves, and where no interval is narrow enough to name a source, it says so. None where the unit has no rows.
    """
    rows = indices.filter(pl.col("unit").eq_missing(pl.lit(unit, pl.String)))
    if rows.is_empty():
        return None
    known = rows.drop_nulls("total").sort("total", descending=True)
    if known.is_empty():
        text = T("名次在所有抽样中都不变") if unit is not None else T("整个排名在所有抽样中都不变")
        return Statement("depends", text, {})
    sure = known.filter(pl.col("total_p5") > COUNTS).head(NAMED)
    numbers = {str(source): float(total) for source, total in known.select("source", "total").iter_rows()}
    if sure.is_empty():
        return Statement("depends", T("抽样还不足以说明名次取决于哪一项"), numbers)
    first = sure.row(0, named=True)
    shown = {"first": word(first["source"]), "share": _share(first["total"])}
    others = known.filter(pl.col("source") != first["source"])
    alone = others.is_empty() or first["total_p5"] > (others["total_p95"].max() or 0.0)
    if alone or sure.height == 1:
        return Statement("depends", T("名次主要取决于{first}（{share}的变动与它有关）", **shown), numbers)
    second = sure.row(1, named=True)
    shown |= {"second": word(second["source"]), "other": _share(second["total"])}
    text = T("名次主要取决于{first}和{second}（分别与 {share}、{other} 的变动有关）", **shown)
    return Statement("depends", text, numbers)


def _share(total: float) -> str:
    """A total effect as a share of the variance; estimates beyond all of it say all."""
    return f"{100 * min(max(total, 0.0), 1.0):.0f}%"
