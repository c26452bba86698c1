"""A page started through the app without a browser, and what it drew."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Seconds for a page on a busy machine, all of the store's numbers worked out with it.
PATIENCE = 600


def started(page: str, home: Path, monkeypatch: pytest.MonkeyPatch, **codes: str) -> AppTest:
    """The page over the store at ``home`` with the codes of its address, not yet run."""
    monkeypatch.setenv("KCZ_HOME", str(home))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for code, wanted in codes.items():
        at.query_params[code] = wanted
    if page != "overview":
        at.switch_page(f"pages/{page}.py")
    return at


def opened(page: str, home: Path, monkeypatch: pytest.MonkeyPatch, **codes: str) -> AppTest:
    return started(page, home, monkeypatch, **codes).run()


def said(at: AppTest) -> str:
    """Everything that ``st.html`` wrote, without the stylesheets."""
    return "\n".join(e.proto.body for e in at.get("html") if "<style" not in e.proto.body)


def inside(node: Any) -> Iterator[Any]:
    for child in getattr(node, "children", {}).values():
        yield child
        yield from inside(child)


def components(at: AppTest, component: str) -> list[Any]:
    """What each component of this name on the page was given."""
    return [json.loads(n.proto.json) for n in inside(at.main) if n.type == "bidi_component" and n.proto.component_name == component]


def tables(at: AppTest) -> list[dict[str, Any]]:
    return components(at, "kcz_table")


def labelled(at: AppTest) -> dict[str, dict[str, Any]]:
    """The tables by their label."""
    return {one["label"]: one for one in tables(at)}


def by_id(at: AppTest, column: str) -> dict[str, dict[str, Any]]:
    """The rows, by their id, of the first table that has this column."""
    shown = next(t for t in tables(at) if column in {c["key"] for c in t["columns"]})
    return {row["id"]: row for row in shown["rows"]}


def figures(at: AppTest) -> list[str]:
    """The headline numbers, which open and so are drawn by a component."""
    (found,) = components(at, "kcz_numbers")
    return [item["figure"] for item in found["items"]]


def texts(cell: Any) -> list[str]:
    """Every text of a cell, whatever it is made of."""
    if isinstance(cell, str):
        return [cell]
    parts = cell.values() if isinstance(cell, dict) else cell if isinstance(cell, list) else ()
    return [text for part in parts for text in texts(part)]


def chinese(at: AppTest, own: Collection[str] = ()) -> list[str]:
    """What the page says and its tables hold that has Chinese in it; ``own``: texts that are so in the records."""
    cells = [text for table in tables(at) for row in table["rows"] for text in texts(row)]
    heads = [column["label"] + column["title"] + column["unit"] for table in tables(at) for column in table["columns"]]
    return [text for text in (re.sub("<[^>]+>", "", said(at)), *cells, *heads) if CHINESE.search(text) and text not in own]


def address(at: AppTest) -> dict[str, str]:
    """The query string; a code set by the test is a list, one written by the page a text."""
    return {code: value if isinstance(value, str) else value[0] for code, value in dict(at.query_params).items()}
