"""The workbook of the year's targets: all of them, their months, the units that meet them or not, and where the numbers come from."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.decisions.targets import ANSWER, Standing, months_of
from kcz_metrics.language.periods import period
from kcz_metrics.locales import Language, translate
from kcz_metrics.reports import target_words as words
from kcz_metrics.reports.book import Book, Column, Row
from kcz_metrics.reports.delimited import as_csv
from kcz_metrics.reports.provenance import sheet_of_snapshot
from kcz_metrics.reports.subject import SHANGHAI

if TYPE_CHECKING:
    from kcz_metrics.engines.targets import Course
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def targets(
    found: Standing,
    course: Course,
    *,
    scheme: Scheme,
    snapshot: Snapshot,
    lang: Language,
    asked: str,
    created_at: datetime | None = None,
) -> bytes:
    """The bytes of an .xlsx file. ``asked`` is the period as it was asked for; numbers are written whole and only shown rounded."""
    made = created_at or datetime.now(SHANGHAI)
    day = (found.day.as_of - timedelta(days=1)).isoformat()
    taken = snapshot.created_at.astimezone(SHANGHAI).date().isoformat()
    basis = "    ".join(
        [
            translate("评价期 {period}", lang, period=period(found.day.year.id).label(lang)),
            translate("截至 {day}", lang, day=day),
            translate("方案 {edition}（{digest}）", lang, edition=scheme.edition, digest=scheme.digest[:8]),
            translate("快照 {day} · {id}", lang, day=taken, id=snapshot.id[:8]),
        ]
    )
    notice = translate("◇ 演示数据：全部记录均为虚构", lang) if snapshot.invented else None
    title = translate("年度目标", lang)
    book = Book(title=f"{title} {day}", basis=basis, notice=notice, created_at=made)
    _all(book, found, scheme, lang, title)
    _months(book, found, scheme, lang)
    _units(book, found, course, scheme, lang)
    _provenance(book, found, scheme, snapshot, lang, asked, made)
    return book.close()


def _said(text: Any, lang: Language) -> str:
    return "" if text is None else text if isinstance(text, str) else str(text.in_(lang))


def _all(book: Book, found: Standing, scheme: Scheme, lang: Language, title: str) -> None:
    def tr(source: str) -> str:
        return translate(source, lang)

    over = found.day.over
    columns = [
        Column(tr("要点"), "integer"), Column(tr("编号")), Column(tr("目标名称"), strong=True, width=30, wrap=True), Column(tr("状态")),
        Column(tr("数值"), "number", decimals=0), Column(tr("目标值"), "number", decimals=0), Column(tr("区间上限"), "number", decimals=0),
        Column(tr("计量")), Column(tr("进度"), "share", decimals=1),
        *([] if over else [Column(tr(name), "number", decimals=1) for name in ("年末预测", "预测下端", "预测上端")]),
        Column(tr("基期值"), "number", decimals=0), Column(tr("达到的对象"), "integer"), Column(tr("对象总数"), "integer"),
        Column(tr("归口")),
        Column(tr("说明"), width=34, wrap=True), Column(tr("统计口径"), width=60, wrap=True),
    ]  # fmt: skip
    rows = []
    for row in found.rows.iter_rows(named=True):
        target = scheme.targets[row["target"]]
        why = words.reason(row["reason"], over)
        notes = [why.render(lang)] if why is not None else []
        if row["counted_in"] == "scorecards" and row["value"] is not None:
            notes.append(words.FOR_REFERENCE.render(lang))
        ahead = [] if over else [row["forecast"], row["forecast_low"], row["forecast_high"]]
        cells = [
            row["item"], row["target"], _said(target.name, lang), words.state(row["state"], over).render(lang), row["value"], row["goal"],
            row["upper"], _said(target.word, lang) if not target.per_unit else tr("占比"), row["progress"], *ahead, row["baseline"],
            row["units_met"], row["units"], _said(target.owner, lang), " ".join(notes), _said(target.definition, lang),
        ]  # fmt: skip
        shares = dict.fromkeys((4, 5, *([] if over else [9, 10, 11])), ("share", 1))
        rows.append(Row(cells, faint=row["state"] == "no_data", kinds=shares if target.per_unit else None))  # type: ignore[arg-type]
    caption = tr("状态按比较方式判断；统计口径与归口见各行。有对象的目标，数值为达到的对象所占比例。")
    sheet, top = book.sheet(title, title, caption=caption)
    book.table(sheet, top, columns, rows, frozen=3)


def _months(book: Book, found: Standing, scheme: Scheme, lang: Language) -> None:
    months = months_of(found.day)
    columns = [Column(translate("编号", lang)), Column(translate("目标名称", lang), strong=True)]
    columns += [Column(month.label(lang), "number", decimals=0) for month in months]
    rows = []
    for id_, target in scheme.targets.items():
        known = dict(found.course.filter(pl.col("target") == id_).select("month", "value").iter_rows())
        shares: Any = dict.fromkeys(range(2, 2 + len(months)), ("share", 1)) if target.per_unit else None
        rows.append(Row([id_, _said(target.name, lang), *(known.get(month.id) for month in months)], kinds=shares))
    caption = translate("个数为年初至各月末累计，存量为各月末的数，有对象的目标为各月末达到的比例。", lang)
    sheet, top = book.sheet(translate("逐月", lang), translate("逐月进展", lang), caption=caption)
    book.table(sheet, top, columns, rows, frozen=2)


def _units(book: Book, found: Standing, course: Course, scheme: Scheme, lang: Language) -> None:
    names = {unit: zh if lang == "zh" else en for unit, zh, en in course.units.select("unit", "name_zh", "name_en").iter_rows()}
    titles = [("编号", "text"), ("目标名称", "text"), ("对象", "text"), ("名称", "text"), ("数值", "number"), ("达到", "text")]
    columns = [Column(translate(title, lang), kind, decimals=2) for title, kind in titles]  # type: ignore[arg-type]
    yes, no = translate("是", lang), translate("否", lang)
    rows = []
    for id_, unit, value, met in found.units.select("target", "unit", "value", "met").iter_rows():
        named = names.get(unit) or (_said(scheme.indices[unit].name, lang) if unit in scheme.indices else unit)
        rows.append(Row([id_, _said(scheme.targets[id_].name, lang), unit, named, value, yes if met else no], picked=not met))
    caption = translate("逐个对象判断的目标，没有达到的在前；另有按得分与榜单计数的目标所计入的对象。", lang)
    sheet, top = book.sheet(translate("对象", lang), translate("各对象是否达到", lang), caption=caption)
    book.table(sheet, top, columns, rows, frozen=1)


def _provenance(book: Book, found: Standing, scheme: Scheme, snapshot: Snapshot, lang: Language, asked: str, made: datetime) -> None:
    again = [
        (translate("重新计算的命令", lang), f"kcz targets --period {asked} --snapshot {snapshot.id} --format csv"),
        (translate("该命令输出的 SHA-256", lang), hashlib.sha256(as_csv(found.rows.select(ANSWER)).encode()).hexdigest()),
    ]
    sheet_of_snapshot(book, scheme, snapshot, lang, asked, made, again)
