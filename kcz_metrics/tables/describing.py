"""``docs/tables.md``: every record table as its contract says it, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kcz_metrics.tables.columns import Column
from kcz_metrics.tables.labels import Label
from kcz_metrics.tables.subjects import SUBJECTS
from kcz_metrics.tables.table import Table
from kcz_metrics.tables.tail import TAIL, TAIL_RULES

_KINDS: Mapping[str, Label] = {"reference": Label("基础表", "reference table"), "record": Label("业务记录", "records")}
_TYPES: Mapping[str, Label] = {
    "text": Label("文本", "text"),
    "int": Label("整数", "whole number"),
    "float": Label("小数", "number"),
    "bool": Label("是否", "yes or no"),
    "date": Label("日期", "date"),
    "datetime": Label("时间", "time"),
    "enum": Label("选项", "one of"),
    "set": Label("多选", "some of"),
}


def document(tables: Mapping[str, Table]) -> str:
    """All tables in reading order, ending in a line break; the same for the same contracts."""
    return "\n".join(_lines(tables)) + "\n"


def _lines(tables: Mapping[str, Table]) -> Iterator[str]:
    yield "# 数据表 Record tables"
    yield ""
    yield "由表的约定生成，勿手改：`python -m kcz_metrics.tables > docs/tables.md`。空表单：`kcz template TABLE`。"
    yield "Generated from the contracts, not written by hand. An empty form to fill in: `kcz template TABLE`."
    yield ""
    yield "标 * 的列必填；主键以粗体表示。业务记录另有共同列，见末尾；有效记录即已核验且不重复的记录。"
    yield "A column with * must be filled in; the key is bold. Records have common columns besides, given at the end; a valid record is"
    yield "verified and not a duplicate."
    yield ""
    yield from (f"- [{name}](#{name}) {table.label.zh} {table.label.en}" for name, table in tables.items())
    for table in tables.values():
        yield from _table(table)
    yield from ("", "## 共同列 Common columns", "")
    yield from _columns(TAIL, (), {})
    yield ""
    yield from (f"- {rule.label.zh}；{rule.label.en}." for rule in TAIL_RULES)


def _table(table: Table) -> Iterator[str]:
    yield from ("", f'<a id="{table.name}"></a>', f"## {table.label.zh} {table.label.en} (`{table.name}`)", "")
    kind = _KINDS[table.kind]
    yield f"{kind.zh} {kind.en}" + (f"。{table.about.zh}。{table.about.en}." if table.about else "")
    yield ""
    common = {column.name for column in TAIL} if table.has_tail else set()
    own = [column for column in table.columns.values() if column.name not in common or column not in TAIL]
    pointing = {r.column: f"[{r.table}](#{r.table})" for r in table.references}
    if subject := SUBJECTS.get(table.name):
        pointing[subject.column] = " / ".join(f"[{name}](#{name})" for name in subject.tables.values())
    yield from _columns(own, table.key, pointing)
    rules = [rule for rule in table.rules if rule not in TAIL_RULES]
    if rules:
        yield ""
        yield from (f"- {rule.label.zh}；{rule.label.en}." for rule in rules)


def _columns(columns: Sequence[Column], key: tuple[str, ...], pointing: Mapping[str, str]) -> Iterator[str]:
    yield "| 列 column | 中文 | English | 类型 type | 单位、取值、引用 unit, values, refers to |"
    yield "|---|---|---|---|---|"
    for column in columns:
        name = f"**`{column.name}`**" if column.name in key else f"`{column.name}`"
        shown = name if column.nullable else f"{name} \\*"
        kind = _TYPES[column.kind]
        yield f"| {shown} | {column.label.zh} | {column.label.en} | {kind.zh} {kind.en} | {_holds(column, pointing)} |"


def _holds(column: Column, pointing: Mapping[str, str]) -> str:
    unit = [f"{column.unit.zh} {column.unit.en}" if column.unit.zh != column.unit.en else column.unit.zh] if column.unit else []
    codes = [f"`{code}` {label.zh} {label.en}" for code, label in column.values.items()]
    more = ["可扩充 open"] if column.open else []
    more += ["不得重复 unique"] if column.unique else []
    more += [f"至少 {column.min_chars} 字 at least {column.min_chars} characters"] if column.min_chars else []
    bounds = [
        f"{sign} {bound:g}" for sign, bound in ((">", column.above), ("≥", column.minimum), ("≤", column.maximum)) if bound is not None
    ]
    return "; ".join([*unit, *codes, *more, *bounds, *([f"→ {pointing[column.name]}"] if column.name in pointing else [])])
