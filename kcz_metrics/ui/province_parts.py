"""The national half of the province page: what each province has, on tiles and in one table that adds up to the nation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import liaison as liaison_kernel
from kcz_metrics.analysis import rollups as kernel
from kcz_metrics.facts import PROGRAMME
from kcz_metrics.language.periods import period
from kcz_metrics.ui import address, choosing, head, labels, loading, number, states
from kcz_metrics.ui.behind import overview
from kcz_metrics.ui.behind import provinces as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.survey import TILES, brief
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

WHOLE = {"decimals": 0}
SHARE = {"share": True, "decimals": 1}


@st.cache_resource(show_spinner=False, max_entries=4)
def _rollup(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, periods: tuple[str, ...]) -> pl.DataFrame:
    return kernel.by_province(_snapshot, _scheme, periods)


def rollup(ctx: Context) -> pl.DataFrame:
    """The counts of every province and of the nation in the context's period."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _rollup(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest, ctx.periods).filter(pl.col("period") == ctx.period)


def counts(ctx: Context, code: str = PROGRAMME) -> Mapping[str, Any]:
    """Measure to count of one province, or of the nation."""
    return rollup(ctx).filter(pl.col("province_code") == code).row(0, named=True)


def names(ctx: Context) -> Mapping[str, str]:
    return labels.provinces(ctx)


def bodies(ctx: Context) -> pl.DataFrame:
    """``board, unit, name_zh, name_en, org_class, province_code, group, rank, published`` of every body on every board."""
    kept = ["unit", "name_zh", "name_en", "org_class", "province_code", "group", "rank", "published"]
    loading.ready(ctx, ctx.indices_of("organisation"))
    found = [i for i in ctx.indices_of("organisation") if loading.valued(ctx, i)]
    frames = [loading.standing(ctx, i).select(pl.lit(i).alias("board"), *kept) for i in found]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"board": pl.String, **dict.fromkeys(kept, pl.String)})


def ranked_bodies(ctx: Context) -> Mapping[str, int]:
    """Province to its bodies with a rank on at least one board."""
    found = bodies(ctx).filter(pl.col("rank").is_not_null())
    return dict(found.group_by("province_code").agg(pl.col("unit").n_unique()).iter_rows())


def chosen(ctx: Context) -> str | None:
    """The province in question, chosen in the sidebar or by the address; None for the nation."""
    known = names(ctx)
    with ctx.slot:
        return choosing.select(
            "province",
            ctx.tr("省份"),
            list(known),
            known.__getitem__,
            key="provinces.province",
            placeholder=ctx.tr("全国"),
            clears=("level",),
        )


def choose(code: str) -> None:
    """Look at a province; the one that is looked at already gives way to the nation."""
    address.put(province=None if code == address.get("province") else code, level=None)
    st.rerun()


def question(ctx: Context, name: str) -> str:
    if name:
        return ctx.tr("{name}：试点、服务团和单位怎么样？", name=name)
    return ctx.tr("{period}，各省推动得怎么样？", period=number.period(ctx.period, ctx.lang))


def answer(ctx: Context) -> str:
    nation = counts(ctx)
    provinces = rollup(ctx).filter((pl.col("province_code") != PROGRAMME) & (pl.col("province_cities") > 0)).height
    due, made = nation["duties_due"], behind.whole(ctx)
    said = ctx.tr(
        "**{n}** 个省级行政区有试点 **{cities}** 个，**{pilots}** 个开展省域试点培育。",
        n=says("with_pilots", provinces, made["with_pilots"], provinces),
        cities=says("cities", nation["province_cities"], made["cities"], nation["province_cities"]),
        pilots=says("pilots", nation["province_pilots"], made["pilots"], nation["province_pilots"]),
    )  # fmt: skip
    if not due:
        return said
    on_time = says("on_time", number.share(nation["duties_on_time"] / due), made["on_time"], nation["duties_on_time"] / due)
    return said + (" " if ctx.lang == "en" else "") + ctx.tr("应办事项按期办结 **{share}**。", share=on_time)


