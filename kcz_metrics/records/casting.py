"""From text as people type it to the contract's types. What cannot be read is a problem of its cell, never a guess or a null in silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.records.headers import plain
from kcz_metrics.tables import Column, Label

# Digits are spelled out: \d would also take those of other scripts.
_INT = r"^[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.0+)?$"
_FLOAT = r"^[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
_DATE = (
    r"^(?:(?P<y1>[0-9]{4})(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})"
    r"|(?P<y2>[0-9]{4})(?:-(?P<m2>[0-9]{1,2})-|/(?P<m3>[0-9]{1,2})/|\.(?P<m4>[0-9]{1,2})\.)(?P<d2>[0-9]{1,2})"
    r"|(?P<y3>[0-9]{4})年(?P<m5>[0-9]{1,2})月(?P<d3>[0-9]{1,2})日)"
)
_TIME = r"(?:[ T]+(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.(?P<f>[0-9]{1,6}))?)?)?$"
_MIDNIGHT = r"(?:[ T]+0{1,2}:00(?::00(?:\.0+)?)?)?$"
_TRUE, _FALSE = ("true", "是", "yes", "1"), ("false", "否", "no", "0")
_BLANKS = " \t\r\n\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f"


def cleaned(text: pl.Expr) -> pl.Expr:
    """Outer blanks gone; a cell with nothing left is null."""
    bare = text.str.strip_chars(_BLANKS)
    return pl.when(bare.str.len_bytes() > 0).then(bare)


def cast(text: pl.Expr, column: Column) -> pl.Expr:
    """``text`` (cleaned) in the column's type; null where it cannot be read."""
    return _CASTS[column.kind](text, column).alias(column.name)


def expectation(column: Column) -> Text:
    """What a cell of the column must look like, in words."""
    return T("{column} {expected}", column=column.label, expected=_EXPECTED[column.kind])


def narrow(text: pl.Expr) -> pl.Expr:
    """Full-width digits, letters and signs narrowed."""
    return text.str.normalize("NFKC")


def _text(text: pl.Expr, column: Column) -> pl.Expr:
    # What has a pattern is a code, and a code typed in full width is the same code.
    return narrow(text) if column.pattern else text


def _int(text: pl.Expr, _: Column) -> pl.Expr:
    number = narrow(text)
    bare = number.str.replace_all(",", "", literal=True).str.replace(r"\.0+$", "").str.strip_prefix("+")
    return pl.when(number.str.contains(_INT)).then(bare).cast(pl.Int64, strict=False)


def _float(text: pl.Expr, _: Column) -> pl.Expr:
    number = narrow(text)
    bare = number.str.replace_all(",", "", literal=True).str.strip_prefix("+")
    value = pl.when(number.str.contains(_FLOAT)).then(bare).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)  # 1e400 is infinity


def _bool(text: pl.Expr, _: Column) -> pl.Expr:
    word = narrow(text).str.to_lowercase()
    return pl.when(word.is_in(_TRUE)).then(True).when(word.is_in(_FALSE)).then(False)


def _day(text: pl.Expr, tail: str) -> pl.Expr:
    """``YYYY-MM-DD`` where the text is a date followed by ``tail``, else null."""
    parts = text.str.extract_groups(_DATE + tail)

    def first(*names: str) -> pl.Expr:
        return pl.coalesce(parts.struct.field(name) for name in names).str.zfill(2)

    return pl.concat_str(first("y1", "y2", "y3"), first("m1", "m2", "m3", "m4", "m5"), first("d1", "d2", "d3"), separator="-")


def _date(text: pl.Expr, _: Column) -> pl.Expr:
    return _day(narrow(text), _MIDNIGHT).str.to_date("%Y-%m-%d", strict=False)


def _datetime(text: pl.Expr, _: Column) -> pl.Expr:
    typed = narrow(text)
    parts = typed.str.extract_groups(_DATE + _TIME)

    def part(name: str) -> pl.Expr:
        return parts.struct.field(name).fill_null("00").str.zfill(2)

    second = parts.struct.field("f").fill_null("").str.pad_end(6, "0")
    whole = pl.concat_str(_day(typed, _TIME), pl.lit(" "), part("h"), pl.lit(":"), part("min"), pl.lit(":"), part("s"), pl.lit("."), second)
    return whole.str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", time_unit="us", strict=False)


def _enum(text: pl.Expr, column: Column) -> pl.Expr:
    return narrow(text).replace(_codes(column.values)) if column.values else text


def _set(text: pl.Expr, column: Column) -> pl.Expr:
    # Each part between bars of its own, so that every label is replaced whole and only whole.
    parts = pl.lit("|") + narrow(text).str.replace_all(r"\s*\|\s*", "||") + pl.lit("|")
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


_CASTS: Mapping[str, Callable[[pl.Expr, Column], pl.Expr]] = MappingProxyType(
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
