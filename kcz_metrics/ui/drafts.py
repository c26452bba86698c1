"""The draft of this session, index by index: its steps, its widgets, and its file. The last state is kept for its owner and read once, when
the next session begins: another window that is open meanwhile keeps what it shows, and whoever changes something last is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import streamlit as st

from kcz_metrics.errors import Issue, KczError
from kcz_metrics.locales import T
from kcz_metrics.scheme.reading import read_scheme
from kcz_metrics.ui import choosing, keeping, loading, trial

if TYPE_CHECKING:
    from kcz_metrics.ui.context import Context

_STEPS = "weights.steps"
_UPLOAD = "weights.upload"
#: By index: the digest that the steps were made under, the state that is kept, what was tried before, and why it cannot be read.
_UNDER, _KEPT, _EARLIER, _WRONG = "weights.under", "weights.kept", "weights.earlier", "weights.wrong"
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Earlier:
    """What the reader tried before, as this session found it. ``draft``: fitting the index as it is now, None where it does not;
    ``applied``: whether it was taken up by itself, as the scheme is still the one it was made under."""

    at: datetime
    draft: trial.Draft | None
    applied: bool


def _steps(index_id: str) -> list[trial.Draft]:
    every: dict[str, list[trial.Draft]] = st.session_state.setdefault(_STEPS, {})
    return every.setdefault(index_id, [])


def _of_session(name: str) -> dict[str, Any]:
    found: dict[str, Any] = st.session_state.setdefault(name, {})
    return found


def current(ctx: Context, base: trial.Draft) -> trial.Draft:
    """The newest step; the scheme in force before the first, or what was kept of an earlier session. A draft made under another scheme is
    put aside and told (:func:`earlier`): the scheme has changed meanwhile."""
    steps, under = _steps(ctx.index_id), _of_session(_UNDER)
    if ctx.index_id not in under:
        if not steps:
            _recall(ctx, base, steps)
    elif under[ctx.index_id] != ctx.digest:
        steps.clear()
        left: trial.Draft | None = _of_session(_KEPT).pop(ctx.index_id, None)
        found: Earlier | None = _of_session(_EARLIER).get(ctx.index_id)
        if left is not None:
            found = Earlier(datetime.now(UTC), left, applied=False)
        if found is not None:  # told under the scheme before, or left by it: either way it must fit the index as it is now
            fitting = found.draft if found.draft is not None and _fits(found.draft, base) else None
            _of_session(_EARLIER)[ctx.index_id] = replace(found, draft=fitting, applied=False)
    under[ctx.index_id] = ctx.digest
    if not steps:
        steps.append(base)
    return steps[-1]


def _recall(ctx: Context, base: trial.Draft, steps: list[trial.Draft]) -> None:
    """What the reader tried in an earlier session, as the step after the scheme in force where it still belongs to that scheme."""
    try:
        kept = keeping.read(ctx)
    except KczError as wrong:
        _of_session(_WRONG)[ctx.index_id] = wrong
        return
    if kept is None:
        return
    draft = trial.Draft(MappingProxyType(dict(kept.weights)), kept.weighting, kept.aggregate)
    if draft == base:
        return
    fits = _fits(draft, base)
    same = fits and kept.scheme == ctx.digest
    if same:
        steps += [base, draft]
        _of_session(_KEPT)[ctx.index_id] = draft
    _of_session(_EARLIER)[ctx.index_id] = Earlier(kept.at, draft if fits else None, applied=same)


def _fits(draft: trial.Draft, base: trial.Draft) -> bool:
    methods = draft.weighting in (None, *trial.WEIGHTINGS) and draft.aggregate in (None, *trial.AGGREGATES)
    return methods and set(draft.weights) == set(base.weights)


def earlier(ctx: Context, shown: trial.Draft) -> Earlier | None:
    """What was tried before, for as long as it is to be told: until the reader changes something."""
    found: Earlier | None = _of_session(_EARLIER).get(ctx.index_id)
    if found is None or (found.applied and shown != found.draft) or (not found.applied and can_undo(ctx.index_id)):
        _of_session(_EARLIER).pop(ctx.index_id, None)
        return None
    return found


def put_aside(ctx: Context) -> None:
    """Drop what was tried under another scheme."""
    _of_session(_EARLIER).pop(ctx.index_id, None)
    keeping.keep(ctx, None)


def keep(ctx: Context, draft: trial.Draft, base: trial.Draft) -> Exception | None:
    """Have the draft kept for the reader's next session where it has changed since the last time. What went wrong with an earlier one."""
    now = draft if draft != base else None
    if _of_session(_KEPT).get(ctx.index_id) != now:
        keeping.keep(ctx, now)
        _of_session(_KEPT)[ctx.index_id] = now
    else:
        keeping.again(ctx)
    return _of_session(_WRONG).pop(ctx.index_id, None) or keeping.wrong(ctx)


