"""What must be known of a unit's values before its rank is read: short words, by unit."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kcz_metrics.reports.subject import Subject

#: statuses that are worth a word, in the order they are said
WORTH = ("missing", "insufficient", "not_reported", "imputed")


def marks(subject: Subject) -> Mapping[str, str]:
    """Unit to a phrase such as ``缺值 2 项；样本少 1 项``; units with nothing to say are left out."""
    long = pl.concat([_statuses(subject.scorecard.values), _imputed(subject)])
    counted = long.group_by("unit", "status").len()
    found: dict[str, dict[str, int]] = {}
    for unit, status, n in counted.iter_rows():
        found.setdefault(unit, {})[status] = n
    return {unit: subject.tr("；").join(phrase(subject, s, of[s]) for s in WORTH if s in of) for unit, of in found.items()}


def _statuses(values: pl.DataFrame) -> pl.DataFrame:
    return values.filter(pl.col("status").is_in(["missing", "insufficient", "not_reported"])).select("unit", "indicator", "status")


def _imputed(subject: Subject) -> pl.DataFrame:
    """Values that were not there before the stage of imputing and are after it."""
    key = ["unit", "indicator"]
    before = subject.scorecard.values.select(*key, before="value")
    after = subject.scorecard.imputed.filter(pl.col("period") == subject.scorecard.period).select(*key, after="value")
    filled = after.join(before, on=key).filter(pl.col("after").is_not_null() & pl.col("before").is_null())
    return filled.select("unit", "indicator", status=pl.lit("imputed"))


def phrase(subject: Subject, status: str, n: int) -> str:
    if status == "missing":
        return subject.tr("缺值 {n} 项", n=n)
    if status == "insufficient":
        return subject.tr("样本少 {n} 项", n=n)
    if status == "not_reported":
        return subject.tr("应报未报按 0 计 {n} 项", n=n)
    return subject.tr("估算 {n} 项", n=n)


def status_name(subject: Subject, status: str) -> str:
    """What stands where a value would."""
    return subject.tr("不适用") if status == "not_applicable" else "—"


def status_words(subject: Subject, status: str) -> str:
    """A status of a value in words; the code where it is none of ours."""
    tr = subject.tr
    words = {
        "ok": tr("有值"),
        "zero": tr("零"),
        "missing": tr("缺值"),
        "not_applicable": tr("不适用"),
        "insufficient": tr("样本少"),
        "not_reported": tr("应报未报，按 0 计"),
        "imputed": tr("估算"),
    }
    return words.get(status, status)
