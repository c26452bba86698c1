"""What the interval of a rank speaks of; how far weights move and from which seed where nothing else is said."""

from __future__ import annotations

from typing import Final

from kcz_metrics.locales import T, Text
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.variants import declared

SHARE: Final = 0.25
SEED: Final = 2022


def label(scorecard: Scorecard) -> Text:
    """What the interval speaks of, to be said wherever it is shown: what is varied, and that nothing else is."""
    index = scorecard.index
    made = declared(index, 1, 0)
    parts = []
    if made.weights is not None:
        share = made.weights.share
        parts.append(T("各项权重") if share is None else T("权重 ±{share}", share=f"{100 * share:g}%"))
    if any(len(getattr(made, name)) > 1 for name in ("impute", "treat", "normalise", "aggregate")):
        parts.append(T("计算方法"))
    if made.leave_out:
        parts.append(T("去掉一项指标") if index.uncertainty and index.uncertainty.leave_out == "indicator" else T("去掉一个维度"))
    if index.uncertainty and index.uncertainty.evidence:
        parts.append(T("凭证误差"))
    if index.uncertainty and index.uncertainty.unverified:
        parts.append(T("待核记录"))
    if len(parts) == 1 and made.weights is not None:
        return T("仅{what}", what=parts[0])
    if not parts:
        return T("没有声明不确定性")
    said = parts[0]
    for part in parts[1:]:
        said = T("{what}、{more}", what=said, more=part)
    return said
