"""A YAML text as plain data that knows its lines. Only what a scheme needs of YAML is taken: mappings, lists and scalars.

Tags, anchors, aliases, merge keys, directives, several documents, duplicate keys, deep nesting and big files are refused; every one that
is met is reported, up to the point where the text stops being YAML.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T, Text
from kcz_metrics.scheme.scalars import Scalar, plain_scalar

MOST_BYTES, MOST_LEVELS, MOST_NODES, MOST_KEY = 1_000_000, 20, 50_000, 200
#: The YAML parser takes time that grows with the square of some lines' length, and long for texts of very many lines.
MOST_LINES, MOST_LINE = 20_000, 10_000
#: Problems of YAML listed before reading stops.
MOST_PROBLEMS = 100

#: Where something stands: keys and list positions from the top.
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """``data`` has dicts, tuples for lists, and scalars; keys are NFKC and trimmed. ``lines``: the line, from 1, of each key and item."""

    place: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()

    def nearest(self, path: Path) -> Path:
        """The longest path that is in the text: steps of ``path`` that are not are left out, so that paths of models fit too."""
        here: Path = ()
        for step in path:
            if (*here, step) in self.lines:
                here = (*here, step)
        return here

    def at(self, path: Path) -> str:
        """``file:line`` of a path, or of the nearest thing above it."""
        line = self.lines.get(self.nearest(path))
        return f"{self.place}:{line}" if line else self.place


def dotted(path: Path) -> str:
    """``indices.hdi.tree``; a position in a list is ``[0]``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read_document(text: str, place: str) -> Document:
    """The data of ``text`` and every problem of its YAML. ``data`` is partial where there are problems, None where it is no mapping."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return Document(place, issues=(Issue("yaml_size", T("文件过大"), place=place, expected=T("至多 {n} 字节", n=f"{MOST_BYTES:,}")),))
    if issue := _long(text, place):
        return Document(place, issues=(issue,))
    reader = _Reader(place)
    try:
        reader.read(text)
    except _EndedError:
        pass
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reader.report("yaml", T("这里不是合法的 YAML：{problem}", problem=error.problem or error.context or ""), line, hint=_hint(error))
    except YAMLError as error:
        reader.report("yaml", T("文件不是合法的 YAML：{problem}", problem=str(error).splitlines()[0][:120]), 1)
    except (ValueError, RecursionError, AttributeError, IndexError, TypeError) as error:
        # the YAML parser trips over a few malformed directives and escapes with an error of the language
        reader.report("yaml", T("文件不是合法的 YAML：{problem}", problem=type(error).__name__), 1)
    if not reader.issues and not isinstance(reader.data, dict):
        reader.report("yaml_shape", T("文件应为“键: 值”"), 1, expected=T("edition、measures、indicators、indices 等键"))
    return Document(place, reader.data if isinstance(reader.data, dict) else None, reader.lines, tuple(reader.issues))


def _long(text: str, place: str) -> Issue | None:
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        return Issue("yaml_size", T("行数过多"), place=place, expected=T("至多 {n} 行", n=f"{MOST_LINES:,}"))
    long = next((number for number, line in enumerate(lines, 1) if len(line) > MOST_LINE), None)
    if long is None:
        return None
    expected = T("每行至多 {n} 个字符", n=f"{MOST_LINE:,}")
    return Issue("yaml_size", T("这一行过长"), place=f"{place}:{long}", expected=expected, hint=T("分成几行写"))


class _EndedError(Exception):
    """Reading on would serve nothing."""


class _Reader:
    def __init__(self, place: str):
        self.place = place
        self.data: Any = None
        self.lines: dict[Path, int] = {}
        self.issues: list[Issue] = []
        self.nodes = 0

    def report(self, code: str, message: Text, line: int, path: Path = (), **more: Text | None) -> None:
        self.issues.append(Issue(code, message, place=f"{self.place}:{line}", subject=dotted(path), **more))  # type: ignore[arg-type]
        if len(self.issues) >= MOST_PROBLEMS:
            raise _EndedError

    def read(self, text: str) -> None:
        events = iter(YAML(typ="safe", pure=True).parse(text))
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    self.report("yaml_directive", T("不能有 % 开头的指令"), 1)
                if documents > 1:
                    self.report("yaml_documents", T("一个文件只能有一份文档"), _line(event), hint=T("去掉第二个 ---"))
                    raise _EndedError
            elif isinstance(event, NodeEvent):
                self.data = self.node(event, events, ())

    def node(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        self.nodes += 1
        line = _line(event)
        if self.nodes > MOST_NODES:
            self.report("yaml_size", T("内容过多"), line, expected=T("至多 {n} 个值", n=f"{MOST_NODES:,}"))
            raise _EndedError
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self.report("yaml_alias", T("不能用锚点（&）和引用（*）"), line, path, hint=T("把内容写出来；以 & 或 * 开头的文本请加引号"))
        if getattr(event, "ctag", None) is not None:
            self.report("yaml_tag", T("不能用标签（!）"), line, path, found=T("{text}", text=str(getattr(event, "tag", ""))[:60]))
        if isinstance(event, MappingStartEvent):
            return self.mapping(events, self.deeper(path, line))
        if isinstance(event, SequenceStartEvent):
            return self.sequence(events, self.deeper(path, line))
        return self.scalar(event, path) if isinstance(event, ScalarEvent) else None

    def deeper(self, path: Path, line: int) -> Path:
        if len(path) >= MOST_LEVELS:
            self.report("yaml_depth", T("嵌套过深"), line, path[:5], expected=T("至多 {n} 层", n=MOST_LEVELS))
            raise _EndedError
        return path

    def mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.key(event, events, path)
            here = (*path, "?" if key is None else key)
            value = self.node(next(events), events, here) if key is None or key in found else self.entry(next(events), events, here, event)
            if key is None:
                continue
            if key in found:
                first = self.lines[here]
                message = T("键“{key}”写了两次", key=key)
                self.report("yaml_duplicate", message, _line(event), here, hint=T("前一个在第 {line} 行，留一个", line=first))
                continue
            found[key] = value
        return found

    def entry(self, event: Event, events: Iterator[Event], here: Path, key: Event) -> Any:
        self.lines[here] = _line(key)
        return self.node(event, events, here)

    def sequence(self, events: Iterator[Event], path: Path) -> tuple[Any, ...]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            here = (*path, len(found))
            self.lines[here] = _line(event)
            found.append(self.node(event, events, here))
        return tuple(found)

    def key(self, event: Event, events: Iterator[Event], path: Path) -> str | None:
        """The key as text, or None where it cannot be one."""
        value = self.node(event, events, (*path, "?") if not isinstance(event, ScalarEvent) else path)
        if isinstance(event, ScalarEvent) and value == "<<":
            self.report("yaml_merge", T("不能用合并键 <<"), _line(event), path, hint=T("把内容写出来"))
            return None
        if not isinstance(value, str) or not (name := unicodedata.normalize("NFKC", value).strip()) or len(name) > MOST_KEY:
            shown = str(value)[:40] if isinstance(event, ScalarEvent) else "[…]"
            hint = T("给键加引号") if isinstance(event, ScalarEvent) else None
            self.report("yaml_key", T("键应为文本"), _line(event), path, found=T("{text}", text=shown), hint=hint)
            return None
        return name

    def scalar(self, event: ScalarEvent, path: Path) -> Scalar:
        if not event.implicit[0]:
            return str(event.value)
        value, problem = plain_scalar(event.value)
        if problem is not None:
            self.report("yaml_number", problem, _line(event), path, hint=T("若是文本，请加引号"))
        return value


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _hint(error: MarkedYAMLError) -> Text | None:
    problem = str(error.problem)
    if "\\t" in problem or "'\t'" in problem:
        return T("用空格而不是制表符缩进")
    if "mapping values are not allowed" in problem or "could not find expected ':'" in problem:
        return T("检查冒号后的空格、缩进，以及含冒号的文本是否加了引号")
    return None
