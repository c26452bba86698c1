"""The export for the evaluation of national societies: where each stands on every board, by which values, and what that stands on.

One frame for the CSV, a workbook of the same rows. Texts stay texts: codes keep their zeros, and nothing runs as a formula.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.language.periods import period
from kcz_metrics.locales import LANGUAGES, Language, translate
from kcz_metrics.reports.book import Book, Column, Row
from kcz_metrics.reports.delimited import as_csv
from kcz_metrics.reports.provenance import sheet_of_snapshot
from kcz_metrics.reports.subject import SHANGHAI
from kcz_metrics.tables import TABLES

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Name, Scheme
    from kcz_metrics.scoring.scorecard import Scorecard
    from kcz_metrics.store import Snapshot

#: National societies: the class of bodies that the evaluation is about.
SOCIETIES = "NS"
#: What a row of the export says before the values of its board's indicators.
LEADING = (
    "society_id", "uscc", "name_zh", "name_en", "board", "board_zh", "board_en", "group", "score", "published", "rank", "of", "coverage",
    "status", "reason", "reason_zh", "reason_en",
)  # fmt: skip
#: What it stands on, after them.
TRAILING = ("period", "scheme", "snapshot", "invented")


def standing(cards: Sequence[Scorecard], bodies: pl.DataFrame, *, org_class: str = SOCIETIES) -> pl.DataFrame:
    """A row a society and board in the order of the boards, then of the rank: :data:`LEADING`, a column an indicator.

    ``score`` is whole, ``published`` as it is made public; ``of`` is how many of the group are ranked. An indicator's column is null on
    other boards and where its value is missing. ``bodies``: ``org_id, uscc, name_zh, name_en, org_class``.
    """
    mine = bodies.filter(pl.col("org_class") == org_class).select(
        pl.col("org_id").alias("society_id"), pl.col("uscc"), pl.col("name_zh"), pl.col("name_en")
    )
    indicators = list(dict.fromkeys(leaf for card in cards for leaf in card.values["indicator"].unique(maintain_order=True).to_list()))
    parts = []
    for card in cards:
        board = card.index
        root = card.scores.filter(pl.col("node") == board.id)
        ranked = root.filter(pl.col("rank").is_not_null()).group_by("group").agg(of=pl.len().cast(pl.Int64))
        values = card.values.filter(pl.col("period") == card.period).pivot(on="indicator", index="unit", values="value")
        missing = [pl.lit(None, pl.Float64).alias(i) for i in indicators if i not in values.columns]
        why = pl.DataFrame(
            [(unit, *("；".join(t.render(lang) for t in texts) for lang in LANGUAGES)) for unit, texts in card.reasons.items()],
            schema={"unit": pl.String, "reason_zh": pl.String, "reason_en": pl.String},
            orient="row",
        )
        rows = (
            mine.join(root, left_on="society_id", right_on="unit", how="inner")
            .join(ranked, on="group", how="left", nulls_equal=True)
            .join(values.with_columns(missing), left_on="society_id", right_on="unit", how="left")
            .join(why, left_on="society_id", right_on="unit", how="left")
            .with_columns(board=pl.lit(board.id), board_zh=pl.lit(_said(board.name, "zh")), board_en=pl.lit(_said(board.name, "en")))
            .sort("rank", "society_id", nulls_last=True)
        )
        parts.append(rows.select(*LEADING, *indicators))
    schema = dict.fromkeys(LEADING, pl.String) | {"score": pl.Float64, "published": pl.Float64, "rank": pl.Int64, "of": pl.Int64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema | {"coverage": pl.Float64})


def based(found: pl.DataFrame, *, scheme: Scheme, snapshot: Snapshot, asked: str) -> pl.DataFrame:
    """The same rows with :data:`TRAILING`, each standing for itself wherever it is copied: what was asked and what it stands on."""
    notice = "全部记录均为虚构 all records are invented" if snapshot.invented else None
    return found.with_columns(
        period=pl.lit(asked), scheme=pl.lit(scheme.digest), snapshot=pl.lit(snapshot.id), invented=pl.lit(notice, pl.String)
    )


def csv(found: pl.DataFrame, *, scheme: Scheme, snapshot: Snapshot, asked: str) -> bytes:
    """The CSV of the export, UTF-8 with a mark so that a spreadsheet reads it as such."""
    return ("\ufeff" + as_csv(based(found, scheme=scheme, snapshot=snapshot, asked=asked))).encode()


def workbook(
    found: pl.DataFrame, *, scheme: Scheme, snapshot: Snapshot, lang: Language, asked: str, created_at: datetime | None = None
) -> bytes:
    """The bytes of an .xlsx file: standing, values, provenance. Numbers are written whole and only shown rounded."""
    made = created_at or datetime.now(SHANGHAI)
    taken = snapshot.created_at.astimezone(SHANGHAI).date().isoformat()
    basis = "    ".join(
        [
            translate("评价期 {period}", lang, period=period(asked).label(lang)),
            translate("方案 {edition}（{digest}）", lang, edition=scheme.edition, digest=scheme.digest[:8]),
            translate("快照 {day} · {id}", lang, day=taken, id=snapshot.id[:8]),
        ]
    )
    notice = translate("◇ 演示数据：全部记录均为虚构", lang) if snapshot.invented else None
    title = translate("学会在排行榜上的情况", lang)
    book = Book(title=f"{title} {asked}", basis=basis, notice=notice, created_at=made)
    _standing(book, found, lang, title)
    _values(book, found, scheme, lang)
    _provenance(book, found, scheme, snapshot, lang, asked, made)
    return book.close()


def _said(text: Name | str | None, lang: Language) -> str:
    return "" if text is None else text if isinstance(text, str) else text.in_(lang)


def _standing(book: Book, found: pl.DataFrame, lang: Language, title: str) -> None:
    def tr(source: str) -> str:
        return translate(source, lang)

    columns = [
        Column(tr("学会编号")), Column(tr("统一社会信用代码")), Column(tr("学会名称"), strong=True), Column(tr("排行榜")),
        Column(tr("机构类别")),
        Column(tr("名次"), "integer"), Column(tr("参加排名"), "integer"), Column(tr("公布得分"), "number", decimals=2),
        Column(tr("取整前得分"), "number", decimals=4), Column(tr("覆盖率"), "share", decimals=1), Column(tr("说明"), width=30, wrap=True),
    ]  # fmt: skip
    named = ("name_zh", "board_zh", "reason_zh") if lang == "zh" else ("name_en", "board_en", "reason_en")
    groups = {code: label.in_(lang) for code, label in TABLES["org"].columns["org_class"].values.items()}
    rows = [
        Row(
            [row["society_id"], row["uscc"], row[named[0]] or row["name_zh"], row[named[1]],
             groups.get(row["group"], row["group"]), row["rank"], row["of"],
             row["published"], row["score"], row["coverage"], row[named[2]]],
            faint=row["rank"] is None,
        )
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    caption = tr("一行一个学会在一个榜上；名次为在同一分组中；未参加排名的写明原因。")
    sheet, top = book.sheet(title, title, caption=caption)
    book.table(sheet, top, columns, rows, frozen=3)


def _values(book: Book, found: pl.DataFrame, scheme: Scheme, lang: Language) -> None:
    def tr(source: str) -> str:
        return translate(source, lang)

    columns = [
        Column(tr("学会编号")), Column(tr("统一社会信用代码")), Column(tr("学会名称"), strong=True), Column(tr("排行榜")),
        Column(tr("编号")), Column(tr("指标"), width=34, wrap=True), Column(tr("数值"), "number", decimals=4), Column(tr("计量")),
    ]  # fmt: skip
    named = ("name_zh", "board_zh") if lang == "zh" else ("name_en", "board_en")
    rows = []
    for row in found.iter_rows(named=True):
        for leaf in scheme.indices[row["board"]].leaves:
            indicator = scheme.indicators[leaf]
            unit = tr("占比") if indicator.unit == "ratio" else _said(indicator.unit, lang)
            cells = [row["society_id"], row["uscc"], row[named[0]] or row["name_zh"], row[named[1]], leaf, _said(indicator.name, lang)]
            rows.append(Row([*cells, row[leaf], unit]))
    sheet, top = book.sheet(tr("指标值"), tr("指标值"), caption=tr("标准化以前的指标值，不取整写入；没有值的为“—”。"))
    book.table(sheet, top, columns, rows, frozen=3)


def _provenance(book: Book, found: pl.DataFrame, scheme: Scheme, snapshot: Snapshot, lang: Language, asked: str, made: datetime) -> None:
    again = [
        (translate("重新计算的命令", lang), f"kcz report societies --period {asked} --snapshot {snapshot.id} -o societies.csv"),
        (
            translate("该命令所写文件的 SHA-256", lang),
            hashlib.sha256(csv(found, scheme=scheme, snapshot=snapshot, asked=asked)).hexdigest(),
        ),
    ]
    sheet_of_snapshot(book, scheme, snapshot, lang, asked, made, again)
