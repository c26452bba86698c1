"""How a number is shown in a cell. The cell holds the whole number; only its picture is rounded."""

from __future__ import annotations


def number_format(kind: str, decimals: int = 2) -> str:
    """The spreadsheet's number format: thousands separators, fixed decimals, a share as a percentage, a move with its glyph."""
    places = f".{'0' * decimals}" if decimals else ""
    if kind == "integer":
        return "#,##0"
    if kind == "share":
        return f"0{places}%"
    if kind == "move":
        return '"▲"0;"▼"0;"–"'
    return f"#,##0{places}"