def headline(ctx: Context) -> list[Item]:
    nation, found = counts(ctx), rollup(ctx).filter(pl.col("province_code") != PROGRAMME)
    cities = loading.standing(ctx)
    placed = cities.filter(pl.col("rank").is_not_null())
    with_pilots = found.filter(pl.col("province_cities") > 0).height
    due = nation["duties_due"]
    leading = found.filter(pl.col("province_teams") > 0).height
    on_boards, made = ranked_bodies(ctx), behind.whole(ctx)
    return [
        Item(
            ctx.tr("有试点的省份"), str(with_pilots), ctx.tr("/ {n} 个", n=found.height),
            ctx.tr("试点 {n} 个", n=nation["province_cities"]),
            opens=made["with_pilots"], value=with_pilots, under=(made["cities"], nation["province_cities"]),
        ),
        Item(ctx.tr("省域试点培育"), str(nation["province_pilots"]), number.each("个", ctx.lang), ctx.tr("要点为 10 个左右"),
             opens=made["pilots"], value=nation["province_pilots"]),
        Item(
            ctx.tr("平均得分"), number.decimal(_mean(placed), 1), ctx.tr("分"), ctx.tr("{n} 个试点参与排名", n=placed.height),
            opens=made["mean"], value=_mean(placed), under=(made["ranked"], placed.height),
        ),
        Item(
            ctx.tr("牵头服务团"), number.count(nation["province_teams"]), number.each("个", ctx.lang),
            ctx.tr("来自 {n} 个省份", n=leading), opens=made["teams"], value=nation["province_teams"],
            under=(made["leading"], leading),
        ),
        Item(
            ctx.tr("上榜单位"), number.count(sum(on_boards.values())), number.each("家", ctx.lang),
            ctx.tr("来自 {n} 个省份", n=len(on_boards)), opens=made["bodies"], value=sum(on_boards.values()),
            under=(made["of_bodies"], len(on_boards)),
        ),
        Item(
            ctx.tr("按期办结"), number.share(nation["duties_on_time"] / due if due else None), "",
            ctx.tr("逾期未办 {n} 项", n=number.count(due - nation["duties_done"])), "down" if due > nation["duties_done"] else "",
            opens=made["on_time"], value=nation["duties_on_time"] / due if due else None,
            under=(made["overdue"], due - nation["duties_done"]),
        ),
    ]  # fmt: skip


def _mean(placed: pl.DataFrame) -> float | None:
    value = placed["score"].mean()
    return value if isinstance(value, float) else None


def of_cities(ctx: Context) -> pl.DataFrame:
    return kernel.of_cities(loading.standing(ctx).select("province_code", "score", "rank"))


def tiles(ctx: Context, code: str | None) -> str | None:
    """Provinces by the mean score of their cities, those with pilot cultivation marked; returns one that was clicked."""
    from kcz_metrics import charts

    found = of_cities(ctx)
    named = {c: brief(name) for c, name in names(ctx).items()}
    drawn = (
        loading.table(ctx, "province")
        .join(found, on="province_code", how="left")
        .select(
            code="province_code", label=pl.col("province_code").replace_strict(named, return_dtype=pl.String), column="tile_col",
            row="tile_row", value="mean", count=pl.col("listed").fill_null(0),
        )
    )  # fmt: skip
    cultivating = rollup(ctx).filter(pl.col("province_pilots") > 0, pl.col("province_code") != PROGRAMME)["province_code"].to_list()
    known = found["mean"].drop_nulls()
    title = ctx.tr("各省平均分")
    if known.len() >= 2:
        apart = float(known.max()) - float(known.min())  # type: ignore[arg-type]
        gap = says("gap", number.decimal(apart, 0), overview.gap(ctx), apart)
        title = ctx.tr("各省平均分最高与最低相差 {gap} 分", gap=gap)
    head.finding(title, ctx.tr("试点平均得分；数字为试点数，斜体为数据不足，◆ 为试点培育"))
    edges = charts.tile_steps(drawn["value"].to_list())
    figure = charts.tile_map(
        drawn,
        edges=edges,
        value_title=ctx.tr("平均得分"),
        template=ctx.template,
        lang=ctx.lang,
        height=TILES,
        focus=code,
        marked=cultivating,
    )
    clicked = chart(ctx, figure, "provinces.tiles", alt=title, opens=True)
    head.legend(zip(ctx.tokens["sequence"], charts.tile_legend(edges, ctx.lang), strict=False))
    return clicked


def whole(ctx: Context) -> str | None:
    """Every province in one table; a row opens the province. The provinces add up to what the nation counts on its own."""
    found = rollup(ctx).filter(pl.col("province_code") != PROGRAMME).join(of_cities(ctx), on="province_code", how="left")
    on_boards, known = ranked_bodies(ctx), names(ctx)
    found = found.filter(pl.any_horizontal(pl.col("province_cities", "province_teams", "duties_due", "path_needs") > 0))
    head.finding(
        ctx.tr("各省一览"),
        ctx.tr("得分与名次只计参与排名的试点；服务团、单位按所在地，需求按发布地；◆ 为试点培育；点按查看该省"),
    )
    columns = [
        Column("name", ctx.tr("省份"), "name"),
        Column("cities", ctx.tr("试点"), "number", options=WHOLE),
        Column("ranked", ctx.tr("参与排名"), "number", options=WHOLE),
        Column("mean", ctx.tr("平均分"), "number"),
        Column("median", ctx.tr("中位分"), "number"),
        Column("ranks", ctx.tr("名次"), "number", options={"ends": ["best", "last"]}),
        Column("teams", ctx.tr("服务团"), "number", options=WHOLE),
        Column("bodies", ctx.tr("上榜单位"), "number", options=WHOLE),
        Column("needs", ctx.tr("需求"), "number", options=WHOLE),
        Column("docked", ctx.tr("见面"), "number", options=SHARE),
        Column("signed", ctx.tr("签约"), "number", options=SHARE, title=ctx.tr("占发布的需求")),
        Column("due", ctx.tr("应办"), "number", options=WHOLE),
        Column("on_time", ctx.tr("按期"), "number", options=SHARE),
        Column("overdue", ctx.tr("逾期"), "number", options=WHOLE),
    ]
    rows = [_row(row, known, on_boards) for row in found.sort("mean", descending=True, nulls_last=True).iter_rows(named=True)]
    opened = table(ctx, columns, rows, "provinces.whole", label=ctx.tr("各省一览"), behind=behind.whole(ctx))
    _proof(ctx)
    return opened


