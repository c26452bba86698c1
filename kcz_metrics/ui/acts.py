"""What was done, in the reader's words: the acts of the audit trail that make snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kcz_metrics.locales import T, Text
from kcz_metrics.ui.context import Context

_ACTS: Mapping[str, Text] = MappingProxyType(
    {
        "import": T("导入"),
        "withdraw": T("撤回"),
        "undo": T("撤销"),
        "compact": T("合并文件"),
        "confirm_flag": T("确认疑点"),
        "clear_flag": T("排除疑点"),
        "reopen_flag": T("重新打开疑点"),
    }
)


def named(ctx: Context, act: str) -> str:
    """The act in words; its code where it has none."""
    return ctx.text(_ACTS.get(act), act)
