"""From text as people type it to the contract's types. What cannot be read is a problem of its cell, never a guess or a null in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from types import MappingProxyType

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.records.apart.heading import plain
from kcz_metrics.tables import Column, Label
from kcz_metrics.tables.resources import MONTH

# Digits are spelled out: \d would also take those of other scripts.
_INT = r"^[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.0+)?$"
_FLOAT = r"^[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
NUMBER = r"^\s*[+-]?[0-9.,０-９，．]+\s*$"  # what may be a bare number, however it is written
_DATE = (
    r"^(?:(?P<y1>[0-9]{4})(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})"
    r"|(?P<y2>[0-9]{4})(?:-(?P<m2>[0-9]{1,2})-|/(?P<m3>[0-9]{1,2})/|\.(?P<m4>[0-9]{1,2})\.)(?P<d2>[0-9]{1,2})"
    r"|(?P<y3>[0-9]{4}) ?年 ?(?P<m5>[0-9]{1,2}) ?月 ?(?P<d3>[0-9]{1,2}) ?[日号])"
)
_TIME = r"(?:[ T]+(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.(?P<f>[0-9]{1,6}))?)?)?$"
_MIDNIGHT = r"(?:[ T]+0{1,2}:00(?::00(?:\.0+)?)?)?$"
# A spreadsheet's count of days: from 1954 (or 1958) on, so that no year and no small number is taken for one.
_SERIAL = r"^[2-7][0-9]{4}(?:\.[0-9]+)?$"
_EPOCHS: Mapping[int, dt.date] = MappingProxyType({1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)})
_SHARE = r"%$"
_TRUE, _FALSE = ("true", "是", "yes", "y", "1"), ("false", "否", "no", "n", "0")
# What a spreadsheet makes of a month that is typed into it. In a column of periods the same day may stand for a year.
_MONTH_MADE_A_DAY = r"^([0-9]{4})-([0-9]{2})-01(?:[ T]00:00(?::00)?)?$"
_WIDE = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)} | {"\u3000": " "}
_SHOWN = Context(prec=15)  # what a spreadsheet shows; what stands beyond are traces of binary arithmetic
_MANY = 4096  # texts after which it is worth asking whether they repeat
_BLANKS = " \t\r\n\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a column's texts are to be taken. ``by``: what its numbers are multiplied by; ``epoch``: the year from which numbers that stand
    for days count, None where no number stands for a day."""

    by: Decimal = Decimal(1)
    epoch: int | None = None


PLAIN = Manner()


def cleaned(text: pl.Expr) -> pl.Expr:
    """Outer blanks gone; a cell with nothing left is null."""
    bare = text.str.strip_chars(_BLANKS)
    return pl.when(bare.str.len_bytes() > 0).then(bare)


def cast(text: pl.Expr, column: Column, manner: Manner = PLAIN) -> pl.Expr:
    """``text`` (cleaned) in the column's type; null where it cannot be read."""
    narrowed = text if _is_free(column) else narrow(text)
    return _CASTS[column.kind](narrowed, column, manner).alias(column.name)


def typed(text: pl.Series, column: Column, manner: Manner = PLAIN) -> pl.Series:
    """As :func:`cast`, for a whole column of texts as they stand in a file; each different text is read once where texts repeat."""
    named = text.alias(column.name)
    if named.len() > _MANY and named.head(_MANY).n_unique() < _MANY // 2:
        different = named.unique().to_frame("_text")
        read = different.with_columns(cast(cleaned(pl.col("_text")), column, manner).alias("_typed"))
        return (
            named.to_frame("_text").join(read, on="_text", how="left", maintain_order="left", nulls_equal=True)["_typed"].alias(column.name)
        )
    bare = named.to_frame().select(cleaned(pl.col(column.name)))
    ascii_only = not bare.select(pl.col(column.name).str.contains(r"[^\x00-\x7F]").any()).item()
    reading = _CASTS[column.kind](pl.col(column.name), column, manner) if ascii_only else cast(pl.col(column.name), column, manner)
    return bare.select(reading.alias(column.name)).to_series()


