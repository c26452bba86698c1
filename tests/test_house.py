"""The order of the house: imports go one way, every text has both languages, and a few calls stay where they belong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "kcz_metrics"

#: A module imports only from rooms that stand earlier; errors, locales and theme (data only) may be used by all.
ROOMS = (
    "locales", "errors", "theme", "tables", "store", "records", "facts", "language", "methods", "scheme", "compiling", "engines", "scoring",
    "analysis", "decisions", "quality", "matching", "publishing", "operations", "bench", "charts", "reports", "cli", "ui",
)  # fmt: skip
FORBIDDEN_WORDS = re.compile(r"(?:^|_)(metrics?|kpis?|factors?|final|data2|results?|utils?)(?:_|$)", re.IGNORECASE)
#: Names that belong to others (libraries, protocols, the package's own name).
ALLOWED_NAMES = {"kcz_metrics", "Final", "final", "metric"}  # `metric` is a column of the shipped record tables
SOURCES = sorted([*PACKAGE.rglob("*.py"), ROOT / "app.py", *(ROOT / "pages").glob("*.py")])


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room(path: Path) -> str:
    inside = path.relative_to(PACKAGE).parts
    return inside[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""
            if node.module == "kcz_metrics":
                yield from ((node.lineno, f"kcz_metrics.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = path.relative_to(ROOT).with_suffix("").parts[: -node.level]
            base = ".".join([*parts, node.module] if node.module else parts)
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    here = room(path)
    if here in {"__init__", "__main__"}:
        return
    assert here in ROOMS, f"{here} is not in the list of rooms"
    wrong = []
    for line, name in imported(path):
        parts = name.split(".")
        if parts[0] == "streamlit" and here != "ui":
            wrong.append(f"line {line}: streamlit outside ui/")
        if parts[0] == "kcz_metrics" and len(parts) > 1 and parts[1] in ROOMS and ROOMS.index(parts[1]) > ROOMS.index(here):
            wrong.append(f"line {line}: {here} imports {name}, which stands after it")
    assert not wrong


def strings(calls: set[str]) -> Iterator[tuple[Path, int, str]]:
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
            first = node.args[0]
            if name in calls and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield path, node.lineno, first.value


def test_every_text_has_both_languages() -> None:
    from kcz_metrics.locales import english

    known = english()
    missing = [
        f"{p.relative_to(ROOT)}:{line}: {s}" for p, line, s in strings({"T", "tr"}) if re.search(r"[\u4e00-\u9fff]", s) and s not in known
    ]
    assert not missing, "\n".join(missing)


def catalogue_entries() -> Iterator[tuple[str, str, str]]:
    """Catalogue, source and English of every entry, as written; an entry that stands twice comes twice."""
    entry = re.compile(r'^msgid "(.+)"\nmsgstr "(.*)"$', re.MULTILINE)
    for path in sorted((PACKAGE / "locales" / "en").glob("*.po")):
        for source, english in entry.findall(path.read_text(encoding="utf-8")):
            yield path.name, ast.literal_eval(f'"{source}"'), ast.literal_eval(f'"{english}"')


def test_catalogues_are_read_whole() -> None:
    from kcz_metrics.locales import english

    assert {source for _, source, _ in catalogue_entries()} == set(english())


def test_a_source_has_one_english_text_and_stands_once_in_a_catalogue() -> None:
    texts: dict[str, dict[str, str]] = {}
    doubled = []
    for name, source, english in catalogue_entries():
        if name in texts.setdefault(source, {}):
            doubled.append(f"{name}: {source}")
        texts[source][name] = english
    differing = {source: by_catalogue for source, by_catalogue in texts.items() if len(set(by_catalogue.values())) > 1}
    assert not differing
    assert not doubled


def test_no_translation_is_left_over() -> None:
    said = {
        node.value for path in SOURCES for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    left_over = [f"{name}: {source}" for name, source, _ in catalogue_entries() if source not in said]
    assert not left_over, "\n".join(left_over)


def test_placeholders_are_the_same_in_both_languages() -> None:
    from kcz_metrics.locales import english

    field = re.compile(r"\{(\w+)")
    wrong = [zh for zh, en in english().items() if set(field.findall(zh)) != set(field.findall(en))]
    assert not wrong


def test_english_is_english() -> None:
    from kcz_metrics.locales import english

    wrong = [f"{zh} -> {en}" for zh, en in english().items() if re.search(r"[\u4e00-\u9fff，。；：（）]", en) and "科创中国" not in en]
    assert not wrong


def identifiers(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_identifiers_use_the_words_of_the_field(path: Path) -> None:
    wrong = [f"line {n}: {name}" for n, name in identifiers(path) if name not in ALLOWED_NAMES and FORBIDDEN_WORDS.search(name)]
    assert not wrong


@pytest.mark.parametrize(
    "pattern, rooms, why",
    [
        (r"unsafe_allow_html", (), "markup from data runs"),
        (r"\bworksheet\.write\(|\bsheet\.write\(", (), "turns text into formulas"),
        (r"yaml\.load\(|\beval\(|\bexec\(|pickle", (), "runs what it reads"),
        (r"innerHTML", (), "markup from data runs"),
    ],
    ids=["unsafe_html", "worksheet_write", "evaluated_text", "inner_html"],
)
def test_dangerous_calls_stay_out(pattern: str, rooms: tuple[str, ...], why: str) -> None:
    places = [*SOURCES, *PACKAGE.rglob("*.js")]
    wrong = [
        f"{p.relative_to(ROOT)}:{n}: {why}"
        for p in places
        for n, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line) and not (PACKAGE in p.parents and room(p) in rooms)
    ]
    assert not wrong


def test_no_file_is_everything() -> None:
    long = {str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long


def test_a_package_import_is_light() -> None:
    import subprocess
    import sys

    code = (
        "import sys, kcz_metrics; print([m for m in ('streamlit', 'pandas', 'scipy', 'plotly', 'alembic', 'duckdb') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert out.strip() == "[]"
