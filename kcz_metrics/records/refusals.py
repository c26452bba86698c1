"""The words for what the reader of a file refuses, by its codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T, Text

_AS_CSV = T("另存为 CSV 再导入")
_AS_BOOK = T("另存为 .xlsx 或 CSV 再导入")
_UNPACK = T("解压后再导入")
_SPLIT = T("分成几个文件")
_SAVE_AGAIN = T("在 Excel 或 WPS 中打开并另存一次")
_VALUES_ONLY = T("把内容以“只粘贴值”的方式放进新的工作簿")

#: what a file is by its first bytes, and what to do with it
FOREIGN: Mapping[str, tuple[Text, Text]] = MappingProxyType(
    {
        "old_office": (T("旧版 Office 文件或加了密码的工作簿"), _AS_BOOK),
        "gzip": (T("gzip 压缩文件"), _UNPACK),
        "bzip2": (T("bzip2 压缩文件"), _UNPACK),
        "xz": (T("xz 压缩文件"), _UNPACK),
        "zstd": (T("zstd 压缩文件"), _UNPACK),
        "7z": (T("7z 压缩文件"), _UNPACK),
        "rar": (T("rar 压缩文件"), _UNPACK),
        "archive": (T("压缩包"), _UNPACK),
        "parquet": (T("Parquet 文件"), _AS_CSV),
        "pdf": (T("PDF 文件"), _AS_CSV),
        "picture": (T("图片"), _AS_CSV),
        "sqlite": (T("SQLite 数据库"), _AS_CSV),
        "rtf": (T("RTF 文档"), _AS_BOOK),
        "program": (T("可执行程序"), _AS_BOOK),
        "markup": (T("网页或 XML"), _AS_BOOK),
        "opendocument": (T("OpenDocument 表格"), _AS_BOOK),
        "office": (T("Office 文档，但不是工作簿"), _AS_BOOK),
        "binary_workbook": (T("二进制工作簿（.xlsb）"), _AS_BOOK),
    }
)


@dataclass(frozen=True, slots=True)
class _Words:
    """Message, what is expected, and what to do, each made from the refusal's values."""

    message: Callable[[Mapping[str, Any]], Text]
    expected: Callable[[Mapping[str, Any]], Text] | None = None
    hint: Text | None = None
    found: Callable[[Mapping[str, Any]], Text] | None = None


def _said(text: Text) -> Callable[[Mapping[str, Any]], Text]:
    return lambda _: text


_REFUSALS: Mapping[str, _Words] = MappingProxyType(
    {
        "file_unreadable": _Words(lambda v: T("无法读取文件：{reason}", reason=v["reason"])),
        "file_too_large": _Words(_said(T("文件太大")), lambda v: T("不超过 {size} MB", size=v["size"]), _SPLIT),
        "file_empty": _Words(_said(T("文件是空的"))),
        "encoding": _Words(_said(T("看不懂文件的编码")), _said(T("UTF-8、UTF-16 或 GB18030")), T("另存为 UTF-8 的 CSV")),
        "control_character": _Words(lambda v: T("第 {line} 行含有控制字符，可能不是文本文件", line=v["line"])),
        "quotes": _Words(lambda v: T("第 {row} 行的引号不成对", row=v["row"]), hint=T("单元格内的引号要写两次")),
        "cell_too_long": _Words(
            lambda v: T("第 {row} 行有单元格太长", row=v["row"]), lambda _: T("不超过 {n} 个字", n="32,767"), T("检查引号是否成对")
        ),
        "too_many_rows": _Words(_said(T("行太多")), lambda v: T("不超过 {n} 行", n=f"{v['n']:,}"), _SPLIT),
        "too_many_columns": _Words(_said(T("列太多")), lambda v: T("不超过 {n} 列", n=v["n"]), found=lambda v: T("{n} 列", n=v["found"])),
        "memory": _Words(_said(T("读这个文件需要的内存或时间太多，已停止")), hint=_SPLIT),
        "too_many_parts": _Words(_said(T("工作簿的部件太多")), lambda v: T("不超过 {n} 个", n=v["n"]), _VALUES_ONLY),
        "unpacks_too_large": _Words(_said(T("工作簿解开后太大")), lambda v: T("不超过 {size} MB", size=v["size"]), _SPLIT),
        "bomb": _Words(_said(T("工作簿解开后大得不像记录")), hint=_VALUES_ONLY),
        "archive_broken": _Words(_said(T("工作簿已损坏")), hint=_SAVE_AGAIN),
        "encrypted": _Words(_said(T("工作簿加了密码")), hint=T("去掉密码再导入")),
        "macros": _Words(_said(T("工作簿带有宏或可运行的部件")), hint=_AS_BOOK),
        "outside_references": _Words(_said(T("工作簿引用了别的文件或数据源")), hint=_VALUES_ONLY),
        "entities": _Words(_said(T("工作簿的 XML 里有文档声明或实体")), hint=_SAVE_AGAIN),
        "part_missing": _Words(lambda v: T("工作簿缺少部件 {part}", part=v["part"]), hint=_SAVE_AGAIN),
        "markup_broken": _Words(lambda v: T("工作簿的部件 {part} 已损坏", part=v["part"]), hint=_SAVE_AGAIN),
        "rows_out_of_order": _Words(lambda v: T("工作表的行列次序不对：{row}", row=v["row"]), hint=_SAVE_AGAIN),
        "string_missing": _Words(lambda v: T("第 {row} 行有单元格指向不存在的文字", row=v["row"]), hint=_SAVE_AGAIN),
        "too_many_marks": _Words(lambda v: T("公式或出错的单元格超过 {n} 个", n=f"{v['n']:,}"), hint=_VALUES_ONLY),
        "sheet_unknown": _Words(lambda v: T("没有名为“{sheet}”的工作表", sheet=v["sheet"]), found=lambda v: T("{names}", names=v["names"])),
        "heading_row_missing": _Words(
            lambda v: T("文件没有第 {row} 行，或这一行是空的，不能作为表头", row=v["row"]),
            hint=T("行号从 1 数起，空行也算；不指明则自行寻找"),
        ),
        "heading_row_far": _Words(
            lambda v: T("第 {row} 行太靠后，不能作为表头", row=v["row"]),
            lambda v: T("前 {n} 行之内", n=f"{v['n']:,}"),
            T("删去表头之上的行再导入"),
        ),
        "sheet_open": _Words(
            _said(T("不止一张工作表像是这张表")), found=lambda v: T("{names}", names=v["names"]), hint=T("指明工作表（命令行：--sheet）")
        ),
    }
)


def refused(code: str, values: Mapping[str, Any], place: str) -> Issue:
    """The refusal ``code`` in words."""
    if code == "not_text":
        what, hint = FOREIGN[values["what"]]
        return Issue("not_text", T("不是 CSV 或 Excel 工作簿"), place=place, found=what, hint=hint)
    words = _REFUSALS[code]
    return Issue(
        code,
        words.message(values),
        place=place,
        expected=words.expected(values) if words.expected else None,
        found=words.found(values) if words.found else None,
        hint=words.hint,
    )