def serials(text: pl.Series) -> int:
    """How many cells of a date column hold a count of days."""
    other = text.filter((text.str.len_bytes() > 0) & ~text.str.contains("^[0-9]{4}-")).to_frame("text")
    return int(other.select(narrow(cleaned(pl.col("text"))).str.contains(_SERIAL).sum()).item() or 0) if other.height else 0


def months(text: pl.Series, column: Column) -> pl.Series | None:
    """Of each cell whether a spreadsheet made a day of its month; None for a column that holds no months."""
    if column.pattern != MONTH:
        return None
    return text.to_frame("text").select(narrow(cleaned(pl.col("text"))).str.contains(_MONTH_MADE_A_DAY).fill_null(False)).to_series()


def expectation(column: Column) -> Text:
    """What a cell of the column must look like, in words."""
    return T("{column} {expected}", column=column.label, expected=_EXPECTED[column.kind])


def no_such_day(text: pl.Series, column: Column) -> pl.Series:
    """Of each cell whether it is written as a day that the calendar does not have, such as 2022-02-30."""
    tail = _MIDNIGHT if column.kind == "date" else _TIME
    bare = narrow(cleaned(pl.col("text")))
    is_day = _day(bare, tail).str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return text.to_frame("text").select(bare.str.contains(_DATE + tail).fill_null(False) & ~is_day.fill_null(False)).to_series()


def narrow(text: pl.Expr) -> pl.Expr:
    """Full-width digits, letters and signs narrowed, and nothing else: NFKC would also make 35 of 3⁵ and 3 of ③."""
    return text.str.replace_many(_WIDE)


def _is_free(column: Column) -> bool:
    # What has a pattern is a code, and a code typed in full width is the same code.
    return column.kind == "text" and not column.pattern


def _text(text: pl.Expr, column: Column, _: Manner) -> pl.Expr:
    return text.str.replace(_MONTH_MADE_A_DAY, "${1}-${2}") if column.pattern == MONTH else text


def _int(text: pl.Expr, column: Column, manner: Manner) -> pl.Expr:
    if manner.by != 1 or _takes_shares(column):
        return _exact(text, column, manner, whole=True).cast(pl.Int64, strict=False)
    bare = text.str.replace_all(",", "", literal=True).str.replace(r"\.0+$", "").str.strip_prefix("+")
    return pl.when(text.str.contains(_INT)).then(bare).cast(pl.Int64, strict=False)


def _float(text: pl.Expr, column: Column, manner: Manner) -> pl.Expr:
    if manner.by != 1 or _takes_shares(column):
        value = _exact(text, column, manner, whole=False).cast(pl.Float64, strict=False)
    else:
        bare = text.str.replace_all(",", "", literal=True).str.strip_prefix("+")
        value = pl.when(text.str.contains(_FLOAT)).then(bare).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)  # 1e400 is infinity


def _exact(text: pl.Expr, column: Column, manner: Manner, *, whole: bool) -> pl.Expr:
    """A number converted in decimals, as text: 0.1 of 10,000 is 1,000 and nothing else."""
    of_share = _takes_shares(column)
    bare = text.str.replace(_SHARE, "").str.strip_chars_end(" ") if of_share else text
    number = pl.when(bare.str.contains(_FLOAT)).then(bare.str.replace_all(",", "", literal=True))
    # 12% in a column that is kept in per cent is 12, in one that is kept as a share 0.12.
    hundredth = Decimal(1) if column.unit is not None else Decimal("0.01")
    marked = pl.struct(number=number, share=text.str.contains(_SHARE) if of_share else pl.lit(False))

    def converted(cell: dict[str, object]) -> str | None:
        if cell["number"] is None:
            return None
        value = Decimal(str(cell["number"])) * (hundredth if cell["share"] else manner.by)
        value = _SHOWN.plus(value) if whole else value
        if whole and value != value.to_integral_value():
            return None
        return format(value.to_integral_value() if whole else value, "f")

    return marked.map_elements(converted, return_dtype=pl.String)


def _takes_shares(column: Column) -> bool:
    """Whether 12% may stand in the column: it is kept in per cent, or as a share of 1."""
    if column.unit is not None:
        return column.unit.zh == "%"
    return column.kind == "float" and column.minimum == 0 and column.maximum == 1