def _row(row: Mapping[str, Any], known: Mapping[str, str], on_boards: Mapping[str, int]) -> dict[str, Any]:
    needs, due, code = row["path_needs"], row["duties_due"], row["province_code"]
    ends = list(dict.fromkeys([str(row["best"]), str(row["last"])]))
    return {
        "id": code, "name": {"t": known.get(code, code), "sub": "◆" if row["province_pilots"] else ""},
        "cities": row["province_cities"], "ranked": row["ranked"] or 0, "mean": row["mean"], "median": row["median"],
        "best": row["best"], "last": row["last"] if len(ends) > 1 else None,
        "ranks": None if row["best"] is None else {"v": row["best"], "t": "–".join(ends), "ends": ends},
        "teams": row["province_teams"], "bodies": on_boards.get(code, 0), "needs": needs,
        "docked": row["path_docked"] / needs if needs else None, "signed": row["path_contracted"] / needs if needs else None,
        "due": due, "on_time": row["duties_on_time"] / due if due else None, "overdue": due - row["duties_done"],
    }  # fmt: skip


def _proof(ctx: Context) -> None:
    """Whether the provinces add up to the nation, which is counted on its own; what the nation itself owes stands apart."""
    nation, gap, made = counts(ctx), kernel.gaps(rollup(ctx), ctx.period), behind.sums(ctx)
    words = {
        "province_cities": ctx.tr("试点"), "province_teams": ctx.tr("服务团"), "path_needs": ctx.tr("需求"),
        "path_contracted": ctx.tr("签约"), "path_paid": ctx.tr("到账"), "duties_due": ctx.tr("应办事项"),
    }  # fmt: skip
    parts = []
    for measure, word in words.items():
        within, apart = made[measure]
        own = ""
        if gap[measure]:
            own = ctx.tr("（另有不分省的 {n}）", n=says(f"apart.{measure}", number.count(gap[measure]), apart, gap[measure]))
        n = nation[measure] - gap[measure]
        parts.append(ctx.tr("{what} {n}{own}", what=word, n=says(f"sum.{measure}", number.count(n), within, n), own=own))
    joined = (", " if ctx.lang == "en" else "、").join(parts)
    mark = "✓" if not any(gap[m] for m in gap if not m.startswith("duties_")) else "✗"
    head.paragraph(ctx.tr("各省相加：{parts}；与全国单独计数逐项核对 {mark}", parts=joined, mark=mark), muted=True)


def groups(ctx: Context) -> pl.DataFrame:
    """Liaison groups with members and visits; see :func:`kcz_metrics.analysis.liaison.groups`."""
    span = period(ctx.period)
    formed, members, visits = (loading.table(ctx, f"liaison_{name}") for name in ("group", "member", "visit"))
    return liaison_kernel.groups(formed, members, visits, loading.table(ctx, "pilot_city"), span.start, span.end)


def liaison(ctx: Context) -> None:
    """Liaison groups in the nation: how many stand, who sits in them, how often they came."""
    found = groups(ctx)
    if found.is_empty():
        head.finding(ctx.tr("挂点工作组"))
        states.too_little(ctx.tr("没有挂点工作组的记录。"))
        return
    standing, visits, met = (int(found[c].sum()) for c in ("standing", "visits", "met"))
    made = {**behind.liaison(ctx), **behind.groups(ctx, None)}
    never = found.filter(pl.col("visits") == 0).height
    n, m = says("groups", found.height, made["formed"], found.height), says("standing", standing, made["standing"], standing)
    title = ctx.tr("{n} 个挂点工作组中 {m} 个已机制化", n=n, m=m)
    head.finding(title, ctx.tr("期末在组人员按派出类别；走访为本期已核验的"))
    kinds = {
        "association": ctx.tr("省级科协"), "society": ctx.tr("全国学会"), "university": ctx.tr("高校院所"), "local": ctx.tr("地方科协"),
        "other": ctx.tr("其他"),
    }  # fmt: skip
    sat = [f"{word} {says(f'liaison.{kind}', int(found[kind].sum()), made[kind], int(found[kind].sum()))}" for kind, word in kinds.items()]
    head.definition_list(
        {
            ctx.tr("在组人员"): ("，" if ctx.lang == "zh" else ", ").join(sat),
            ctx.tr("本期走访"): ctx.tr(
                "{n} 次，见企业 {m} 家；{never} 个工作组没有走访",
                n=says("visits", number.count(visits), made["visits"], visits),
                m=says("met", number.count(met), made["met"], met),
                never=says("never", never, made["never"], never),
            ),
        }
    )
