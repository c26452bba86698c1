"""The common tail of every record table: which period, from whom, on what evidence, in what state."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.columns import Column
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.table import Rule

SOURCES = labels(
    self_report=("自报", "Self-report"),
    platform_log=("平台日志", "Platform log"),
    registry=("登记机构", "Registry"),
    province=("省级推送", "Province"),
    expert=("专家", "Expert"),
)
EVIDENCE_CLASSES = labels(
    A=("A 登记或银行凭证", "A registry or bank"),
    B=("B 审计或双方确认", "B audited or confirmed by both sides"),
    C=("C 自报", "C self-report"),
)
STATUSES = labels(
    draft=("草稿", "Draft"),
    submitted=("已提交", "Submitted"),
    verified=("已核验", "Verified"),
    rejected=("已退回", "Rejected"),
    withdrawn=("已撤回", "Withdrawn"),
)

TAIL = (
    Column("period_id", Label("期间", "Period"), "text", pattern=r"^\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?$"),
    Column("source", Label("来源", "Source"), "enum", values=SOURCES),
    Column("evidence_class", Label("证据等级", "Evidence class"), "enum", values=EVIDENCE_CLASSES),
    Column("evidence_uri", Label("佐证", "Evidence"), "text", nullable=True),
    Column("status", Label("状态", "Status"), "enum", values=STATUSES),
    Column("duplicate_of", Label("重复于", "Duplicate of"), "text", nullable=True),
    Column("submitted_at", Label("提交时间", "Submitted at"), "datetime", nullable=True),
    Column("verified_at", Label("核验时间", "Verified at"), "datetime", nullable=True),
    Column("verified_by", Label("核验人", "Verified by"), "text", nullable=True),
)

TAIL_RULES = (
    Rule(
        "evidence_given",
        Label("A、B 级证据须附佐证", "Evidence of class A or B needs a document"),
        pl.col("evidence_uri").is_not_null() | (pl.col("evidence_class") == "C"),
    ),
    Rule(
        "verified_dated",
        Label("已核验的记录须有核验时间", "A verified record needs the time of verification"),
        pl.col("verified_at").is_not_null() | (pl.col("status") != "verified"),
    ),
)
