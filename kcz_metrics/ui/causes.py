"""What a change lies between: two periods, two snapshots, two schemes, or several of these at once; and its split, kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.scheme.reading import read_scheme
from kcz_metrics.ui import address, asof, choosing, drafts, loading, number, states, trial, uploading
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.analysis.change import Change, Game
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring.scorecard import Scorecard

#: Which other scheme: the session's draft of the weights page, or an uploaded file, from it or to it.
DRAFT, FROM_FILE, TO_FILE = "draft", "from_file", "to_file"
_FILE = "changes.file"


@dataclass(frozen=True)
class End:
    """One end of the change. ``ctx`` has its scheme, snapshot and period. ``values`` is the scheme whose values it is scored from: a draft
    changes weights and methods alone, so that those of the scheme in force serve."""

    ctx: Context
    values: Context

    def card(self, snapshot_of: End | None = None, period: str | None = None) -> Scorecard:
        """The scorecard by this end's scheme, of another end's snapshot or another period where asked."""
        if snapshot_of is not None:
            snapshot, periods = snapshot_of.ctx.snapshot, snapshot_of.ctx.periods
            own, values = (replace(one, snapshot=snapshot, periods=periods) for one in (self.ctx, self.values))
            return End(own, values).card(period=period)
        ctx, at = self.ctx, period or self.ctx.period
        if ctx.digest == self.values.digest:
            return loading.scorecard(ctx, period=at)
        assert ctx.scheme is not None
        assert ctx.snapshot is not None
        return _scored(loading.values(self.values), ctx.scheme, ctx.snapshot.id, ctx.digest, ctx.index_id, at)

    @property
    def valued(self) -> bool:
        return self.ctx.period in self.values.periods and loading.valued(self.values)


@st.cache_resource(show_spinner=False, max_entries=16)
def _scored(_values: Any, _scheme: Scheme, snapshot_id: str, digest: str, index_id: str, period: str) -> Scorecard:
    from kcz_metrics.scoring import score

    return score(_values, _scheme.indices[index_id], period, _scheme)


@dataclass(frozen=True)
class Ends:
    """``now`` is the page's end, or the scheme that would come; ``was`` the one before it."""

    was: End
    now: End

    @property
    def ctx(self) -> Context:
        """What the page stands on: its own snapshot and period."""
        return self.now.ctx

    @property
    def other_scheme(self) -> bool:
        return self.was.ctx.digest != self.now.ctx.digest

    @property
    def other_snapshot(self) -> bool:
        assert self.was.ctx.snapshot is not None
        assert self.now.ctx.snapshot is not None
        return self.was.ctx.snapshot.id != self.now.ctx.snapshot.id

    @property
    def other_period(self) -> bool:
        return self.was.ctx.period != self.now.ctx.period

    @property
    def same(self) -> bool:
        return not (self.other_scheme or self.other_snapshot or self.other_period)

    @property
    def valued(self) -> bool:
        return self.was.valued and self.now.valued

    @cached_property
    def cards(self) -> tuple[Scorecard, Scorecard]:
        return self.was.card(), self.now.card()

    @cached_property
    def key(self) -> tuple[str, ...]:
        found: list[str] = [self.ctx.index_id]
        for end in (self.was, self.now):
            assert end.ctx.snapshot is not None
            found += [end.ctx.snapshot.id, end.ctx.digest, end.ctx.period]
        return tuple(found)

    def called(self) -> tuple[str, str]:
        """The two ends in words: what differs between them."""
        said: tuple[list[str], list[str]] = ([], [])
        ctx = self.ctx
        for words, end in zip(said, (self.was, self.now), strict=True):
            assert end.ctx.snapshot is not None
            if self.other_period:
                words.append(number.period(end.ctx.period, ctx.lang))
            if self.other_snapshot:
                own = next(one for one in ctx.snapshots if one.id == end.ctx.snapshot.id)
                words.append(ctx.tr("快照 {number}", number=own.number))
            if self.other_scheme:
                words.append(_scheme_called(ctx, end))
        return " · ".join(said[0]), " · ".join(said[1])


def _scheme_called(ctx: Context, end: End) -> str:
    if end.ctx.digest == loading.digest():
        return ctx.tr("现行方案")
    if end.ctx.digest != end.values.digest:
        return ctx.tr("试算方案")
    return ctx.tr("上传的方案（{edition}）", edition=end.ctx.scheme.edition if end.ctx.scheme else "")


