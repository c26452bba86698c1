"""Imports and what they did: every snapshot, its rows by table, its effect on the ranking, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.store import differences, may
from kcz_metrics.ui import acts, address, asof, head, number, states, strangers
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.store import AuditEntry, Snapshot, SnapshotInfo, Store
    from kcz_metrics.store.undoing import Undoing

DONE, WRONG = "data.done", "data.wrong"
#: Snapshots listed, newest first.
MOST = 200


def told(ctx: Context) -> None:
    """What the last act did, or why it could not be done; once."""
    if wrong := st.session_state.pop(WRONG, None):
        states.error(ctx, wrong)
    if text := st.session_state.pop(DONE, None):
        states.done(text)


def _undone(snapshots: tuple[SnapshotInfo, ...]) -> dict[str, SnapshotInfo]:
    """Id of a snapshot to the one that took it back."""
    return {one.import_key.removeprefix("undo:"): one for one in snapshots if one.import_key and one.import_key.startswith("undo:")}


@st.cache_resource(show_spinner=False, max_entries=8)
def _entries(_store: Store, home: str, newest: str, most: int) -> Mapping[str, AuditEntry]:
    """Id of each of the newest snapshots to the entry that made it. What made a snapshot never changes, so that the newest one's id is key
    enough, however long the trail grows meanwhile."""
    return _store.made(most)


def show(ctx: Context) -> None:
    told(ctx)
    head.finding(ctx.tr("每次导入做了什么？"), ctx.tr("每次导入都是一个新快照，旧快照保持原样；点按一行看影响，可以撤销的在那里撤销"))
    asked = address.get("import")
    chosen = next((one for one in ctx.snapshots if asked and one.id.startswith(asked)), None)
    newest = ctx.snapshots[0]
    most = MOST if chosen is None else max(MOST, newest.number - chosen.number + 1)
    entries = _entries(ctx.store, str(ctx.store.home), newest.id, most)
    if asked and chosen is None:
        strangers.met("import", asked, "", ctx.tr("全部"))
        address.put(**{"import": None})
    opened = _list(ctx, entries, chosen)
    if opened and (chosen is None or opened != chosen.id):
        address.put(**{"import": opened[: asof.LENGTH]})
        st.rerun()
    if chosen is not None:
        _effect(ctx, chosen, entries.get(chosen.id))


def _list(ctx: Context, entries: Mapping[str, AuditEntry], chosen: SnapshotInfo | None) -> str | None:
    undone = _undone(ctx.snapshots)
    columns = [
        Column("number", ctx.tr("快照"), "name"),
        Column("at", ctx.tr("时间")),
        Column("actor", ctx.tr("经手")),
        Column("act", ctx.tr("操作")),
        Column("source", ctx.tr("来自"), options={"wrap": True}),
        Column("rows_in", ctx.tr("入库行"), "number", options={"decimals": 0}),
        Column("rows_out", ctx.tr("移除行"), "number", options={"decimals": 0}),
        Column("reason", ctx.tr("事由"), options={"wrap": True}),
        Column("entry", ctx.tr("审计")),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    rows: list[dict[str, Any]] = []
    for info in ctx.snapshots[:MOST]:
        entry = entries.get(info.id)
        flags: list[Any] = [{"t": ctx.tr("虚构"), "kind": "watch"}] if info.invented else []
        if info.id in undone:
            flags.append(ctx.tr("已由快照 {n} 撤销", n=undone[info.id].number))
        if ctx.snapshot is not None and info.id == ctx.snapshot.id:
            flags.append(ctx.tr("本页所用"))
        rows.append(
            {
                "id": info.id,
                "number": {"t": str(info.number), "sub": info.short},
                "at": minute(info),
                "actor": info.actor,
                "act": acts.named(ctx, entry.act) if entry else number.MISSING,
                "source": info.source,
                "rows_in": info.rows_in,
                "rows_out": info.rows_out,
                "reason": ctx.text(entry.reason, number.MISSING) if entry else number.MISSING,
                "entry": {"t": ctx.tr("第 {n} 条", n=number.count(entry.number)), "title": entry.hash} if entry else number.MISSING,
                "flags": flags,
                "_chosen": chosen is not None and info.id == chosen.id,
                "_faint": info.id in undone,
            }
        )
    return table(ctx, columns, rows, "data.imports", label=ctx.tr("导入与快照"), height=440 if len(rows) > 12 else None)


def minute(info: SnapshotInfo) -> str:
    from zoneinfo import ZoneInfo

    return f"{info.created_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"


@st.cache_resource(show_spinner=False, max_entries=16)
def _rows(_store: Store, _before: Snapshot, _now: Snapshot, before: str, now: str) -> pl.DataFrame:
    return differences.between(_before, _now, _store.snapshots())


def _effect(ctx: Context, info: SnapshotInfo, entry: AuditEntry | None) -> None:
    """What the snapshot changed against the one before it, and how to take it back."""
    head.finding(
        ctx.tr("快照 {n} 的影响", n=info.number), ctx.tr("{who}，{at}，{source}", who=info.actor, at=minute(info), source=info.source)
    )
    left, right = st.columns([6.5, 6.5], gap="large")
    with left:
        if info.parent is None:
            states.too_little(ctx.tr("这是第一个快照，{n} 行全部是它带来的。", n=number.count(info.rows_in)))
        else:
            _by_table(ctx, info)
    with right:
        _take_back(ctx, info, entry)


def _by_table(ctx: Context, info: SnapshotInfo) -> None:
    assert info.parent is not None
    before, now = ctx.store.snapshot(info.parent), ctx.store.snapshot(info.id)
    counts = differences.counts(_rows(ctx.store, before, now, before.id, now.id))
    if not counts:
        states.too_little(ctx.tr("记录与前一个快照相同。"))
        return
    columns = [
        Column("name", ctx.tr("表"), "name"),
        *(
            Column(state, label, "number", options={"decimals": 0})
            for state, label in (("new", ctx.tr("新增")), ("changed", ctx.tr("更改")), ("gone", ctx.tr("移除")))
        ),
    ]
    rows = [{"id": name, "name": now.tables[name].label.in_(ctx.lang), **of} for name, of in counts.items()]
    opened = table(ctx, columns, rows, "data.effect", label=ctx.tr("影响"))
    newest = info.id == ctx.snapshots[0].id
    codes = {"against": info.parent[: asof.LENGTH], "snapshot": None if newest else info.id[: asof.LENGTH]}
    if st.button(ctx.tr("看名次与记录的变化"), key=f"data.changes.{info.short}") or opened:
        address.put(snapshot=codes["snapshot"])
        link("changes", against=codes["against"], table=opened, snapshot=codes["snapshot"])


def _take_back(ctx: Context, info: SnapshotInfo, entry: AuditEntry | None) -> None:
    """Undo, with what it would do and a reason; or why not."""
    undone = _undone(ctx.snapshots).get(info.id)
    if undone is not None:
        states.too_little(ctx.tr("已于 {at} 由{who}撤销（快照 {n}）。", at=minute(undone), who=undone.actor, n=undone.number))
        return
    try:
        found = ctx.store.undo_effect(info.id)
    except KczError as wrong:
        states.error(ctx, wrong)
        return
    if found.obstacles:
        head.paragraph(ctx.tr("不能撤销："), muted=True)
        head.sentences(issue.render(ctx.lang) for issue in found.obstacles[:10])
        return
    head.paragraph(_said(ctx, found))
    own = entry is not None and entry.act == "import" and info.actor == ctx.actor.name
    allowed = may(ctx.actor, "import") if own else may(ctx.actor, "withdraw")
    key = f"data.reason.{info.short}"
    st.text_input(ctx.tr("撤销的理由"), key=key, max_chars=500)
    st.button(ctx.tr("撤销这次操作"), key=f"data.undo.{info.short}", disabled=not allowed, on_click=undo, args=(ctx, info.id, key))
    if not allowed:
        head.paragraph(ctx.tr("撤销自己的导入需要工作人员或数据管理员，撤销别人的需要数据管理员。"), muted=True)


def _said(ctx: Context, found: Undoing) -> str:
    back = sum(frame.height for frame in found.restored.values())
    gone = sum(frame.height for frame in found.removed.values())
    return ctx.tr(
        "撤销将产生一个新快照：**{back}** 行恢复原值，**{gone}** 行移除；原快照仍可查看。", back=number.count(back), gone=number.count(gone)
    )


def undo(ctx: Context, id: str, key: str) -> None:
    """Take a snapshot back, before the page is drawn again; what came of it is told there. The store asks for the right to do so."""
    try:
        made = ctx.store.undo(id, actor=ctx.actor, reason=str(st.session_state.get(key, "")))
    except KczError as wrong:
        st.session_state[WRONG] = wrong
        return
    address.put(snapshot=None)
    st.session_state[DONE] = ctx.tr("已撤销，新快照 {n}（{id}）。", n=made.number, id=made.short)
