"""Values from a file: a column ``unit``, optionally ``name`` and ``period``, one for each indicator, and any to group or divide by."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import polars as pl

from kcz_metrics.compiling.plan import adjusting_measures
from kcz_metrics.engines.file_reading import LINE, FileTable, read
from kcz_metrics.engines.status import judge
from kcz_metrics.engines.values import DENOMINATORS, FRAME, MEASURES, RAW, UNITS, Values
from kcz_metrics.errors import Issue, ValuesError, did_you_mean
from kcz_metrics.language import filters
from kcz_metrics.language.periods import is_period
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Index, Scheme

_KEYS = ("unit", "period")
_MOST_CELLS = 20
_GROUP = "_group"
_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"


def values(path: str | Path, scheme: Scheme, index_id: str, period: str) -> Values:
    """The index's indicators from a file, for all the periods it holds; without a column ``period`` they are of the period asked for.

    A blank cell is missing. Columns that the scheme does not name are carried along with the units. Raises ValuesError with every
    problem at once: columns missing, cells that are no finite number, units without an id or twice in a period, a period not there.
    """
    index = scheme.indices.get(index_id)
    if index is None:
        hint = did_you_mean(index_id, list(scheme.indices))
        raise ValuesError(Issue("unknown_index", T("没有指数“{name}”", name=index_id), subject="indices", hint=hint))
    table = read(Path(path))
    columns = {leaf: scheme.indicators[leaf].column or leaf for leaf in index.leaves if leaf in scheme.indicators}
    numbers = dict.fromkeys([*columns.values(), *_side_columns(scheme, index)])
    issues = [*_missing_columns(table, scheme, index, columns)]
    frame, cell_issues = _typed(table, [name for name in numbers if name in table.frame.columns])
    issues += cell_issues
    if "unit" in frame.columns:
        frame = _with_keys(frame, period)
        issues += _key_issues(frame, table.place, period)
    if issues:
        raise ValuesError(issues)
    return _made(frame, scheme, index, columns, table.sha256)


def _side_columns(scheme: Scheme, index: Index) -> list[str]:
    """Columns of numbers that are named outside the tree: denominators, numbers of records, what adjustments read."""
    named = adjusting_measures(index)
    for leaf in index.leaves:
        indicator = scheme.indicators[leaf]
        named += [indicator.denominate.by] if indicator.denominate else []
        named += [indicator.minimum_n.of] if indicator.minimum_n else []
        named += [indicator.shrink.n] if indicator.shrink else []
    return named


def _missing_columns(table: FileTable, scheme: Scheme, index: Index, columns: Mapping[str, str]) -> list[Issue]:
    known = [name for name in table.frame.columns if name != LINE]
    wanted: dict[str, str] = {"unit": f"indices.{index.id}.unit"}
    wanted |= {column: f"indicators.{leaf}" for leaf, column in columns.items()}
    wanted |= {column: f"indices.{index.id}" for column in _side_columns(scheme, index) if column not in wanted}
    wanted |= {} if index.group is None else {index.group: f"indices.{index.id}.group"}
    wanted |= dict.fromkeys(index.applies_to, f"indices.{index.id}.applies_to")
    wanted |= _grouped_by(scheme, index)
    wanted |= {column: f"indicators.{leaf}.applies_to" for leaf in columns for column in scheme.indicators[leaf].applies_to}
    return [
        Issue("column_missing", T("缺少列 {column}", column=column), place=table.place, subject=subject, hint=did_you_mean(column, known))
        for column, subject in wanted.items()
        if column not in known
    ]


def _grouped_by(scheme: Scheme, index: Index) -> dict[str, str]:
    """Columns of the units that holes are filled by, and where the scheme names them."""
    if "impute" not in index.stages:
        return {}
    named: dict[str, str] = {}
    for leaf in index.leaves:
        own = scheme.indicators[leaf].impute
        place = f"indices.{index.id}" if own is None else f"indicators.{leaf}"
        column = (index.impute if own is None else own).parameters.get("by")
        named |= {str(column): f"{place}.impute.by"} if column is not None else {}
    return named


def _typed(table: FileTable, numbers: list[str]) -> tuple[pl.DataFrame, list[Issue]]:
    """Columns of numbers as Float64, with an issue for each cell that is none."""
    frame, issues = table.frame, []
    for name in numbers:
        column = frame[name]
        if column.dtype == pl.String:
            bare = column.str.strip_chars()
            number: pl.Expr = pl.when(pl.col(name).str.strip_chars().str.contains(_NUMBER)).then(
                pl.col(name).str.strip_chars().cast(pl.Float64, strict=False)
            )
            blank = bare.is_null() | (bare == "")
        elif column.dtype.is_numeric() or column.dtype == pl.Null:
            number, blank = pl.col(name).cast(pl.Float64), column.is_null()
        else:
            issues.append(_not_numbers(table.place, name, str(column.dtype)))
            continue
        typed = frame.select(number.alias(name))[name]
        bad = ~blank & ~typed.is_finite().fill_null(False)
        issues += _cells(table.place, name, frame.filter(bad).select(LINE, pl.col(name).cast(pl.String)).rows())
        frame = frame.with_columns(typed)
    return frame, issues


def _not_numbers(place: str, name: str, kind: str) -> Issue:
    return Issue(
        "not_a_number",
        T("列 {column} 不是数值列", column=name),
        place=place,
        subject=name,
        expected=T("一个数值"),
        found=T("{kind}", kind=kind),
    )


def _cells(place: str, name: str, rows: list[tuple[int, str]]) -> list[Issue]:
    issues = [
        Issue(
            "not_a_number", T("不是有限的数值"), place=f"{place}:{line}", subject=name, expected=T("数值，空格表示缺失"),
            found=T("{value}", value=str(cell)[:60]),
        )
        for line, cell in rows[:_MOST_CELLS]
    ]  # fmt: skip
    if len(rows) > _MOST_CELLS:
        issues.append(
            Issue("not_a_number", T("列 {column} 另有 {n} 格不是数值", column=name, n=len(rows) - _MOST_CELLS), place=place, subject=name)
        )
    return issues


def _with_keys(frame: pl.DataFrame, period: str) -> pl.DataFrame:
    """Ids trimmed and in their usual form; the period asked for where there is none."""
    plain = {name: [_plain(cell) for cell in frame[name].cast(pl.String)] for name in ("unit", "period") if name in frame.columns}
    frame = frame.with_columns(pl.Series(name, cells, pl.String) for name, cells in plain.items())
    return frame if "period" in frame.columns else frame.with_columns(pl.lit(period).alias("period"))


def _plain(cell: str | None) -> str | None:
    return None if cell is None else unicodedata.normalize("NFKC", cell).strip() or None


def _key_issues(frame: pl.DataFrame, place: str, period: str) -> list[Issue]:
    issues = [
        Issue("unit_empty", T("没有 {column}", column=name), place=f"{place}:{line}", subject=name)
        for name in _KEYS
        for line in frame.filter(pl.col(name).is_null())[LINE].head(_MOST_CELLS)
    ]
    twice = frame.filter(pl.struct(_KEYS).is_duplicated() & pl.col("unit").is_not_null()).sort("unit", "period", LINE)
    for (unit, of), rows in twice.group_by(_KEYS, maintain_order=True):
        lines = ", ".join(map(str, rows[LINE].to_list()[:10]))
        issues.append(
            Issue(
                "unit_twice",
                T("{unit} 在 {period} 出现多次：第 {lines} 行", unit=unit, period=of, lines=lines),
                place=place,
                subject=str(unit),
            )
        )
    found = frame["period"].drop_nulls().unique().sort().to_list()
    if strange := [name for name in found if not is_period(name)]:
        issues.append(Issue("period", T("不是评价期：{names}", names=", ".join(strange[:10])), place=place, subject="period"))
    if period not in found:
        listed = T("{names}", names=", ".join(found[:12]) or "—")
        issues.append(Issue("period_missing", T("文件里没有 {period} 的值", period=period), place=place, subject="period", found=listed))
    return issues[:200]


def _made(frame: pl.DataFrame, scheme: Scheme, index: Index, columns: Mapping[str, str], sha256: str) -> Values:
    kinds = {name: str(kind) for name, kind in frame.schema.items()}
    frame = frame.filter(filters.polars(index.applies_to, cast("filters.Columns", kinds)))
    group = pl.lit(None, pl.String) if index.group is None else pl.col(index.group).cast(pl.String)
    frame = frame.with_columns(group.alias(_GROUP))
    frames, raws = [], []
    for leaf, column in columns.items():
        indicator = scheme.indicators[leaf]
        named = indicator.minimum_n.of if indicator.minimum_n else indicator.shrink.n if indicator.shrink else None
        records = pl.lit(None, pl.Float64) if named is None else pl.col(named)
        applies = filters.polars(indicator.applies_to, cast("filters.Columns", kinds))
        toward_all = index.group is None or (indicator.shrink is not None and indicator.shrink.toward == "all")
        judged = judge(indicator, pl.col(column), records, applies, ["period"] if toward_all else ["period", _GROUP])
        keys = (pl.col("unit"), pl.col("period"), pl.lit(leaf).alias("indicator"))
        frames.append(frame.select(*keys, *judged).select(list(FRAME)))
        raws.append(frame.select(*keys, pl.col(column).alias("raw")).select(list(RAW)))
    order = {leaf: position for position, leaf in enumerate(columns)}
    by = ["period", "unit", pl.col("indicator").replace_strict(order, return_dtype=pl.Int32)]
    latest = frame.sort("period", descending=True).unique("unit", keep="first", maintain_order=True)
    return Values(
        frame=pl.concat(frames).sort(by),
        units=_units(latest, set(columns.values())).drop("period").sort("unit"),
        raw=pl.concat(raws).sort(by),
        measures=_measures(frame, index),
        denominators=_denominators(frame, scheme, index),
        source=sha256,
        units_by_period=_units(frame, set(columns.values())) if len(latest) < len(frame) else None,
    )


def _units(frame: pl.DataFrame, indicators: set[str]) -> pl.DataFrame:
    """The units' columns as each row has them, with ``period``."""
    name = pl.col("name").cast(pl.String).fill_null(pl.col("unit")) if "name" in frame.columns else pl.col("unit")
    fixed = [
        pl.col("unit"), pl.col("period"), name.alias("name_zh"), name.alias("name_en"),
        pl.lit(None, pl.Date).alias("active_from"), pl.lit(None, pl.Date).alias("active_to"),
    ]  # fmt: skip
    others = [c for c in frame.columns if c not in {*UNITS, *_KEYS, "name", LINE, _GROUP, *indicators}]
    return frame.select(*fixed, *others)


def _measures(frame: pl.DataFrame, index: Index) -> pl.DataFrame:
    """What adjustments read: each measure is a column of its name."""
    parts = [
        frame.select("unit", "period", pl.lit(name).alias("measure"), pl.col(name).alias("value"), pl.lit(None, pl.Float64).alias("n"))
        for name in dict.fromkeys(adjusting_measures(index))
    ]
    return pl.concat(parts).select(list(MEASURES)) if parts else pl.DataFrame(schema=MEASURES)


def _denominators(frame: pl.DataFrame, scheme: Scheme, index: Index) -> pl.DataFrame:
    named = dict.fromkeys(d.by for leaf in index.leaves if (d := scheme.indicators[leaf].denominate) is not None)
    parts = [frame.select("unit", "period", pl.lit(name).alias("denominator"), pl.col(name).alias("value")) for name in named]
    return pl.concat(parts).select(list(DENOMINATORS)) if parts else pl.DataFrame(schema=DENOMINATORS)