def choose(ctx: Context, row: DeltaGenerator) -> Ends | None:
    """What to compare with, in a row of the page: period, snapshot, scheme. None where an uploaded scheme is asked for and there is
    none to use."""
    assert ctx.snapshot is not None
    schemes = {FROM_FILE: ctx.tr("从上传的方案到现行方案"), TO_FILE: ctx.tr("从现行方案到上传的方案")}
    draft = _draft(ctx)
    if draft is not None:
        schemes = {DRAFT: ctx.tr("从现行方案到权重页的试算"), **schemes}
    others = {one.id[: asof.LENGTH]: one for one in ctx.snapshots if one.id != ctx.snapshot.id}
    alone = address.get("scheme") in schemes or address.get("against") in others
    fallback = ctx.period if alone or ctx.previous is None else ctx.previous
    with row:
        period = choosing.select(
            "before", ctx.tr("与哪一期相比"), ctx.periods[::-1], lambda code: number.period(code, ctx.lang), key="changes.before",
            fallback=fallback, clears=("indicator",), width=150,
        )  # fmt: skip
        against = None
        if others:
            against = choosing.select(
                "against", ctx.tr("按哪个快照"), list(others), lambda code: asof.called(ctx, others[code]), key="changes.cause_against",
                placeholder=ctx.tr("同一个快照"), clears=("indicator",), width=300,
            )  # fmt: skip
        scheme = choosing.select(
            "scheme", ctx.tr("按哪个方案"), list(schemes), schemes.__getitem__, key="changes.scheme", placeholder=ctx.tr("同一个方案"),
            clears=("indicator",), width=260,
        )  # fmt: skip
    was = replace(ctx, period=period or ctx.period)
    if against:
        snapshot = ctx.store.snapshot(others[against].id)
        was = replace(was, snapshot=snapshot, periods=loading.periods(snapshot, snapshot.id))
    if scheme == DRAFT and draft is not None:
        return Ends(End(was, was), End(draft, ctx))
    if scheme in (FROM_FILE, TO_FILE):
        other = _uploaded(ctx)
        if other is None:
            return None
        if scheme == FROM_FILE:
            was = replace(was, scheme=other, digest=other.digest)
            return Ends(End(was, was), End(ctx, ctx))
        now = replace(ctx, scheme=other, digest=other.digest)
        return Ends(End(was, was), End(now, now))
    return Ends(End(was, was), End(ctx, ctx))


def _draft(ctx: Context) -> Context | None:
    """The context with the reader's draft of the weights page; None where there is none that changes anything."""
    assert ctx.scheme is not None
    base = trial.official(ctx.index)
    draft = drafts.current(ctx, base)
    if draft == base:
        return None
    scheme = ctx.scheme.model_copy(update={"indices": {**ctx.scheme.indices, ctx.index_id: trial.drafted(ctx.index, draft)}})
    return replace(ctx, scheme=scheme, digest=scheme.digest)


def _uploaded(ctx: Context) -> Scheme | None:
    """The scheme of a file, kept for the session; every problem of it is listed."""
    uploading.words(ctx, drafts.MOST_BYTES)
    uploaded = st.file_uploader(ctx.tr("方案文件（YAML）"), type=["yaml", "yml"], key="changes.upload", label_visibility="collapsed")
    if uploaded is not None:
        scheme, issues = read(ctx, uploaded.getvalue(), uploaded.name)
        st.session_state[_FILE] = scheme
        if scheme is None:
            states.notice(ctx.tr("没有载入；文件里的问题："))
            from kcz_metrics.ui.head import sentences

            sentences(issue.render(ctx.lang) for issue in issues[:30])
            return None
    kept: Scheme | None = st.session_state.get(_FILE)
    if kept is None or not _fits(ctx, kept):
        states.empty(ctx.tr("还没有要比较的方案。"), ctx.tr("把另一版方案文件（YAML）放到上面；它只在本次会话里，不改动现行方案。"))
        return None
    return kept


def _fits(ctx: Context, scheme: Scheme) -> bool:
    other = scheme.indices.get(ctx.index_id)
    return other is not None and other.unit == ctx.index.unit


def read(ctx: Context, raw: bytes, name: str) -> tuple[Scheme | None, list[Issue]]:
    """The scheme in a file, or None and why it cannot be compared with."""
    if len(raw) > drafts.MOST_BYTES:
        return None, [Issue("yaml_size", T("文件过大"), place=name)]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [Issue("encoding", T("文件不是 UTF-8 编码"), place=name, hint=T("用编辑器另存为 UTF-8"))]
    scheme, issues = read_scheme(text, name)
    if scheme is None:
        return None, [i for i in issues if i.level == "error"] or issues
    if not _fits(ctx, scheme):
        return None, [Issue("other_index", T("文件里没有指数 {index}，或它评价的是另一类对象", index=ctx.index_id), place=name)]
    return scheme, []


@st.cache_resource(show_spinner=False, max_entries=16)
def _kept(key: tuple[str, ...]) -> dict[str, Any]:
    """A place for the split between two ends: it is made step by step, with the steps told, which a cached function cannot do."""
    return {}


def game(ends: Ends) -> Game:
    """The coalitions of causes between the ends, scored as far as they have been asked for."""
    from kcz_metrics.analysis.change import Game, Sides

    kept = _kept(ends.key)
    if "game" not in kept:
        was, now = ends.was, ends.now

        def sides(by: End) -> Sides:
            new = by.card(now, now.ctx.period)
            revised = new if not ends.other_period else by.card(now, was.ctx.period)
            return Sides(by.card(was, was.ctx.period) if ends.other_snapshot else revised, revised, new)

        kept["game"] = Game(sides(was), sides(now) if ends.other_scheme else None)
    made: Game = kept["game"]
    return made


def split(ends: Ends, told: Callable[[int, int], None] | None = None) -> Change:
    """The change of every unit, split among its causes; made once."""
    from kcz_metrics.analysis.change import change

    kept = _kept(ends.key)
    if "change" not in kept:
        kept["change"] = change(game(ends), told=told)
    found: Change = kept["change"]
    return found
