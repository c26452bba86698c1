"""The pages' frame and parts. A page reads top to bottom::

    from kcz_metrics import ui

    ui.guard()                                  # first call, always
    ctx = ui.context()                          # stops with a reason where there are no records; records=False to go on
    card = ui.scorecard(ctx)                    # cached by snapshot, scheme, index and period
    rows = ui.standings(ctx)                    # one row a unit: names, rank, move, score, coverage, tier, scores of the pillars
    ui.page_head(ctx, [ctx.tr("城市排名")], ctx.tr("谁排在前面？"), ctx.tr("**{n}** 个城市参与排名", n=65), coverage=0.94)
    ui.headline([ui.Item(ctx.tr("参与排名"), "62", "/ 65")])
    ui.finding(title, caption)
    ui.chart(ctx, figure, key="cities.dots", alt=title)       # returns the id in customdata of a clicked point
    opened = ui.table(ctx, [ui.Column("name", ctx.tr("城市"), "name")], [{"id": "PC001", "name": "…"}], key="cities.table")
    if opened:
        ui.link("profile", unit=opened)         # keeps lang, period, index, view, snapshot

``ctx`` (:class:`Context`) carries lang, period, periods, previous, index_id, index, indices_of(kind), unit, scheme, digest, snapshot (the
one looked at; ``past`` where it is not the newest of ``snapshots``), store, actor, mode, tokens, meeting, ``tr(source, **values)``,
``text(bilingual)`` and ``name(id)``.
Codes of the address: ``ui.address.get("province")``, ``ui.address.put(province="330000")``; a page names its own in ``places.py``.
Colours come from ``ctx.tokens``. Nothing here computes an indicator, a score or a rank.
"""

from kcz_metrics.ui import address, number
from kcz_metrics.ui.context import Context, context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.frame import guard, run
from kcz_metrics.ui.head import (
    Item,
    basis_line,
    definition_list,
    finding,
    headline,
    legend,
    page_head,
    paragraph,
    pillar_legend,
    sentences,
)
from kcz_metrics.ui.loading import scorecard, tiers
from kcz_metrics.ui.loading import standing as standings
from kcz_metrics.ui.loading import table as records
from kcz_metrics.ui.states import done, empty, error, notice, too_little
from kcz_metrics.ui.table import Column, table

__all__ = [
    "Column",
    "Context",
    "Item",
    "address",
    "basis_line",
    "chart",
    "context",
    "definition_list",
    "done",
    "empty",
    "error",
    "finding",
    "guard",
    "headline",
    "legend",
    "link",
    "notice",
    "number",
    "page_head",
    "paragraph",
    "pillar_legend",
    "records",
    "run",
    "scorecard",
    "sentences",
    "standings",
    "table",
    "tiers",
    "too_little",
]
