"""Tiers decided before: a CSV file with the columns ``unit`` and ``tier``."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.scheme.policies import Tiers


def decided_of(policy: Tiers, scheme_file: Path) -> dict[str, str] | None:
    """Unit to level as ``start.file`` has it, a path from the scheme's folder; None where the policy starts by score. Raises ScoringError
    for a file that is not there, lacks a column or names a unit twice."""
    if policy.start is None or policy.start.file is None:
        return None
    path = scheme_file.parent / policy.start.file
    try:
        rows = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ScoringError(Issue("start", T("读不了已定名单：{reason}", reason=str(error).splitlines()[0]), place=str(path))) from error
    missing = [name for name in ("unit", "tier") if name not in rows.columns]
    if missing:
        raise ScoringError([Issue("start", T("缺少列 {column}", column=name), place=str(path)) for name in missing])
    rows = rows.select(pl.col("unit", "tier").str.strip_chars()).drop_nulls()
    if rows["unit"].is_duplicated().any():
        twice = rows.filter(pl.col("unit").is_duplicated())["unit"][0]
        raise ScoringError(Issue("start", T("已定名单中 {unit} 出现了两次", unit=twice), place=str(path)))
    return dict(rows.iter_rows())
