"""Names in both languages, which the shipped scheme owes its readers."""

from __future__ import annotations

from collections.abc import Iterator

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.scheme.base import Name
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.document import Path


def both_languages(context: Context) -> Iterator[Issue]:
    """Where asked for: indices, pillars and indicators have a name, and its English holds no Chinese."""
    if not context.strict:
        return
    named: list[tuple[Path, Name | None]] = [(("indicators", id_), i.name) for id_, i in context.scheme.indicators.items()]
    for id_, index in context.scheme.indices.items():
        named.append((("indices", id_), index.name))
        named += [(path, node.name) for node, path, _ in context.nodes(id_, index) if not node.is_leaf]
    for path, name in named:
        if name is None:
            yield context.issue("name", T("缺少名称"), *path, expected=T("{example}", example="name: {zh: …, en: …}"))
        elif not name.zh.strip() or not name.en.strip() or any("\u4e00" <= c <= "\u9fff" for c in name.en):
            yield context.issue("name", T("名称要有中文和英文"), *path, "name", expected=T("{example}", example="name: {zh: …, en: …}"))
