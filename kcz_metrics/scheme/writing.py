"""A changed scheme written back into its text, comments and order kept; and a file replaced whole or not at all."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML

from kcz_metrics.errors import Issue, SchemeError
from kcz_metrics.locales import T
from kcz_metrics.scheme.changing import METHOD_KEYS
from kcz_metrics.scheme.models import Index, Method, Node, Scheme
from kcz_metrics.scheme.reading import read_scheme


def rewritten(text: str, changed: Scheme, place: str = "indicators.yaml") -> str:
    """``text`` with the weights and the methods of indices and nodes that ``changed`` has. Everything else stays as it was written.

    Raises SchemeError where ``text`` is no good scheme, or where ``changed`` differs from it in what this does not write.
    """
    before, issues = read_scheme(text, place)
    if before is None:
        raise SchemeError([i for i in issues if i.level == "error"])
    # the text has no tags, anchors or duplicate keys: it was read above
    round_trip = YAML(typ="rt", pure=True)
    round_trip.preserve_quotes = True
    round_trip.width = 1_000_000  # never fold a line
    round_trip.indent(mapping=2, sequence=4, offset=2)
    data = round_trip.load(text)
    for id_, index in changed.indices.items():
        if id_ in before.indices and index != before.indices[id_]:
            _write_index(data["indices"][id_], before.indices[id_], index)
    stream = io.StringIO()
    round_trip.dump(data, stream)
    written = stream.getvalue()
    after, problems = read_scheme(written, place)
    if after is None or after.digest != changed.digest:
        hint = T("只能改权重和方法；其他改动请直接编辑文件")
        raise SchemeError(
            [p for p in problems if p.level == "error"] or [Issue("rewrite", T("这些改动不能自动写回"), place=place, hint=hint)]
        )
    return written


def save_text(path: str | FilePath, text: str) -> None:
    """Put ``text`` into a file: written beside it, forced to disk, then renamed, so that the file is whole at any moment."""
    target = FilePath(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            os.chmod(name, target.stat().st_mode & 0o777)
        os.replace(name, target)
    except BaseException:
        FilePath(name).unlink(missing_ok=True)
        raise
    _force_folder(target.parent)


def _force_folder(folder: FilePath) -> None:
    """Force the new name to disk, where folders can be opened for it (not on Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_index(written: Any, before: Index, after: Index) -> None:
    for key in METHOD_KEYS:
        if getattr(before, key) != getattr(after, key):
            written[key] = _plain_method(getattr(after, key))
    _write_children(written["tree"], before.tree, after.tree)


def _write_children(written: Any, before: Node, after: Node) -> None:
    old = {child.id: child for child in before.children}
    for child in after.children:
        if child.id not in old or child == old[child.id]:
            continue
        was = old[child.id]
        key = next(k for k in written if str(k).strip() == child.id)
        if (child.weight, child.multiplier) != (was.weight, was.multiplier):
            _write_weight(written, key, child)
        for name in ("aggregate", "weights"):
            if getattr(child, name) != getattr(was, name):
                written[key][name] = _plain_method(getattr(child, name))
        if child.children:
            _write_children(written[key]["children"], was, child)


def _write_weight(written: Any, key: Any, node: Node) -> None:
    weight = int(node.weight) if float(node.weight).is_integer() else float(node.weight)
    spec = written[key]
    if not isinstance(spec, Mapping):
        written[key] = weight
        return
    for name in ("share", "multiplier"):
        spec.pop(name, None)  # type: ignore[attr-defined]
    if "weight" in spec or node.children or len(spec):
        spec["weight"] = weight  # type: ignore[index]
    else:
        written[key] = weight


def _plain_method(method: Method | None) -> Any:
    if method is None or not method.parameters:
        return method.method if method is not None else None
    return {"method": method.method, **{k: list(v) if isinstance(v, tuple) else v for k, v in method.parameters.items()}}
