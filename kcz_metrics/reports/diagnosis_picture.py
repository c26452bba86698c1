"""The pictures and the style of the printed audit: boxes with a background, so that they print without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import polars as pl

from kcz_metrics.theme import TOKENS

_TOKEN = TOKENS["light"]


def heat(correlations: pl.DataFrame, order: Sequence[str], names: Mapping[str, str]) -> str:
    """Correlations as a table of coloured cells, the number in each."""
    cells = {(r, c): v for r, c, v in correlations.select("row", "column", "value").iter_rows()}
    head = "".join(f"<th>{escape(c)}</th>" for c in order)
    rows = []
    for r in order:
        made = []
        for c in order:
            value = cells.get((r, c))
            if value is None or r == c:
                made.append("<td></td>")
                continue
            step = min(8, max(0, round((value + 1) * 4)))
            ink = _TOKEN["background"] if step in (0, 1, 7, 8) else _TOKEN["ink"]
            said = f"{value:.1f}".replace("-", "−").replace("0.", ".", 1)
            made.append(f'<td style="background:{_TOKEN["diverging"][step]};color:{ink}">{said}</td>')
        rows.append(f'<tr><th class="name">{escape(r)} {escape(names.get(r, ""))}</th>{"".join(made)}</tr>')
    return f'<table class="heat"><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def bar(value: float | None, widest: float, mark: float | None = None) -> str:
    """A bar from 0 to ``widest``, with a line at ``mark``."""
    width = 0.0 if value is None or value != value else 100 * min(max(value, 0.0) / (widest or 1.0), 1.0)
    line = "" if mark is None else f'<i style="left:{100 * min(mark / (widest or 1.0), 1.0):.1f}%"></i>'
    return f'<div class="bar"><b style="width:{width:.1f}%"></b>{line}</div>'


def _quoted(text: str) -> str:
    """A text as CSS content: nothing in it ends the string or the style sheet."""
    return "".join(f"\\{ord(c):x} " if c in '"\\<>\n\r' else c for c in text)


def style(title: str, notice: str) -> str:
    """A4, quiet rules, heads repeated; title, notice and page number on each sheet."""
    t = _TOKEN
    return f"""
@page{{size:A4;margin:16mm 14mm 18mm;
@bottom-left{{content:"{_quoted(title)}";font:9px sans-serif;color:{t["muted"]}}}
@bottom-center{{content:"{_quoted(notice)}";font:9px sans-serif;color:{t["watch_text"]}}}
@bottom-right{{content:counter(page) " / " counter(pages);font:9px sans-serif;color:{t["muted"]}}}}}
html{{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
body{{font:12px/1.5 "Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif;color:{t["ink"]};max-width:1040px;
margin:24px auto;padding:0 20px;font-variant-numeric:tabular-nums;line-break:strict}}
@media print{{body{{margin:0;padding:0;font-size:10px;max-width:none}}h2{{break-after:avoid}}tr{{break-inside:avoid}}
thead{{display:table-header-group}}}}
h1{{font-size:22px;margin:0 0 6px}}h2{{font-size:15px;margin:22px 0 6px}}p{{margin:4px 0}}
.muted{{color:{t["muted"]}}}.invented{{color:{t["watch_text"]}}}.answer{{font-size:14px}}
table{{border-collapse:collapse;width:100%}}th,td{{text-align:left;padding:3px 7px;vertical-align:top;border-bottom:1px solid {t["grid"]}}}
thead th{{border-bottom:1.5px solid {t["ink"]};font-weight:400;color:{t["muted"]};vertical-align:bottom}}
.n{{text-align:right;white-space:nowrap}}.flag{{color:{t["watch_text"]};font-weight:600}}
.green{{color:{t["up"]}}}.red{{color:{t["down"]};font-weight:600}}.grey{{color:{t["muted"]}}}
.green,.red,.grey{{white-space:nowrap}}
.bar{{position:relative;width:120px;height:10px;margin-top:4px;background:{t["sunken"]}}}.bar b{{position:absolute;left:0;top:0;bottom:0;
background:{t["tier"][1]}}}.bar i{{position:absolute;top:-2px;bottom:-2px;width:1.5px;background:{t["ink"]}}}
.heat{{table-layout:fixed;font-size:8px;margin-bottom:10px}}.heat td,.heat th{{padding:2px 0;text-align:center;border:1px solid
{t["background"]};overflow:hidden}}
.heat thead th{{border:0;font-size:8px}}.heat .name,.heat thead th:first-child{{width:24%;text-align:left;white-space:nowrap;
text-overflow:ellipsis;font-weight:400}}
"""
