"""Codes, yes and no, and texts that are harmless here but not everywhere."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import Case, content, lines, relabelled, row
from kcz_metrics.records.forms import EXAMPLES

HOSTILE = {
    "formula": "=1+1", "command": "=cmd|' /C calc'!A0", "plus": "+1+1", "minus": "-1+1", "at": "@SUM(A1)", "link": '=HYPERLINK("http://x","y")',
    "script": "<script>alert(1)</script>", "image": '<img src=x onerror="alert(1)">', "sql": "'; DROP TABLE contract; --", "tex": "$\\href{x}{y}$",
    "markdown": "[x](javascript:alert(1))", "colour": ":red[x] :material/home:", "path": "../../../etc/passwd", "format": "{0.__class__} %s %n",
    "right to left": "\u202eexe.txt", "zalgo": "Z̷͑a̶͝l̵̛g̸o", "emoji": "👩‍👩‍👧‍👦🏳️‍🌈", "entity": "&lt;b&gt;&#0;", "template": "{{7*7}} ${7*7} <%= 7*7 %>",
    "very long": "长" * 20_000,
}  # fmt: skip


def cases() -> Iterator[Case]:
    for name, text in HOSTILE.items():
        yield Case(f"text: {name}", content(row(1, evidence_uri=text)), "taken", 1, honest=True)
    for name, text in HOSTILE.items():
        if name in ("formula", "script", "sql", "path", "right to left", "emoji"):
            yield Case(f"id: {name}", content(row(1), row(2, contract_id=text)), "rejected", 1, (3,))
    for text in ("service", "技术服务", "Service", "ｓｅｒｖｉｃｅ", " service "):
        yield Case(f"code {text!r}", content(row(1, contract_type=text)), "taken", 1, honest=True)
    for text in ("SERVICE", "技术服务、技术咨询", "service|transfer", "其他", "1", "null"):
        yield Case(f"no code {text!r}", content(row(1), row(2, contract_type=text)), "rejected", 1, (3,))
    kinds = ("org_id", "size", "flags", "founded_at")
    for sign in "|、，,；;":
        named = content(["OR2", "small", f"高新技术企业{sign}链主", "2015-01-01"], head=kinds)
        yield Case(f"several codes parted by {sign}", named, "taken", 1, honest=True, table="enterprise")
    for text in ("2022-05-06", "2022/5/6"):
        yield Case(f"an id made a day: {text}", content(row(1), row(2, contract_id=text)), "rejected", 1, (3,))
    for text in ("true", "TRUE", "是", "1", "yes", "Yes", "Y", "否", "0", "False", "no", "n"):
        yield Case(f"yes or no: {text}", content(row(1, is_related=text)), "taken", 1, honest=True)
    for text in ("maybe", "2", "t", "√", "有", "on", "-1", ""):
        yield Case(f"neither yes nor no: {text!r}", content(row(1), row(2, is_related=text)), "rejected", 1, (3,))
    for text in ("2.02045E+16", "2E+20", " 1.5e+08"):
        yield Case(f"a number of a paper that was shortened: {text}", content(row(1), row(2, registration_no=text)), "rejected", 1, (3,))
    for text in ("2E16", "A2.5E+16", "2.02045E+16号"):
        yield Case(f"no shortened number of a paper: {text}", content(row(1, registration_no=text)), "taken", 1, honest=True)
    for text in ("2022", "2022Q3", "2022-07", "２０２２"):
        yield Case(f"period {text}", content(row(1, period_id=text)), "taken", 1, honest=True)
    for text in ("2022Q5", "2022-13", "2022年", "22", "2022 Q3", "2022H1", "202207"):
        yield Case(f"no period {text}", content(row(1), row(2, period_id=text)), "rejected", 1, (3,))
    for text in ("CT 1", "CT/1", "ＣＴ００２"):
        yield Case(f"id {text}", content(row(1), row(2, contract_id=text)), "taken", 2, honest=True)
    for text in ("CT\n2", "合同2", "_CT2", "C" * 65, "CT#2", "CT2;"):
        yield Case(f"no id {text[:10]!r}", content(row(1), row(2, contract_id=text)), "rejected", 1, (3,))
    # -- forms and what was handed back -----------------------------------------------------------------------------------------------------
    for text in EXAMPLES:
        yield Case(f"the example of a form: {text}", content([text, *row(1)[1:]], row(2)), "taken", 1, honest=True)
    yield Case("the example of a form alone", content([EXAMPLES[0], *row(1)[1:]]), "refused", codes=("no_rows",))
    back = lines(["3", "amount_cny", "应为整数", *row(1)], head=["row", "column", "rule", *relabelled({})])
    yield Case("rejected rows, mended", back.encode("utf-8-sig"), "taken", 1, honest=True)
    still = lines(["3", "amount_cny", "应为整数", *row(1, amount_cny="x")], head=["row", "column", "rule", *relabelled({})])
    yield Case("rejected rows, not mended", still.encode("utf-8-sig"), "rejected", 0, (2,))
