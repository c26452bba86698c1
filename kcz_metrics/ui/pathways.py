"""The paths from need or resource to effect as the pages hold them: rows kept by snapshot and scheme, words for every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.analysis import paths as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.locales import T, Text
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

#: A cohort that has had this many days is told apart from one that has had less.
RIPE = 180
STEPS: Mapping[str, Text] = MappingProxyType(
    {
        "posted": T("需求发布"),
        "handed": T("派单承接"),
        "entered": T("资源入库"),
        "used": T("被他人使用"),
        "docked": T("双方见面"),
        "brought": T("用于对接"),
        "contracted": T("签订合同"),
        "paid": T("款项到账"),
        "effect": T("取得成效"),
    }
)
#: The same where there is little room.
SHORT: Mapping[str, Text] = MappingProxyType(
    {
        "posted": T("发布"),
        "handed": T("承接"),
        "entered": T("入库"),
        "used": T("已用"),
        "docked": T("见面"),
        "brought": T("对接"),
        "contracted": T("签约"),
        "paid": T("到账"),
        "effect": T("见效"),
    }
)
#: What a cohort counts, as it stands after a number.
COUNTED: Mapping[str, Text] = MappingProxyType({"need": T("条需求"), "handling": T("次承接"), "resource": T("条资源")})
#: How a cohort may be split: code of the address to its column.
SPLITS: Mapping[str, str] = MappingProxyType({"city": "city_id", "org_class": "org_class", "team": "team_id"})


@st.cache_resource(show_spinner=False, max_entries=4)
def _facts(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str) -> Mapping[str, pl.DataFrame]:
    from kcz_metrics.engines.rows import fact_rows

    return fact_rows(_snapshot, _scheme, [*(path.fact for path in kernel.PATHS.values()), "duties"])


def facts(ctx: Context) -> Mapping[str, pl.DataFrame]:
    """The three paths and the duties, all their rows."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _facts(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest)


@st.cache_resource(show_spinner=False, max_entries=32)
def _cohort(_rows: pl.DataFrame, snapshot_id: str, digest: str, kind: str, period_id: str, ripe: int) -> pl.DataFrame:
    return kernel.cohort(_rows, kernel.PATHS[kind], period(period_id), ripe=ripe, until=kernel.known_until(_rows))


def cohort(ctx: Context, kind: str, ripe: int = 0) -> pl.DataFrame:
    """What came in in the context's period, followed to the latest state."""
    assert ctx.snapshot is not None
    rows = facts(ctx)[kernel.PATHS[kind].fact]
    return _cohort(rows, ctx.snapshot.id, ctx.digest, kind, ctx.period, ripe)


def known_until(ctx: Context) -> date | None:
    """The last day of which anything is known on the paths of needs."""
    return kernel.known_until(facts(ctx)["need_paths"])


def step(ctx: Context, code: str, *, short: bool = False) -> str:
    return ctx.text(SHORT[code] if short else STEPS[code])