def _bool(text: pl.Expr, _: Column, __: Manner) -> pl.Expr:
    word = text.str.to_lowercase()
    return pl.when(word.is_in(_TRUE)).then(True).when(word.is_in(_FALSE)).then(False)


def _day(text: pl.Expr, tail: str) -> pl.Expr:
    """``YYYY-MM-DD`` where the text is a date followed by ``tail``, else null."""
    parts = text.str.extract_groups(_DATE + tail)

    def first(*names: str) -> pl.Expr:
        return pl.coalesce(parts.struct.field(name) for name in names).str.zfill(2)

    return pl.concat_str(first("y1", "y2", "y3"), first("m1", "m2", "m3", "m4", "m5"), first("d1", "d2", "d3"), separator="-")


def _date(text: pl.Expr, _: Column, manner: Manner) -> pl.Expr:
    day = _day(text, _MIDNIGHT).str.to_date("%Y-%m-%d", strict=False)
    if manner.epoch is None:
        return day
    count = pl.when(text.str.contains(_SERIAL)).then(text).cast(pl.Float64, strict=False)
    counted = pl.lit(_EPOCHS[manner.epoch]) + pl.duration(days=count.cast(pl.Int64))
    return pl.when(count.is_null()).then(day).when(count == count.floor()).then(counted)  # an hour of a day is not a day


def _datetime(text: pl.Expr, _: Column, manner: Manner) -> pl.Expr:
    parts = text.str.extract_groups(_DATE + _TIME)

    def part(name: str) -> pl.Expr:
        return parts.struct.field(name).fill_null("00").str.zfill(2)

    second = parts.struct.field("f").fill_null("").str.pad_end(6, "0")
    whole = pl.concat_str(_day(text, _TIME), pl.lit(" "), part("h"), pl.lit(":"), part("min"), pl.lit(":"), part("s"), pl.lit("."), second)
    moment = whole.str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", time_unit="us", strict=False)
    if manner.epoch is None:
        return moment
    count = pl.when(text.str.contains(_SERIAL)).then(text).cast(pl.Float64, strict=False)
    start = pl.lit(dt.datetime.combine(_EPOCHS[manner.epoch], dt.time()), pl.Datetime("us"))
    counted = start + pl.duration(seconds=(count * 86_400).round().cast(pl.Int64))
    return pl.when(count.is_null()).then(moment).otherwise(counted.cast(pl.Datetime("us")))


def _enum(text: pl.Expr, column: Column, _: Manner) -> pl.Expr:
    return text.replace(_codes(column.values)) if column.values else text


def _set(text: pl.Expr, column: Column, _: Manner) -> pl.Expr:
    # Each part between bars of its own, so that every label is replaced whole and only whole. No label holds one of these signs.
    parts = pl.lit("|") + text.str.replace_all(r"\s*[|、,;]\s*", "||") + pl.lit("|")
    codes = {f"|{label}|": f"|{code}|" for label, code in _codes(column.values).items()}
    named = parts.str.replace_many(codes) if codes else parts
    return named.str.slice(1, named.str.len_chars() - 2).str.replace_all("||", "|", literal=True)


def _codes(values: Mapping[str, Label]) -> dict[str, str]:
    """Labels in either language to codes; a label that two codes share means neither."""
    found: dict[str, str | None] = {}
    for code, label in values.items():
        for name in {plain(label.zh), plain(label.en)} - set(values):
            found[name] = code if found.get(name, code) == code else None
    return {name: code for name, code in found.items() if code}


_CASTS: Mapping[str, Callable[[pl.Expr, Column, Manner], pl.Expr]] = MappingProxyType(
    {"text": _text, "int": _int, "float": _float, "bool": _bool, "date": _date, "datetime": _datetime, "enum": _enum, "set": _set}
)
_EXPECTED: Mapping[str, Text] = MappingProxyType(
    {
        "text": T("应为文字"),
        "int": T("应为整数"),
        "float": T("应为数"),
        "bool": T("应为“是”或“否”"),
        "date": T("应为日期，如 2022-01-05、2022/1/5、20220105、2022年1月5日"),
        "datetime": T("应为时间，如 2022-01-05 或 2022-01-05 13:30"),
        "enum": T("应为代码"),
        "set": T("应为以 | 分隔的代码"),
    }
)