def push(index_id: str, draft: trial.Draft) -> None:
    steps = _steps(index_id)
    if not steps or steps[-1] != draft:
        steps.append(draft)
    del steps[: -trial.REMEMBERED]


def can_undo(index_id: str) -> bool:
    return len(_steps(index_id)) > 1


def undo(index_id: str) -> None:
    if can_undo(index_id):
        _steps(index_id).pop()


def fall_back(index_id: str, base: trial.Draft) -> trial.Draft:
    """Leave the step that cannot be scored. Where it is the one that is kept, it stays kept until the reader changes something: under
    another period or snapshot it may be scored again."""
    steps, kept = _steps(index_id), _of_session(_KEPT)
    left = steps[-1]
    undo(index_id)
    if not can_undo(index_id):
        steps[:] = [base]
    if kept.get(index_id) == left:
        kept[index_id] = steps[-1] if steps[-1] != base else None
    return steps[-1]


def reset(index_id: str, base: trial.Draft) -> None:
    push(index_id, base)


def adopt_loaded(index_id: str, draft: trial.Draft) -> None:
    push(index_id, draft)
    turns: dict[str, int] = st.session_state.setdefault(_UPLOAD, {})
    turns[index_id] = turns.get(index_id, 0) + 1


def upload_key(index_id: str) -> str:
    """A new key after each file taken over, so that the uploader is empty again."""
    return f"weights.file.{index_id}.{st.session_state.get(_UPLOAD, {}).get(index_id, 0)}"


def widget(index_id: str, part: str) -> str:
    return f"weights.{index_id}.{part}"


def adopt(key: str, value: object) -> None:
    """Let the widget show what the draft says, after a step back too."""
    choosing.hold(key, value)


def weigh(index_id: str, node: str, key: str) -> None:
    push(index_id, _steps(index_id)[-1].weigh(node, float(st.session_state[key] or 0.0)))


def choose(index_id: str, family: str, key: str, options: tuple[str, ...]) -> None:
    """A label in the language before is no choice: see :mod:`kcz_metrics.ui.choosing`."""
    if st.session_state[key] not in options:
        return
    chosen: str | None = st.session_state[key] or None
    draft = _steps(index_id)[-1]
    push(index_id, replace(draft, weighting=chosen) if family == "weighting" else replace(draft, aggregate=chosen))


def take(ctx: Context, raw: bytes, name: str) -> tuple[trial.Draft | None, list[Issue], int]:
    """The draft in a file, or None and every problem; and how many other differences are left aside."""
    assert ctx.scheme is not None
    if len(raw) > MOST_BYTES:
        return None, [Issue("yaml_size", T("文件过大"), place=name)], 0
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [Issue("encoding", T("文件不是 UTF-8 编码"), place=name, hint=T("用编辑器另存为 UTF-8"))], 0
    scheme, issues = read_scheme(text, name)
    if scheme is None:
        return None, [i for i in issues if i.level == "error"] or issues, 0
    draft, aside = trial.taken_over(ctx.scheme, ctx.index_id, scheme)
    if draft is None:
        return None, [Issue("other_tree", T("文件里没有指数 {index}，或它的指标构成不同", index=ctx.index_id), place=name)], 0
    return draft, [], aside


def as_yaml(ctx: Context, draft: trial.Draft) -> bytes:
    """The scheme in force with this draft's weights and methods, comments kept."""
    from kcz_metrics.scheme.writing import rewritten

    assert ctx.scheme is not None
    path = loading.scheme_path()
    indices = {**ctx.scheme.indices, ctx.index_id: trial.drafted(ctx.index, draft)}
    return rewritten(path.read_text(encoding="utf-8-sig"), ctx.scheme.model_copy(update={"indices": indices}), path.name).encode()
