"""The short forms of a scheme written out: a tree as mappings of id to weight becomes nodes, an index learns its id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.scheme.document import Document, Path, dotted

#: Where a node of the model stands in the text.
Origins = dict[Path, Path]


def written_out(document: Document) -> tuple[dict[str, Any], Origins, list[Issue]]:
    """The data as the models take it, where each node comes from, and what cannot be written out."""
    data = dict(document.data)
    origins: Origins = {}
    issues: list[Issue] = []
    if isinstance(data.get("indices"), dict):
        data["indices"] = {
            id_: _index(document, id_, spec, origins, issues) if isinstance(spec, dict) else spec for id_, spec in data["indices"].items()
        }
    return data, origins, issues


def origin(path: Path, origins: Origins) -> Path:
    """The path in the text of a path in the models."""
    for length in range(len(path), 0, -1):
        if (found := origins.get(path[:length])) is not None:
            return (*found, *path[length:])
    return path


def _index(document: Document, id_: str, spec: dict[str, Any], origins: Origins, issues: list[Issue]) -> dict[str, Any]:
    here: Path = ("indices", id_)
    if "id" in spec:
        issues.append(
            Issue(
                "unknown_key", T("没有“{key}”这个键", key="id"), document.at((*here, "id")), dotted((*here, "id")), hint=T("键名就是代码")
            )
        )
    written = {**spec, "id": id_}
    tree = spec.get("tree")
    if isinstance(tree, dict):
        origins[(*here, "tree")] = (*here, "tree")
        children = tuple(_children(document, tree, (*here, "tree"), (*here, "tree"), origins, issues))
        if not children:
            issues.append(Issue("tree_empty", T("这里没有下级"), document.at((*here, "tree")), dotted((*here, "tree"))))
        written["tree"] = {"id": id_, "name": spec.get("name"), "children": children}
    return written


def _children(
    document: Document, tree: dict[str, Any], model: Path, text: Path, origins: Origins, issues: list[Issue]
) -> Iterator[dict[str, Any]]:
    for position, (id_, spec) in enumerate(tree.items()):
        here, there = (*model, "children", position), (*text, id_)
        origins[here] = there
        yield _node(document, id_, spec, here, there, origins, issues)


def _node(document: Document, id_: str, spec: Any, model: Path, text: Path, origins: Origins, issues: list[Issue]) -> dict[str, Any]:
    if not isinstance(spec, dict):
        return {"id": id_, "weight": spec}
    written = {**spec, "id": id_}
    if "id" in spec:
        issues.append(
            Issue(
                "unknown_key", T("没有“{key}”这个键", key="id"), document.at((*text, "id")), dotted((*text, "id")), hint=T("键名就是代码")
            )
        )
    if isinstance(spec.get("weight"), dict):
        written |= {"share": None, "multiplier": None} | spec["weight"]
        del written["weight"]
    share, multiplier = written.pop("share", None), written.get("multiplier")
    if "share" in spec and "weight" in spec:
        issues.append(Issue("weight_twice", T("weight 和 share 只能写一个"), document.at((*text, "share")), dotted(text)))
    elif multiplier is not None and share is None:
        issues.append(
            Issue(
                "multiplier_alone",
                T("multiplier 要与 share 一起写"),
                document.at((*text, "multiplier")),
                dotted(text),
                expected=T("{example}", example="{share: 20, multiplier: 1.2}"),
            )
        )
    elif share is not None:
        plain = isinstance(share, (int, float)) and isinstance(multiplier, (int, float)) and not isinstance(multiplier, bool)
        written["weight"] = share * multiplier if plain else share
    if "children" in spec:
        below = spec["children"]
        if isinstance(below, dict) and below:
            written["children"] = tuple(_children(document, below, model, (*text, "children"), origins, issues))
        else:
            issues.append(
                Issue(
                    "tree_empty",
                    T("这里没有下级"),
                    document.at((*text, "children")),
                    dotted((*text, "children")),
                    expected=T("{example}", example="children: {CE01: 14, CE02: 8}"),
                )
            )
            del written["children"]
    return written
