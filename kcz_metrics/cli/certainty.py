"""``kcz robustness`` and ``kcz sensitivity``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, IndexId, LatePeriod, PeriodId, SnapshotId, Target, ValuesFile
from kcz_metrics.cli.places import scheme_file
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.analysis.robustness import Classes, Doubts
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot

DRAWS, SEED, RUNS = 1000, 2022, 100
FIRST = ("unit", "score", "rank", "rank_p5", "rank_p50", "rank_p95")

Draws = Annotated[int, Option("--draws", min=1, help=tr("抽样次数"))]
Seed = Annotated[int, Option("--seed", min=0, help=tr("抽样的种子"))]
Only = Annotated[str | None, Option("--only", metavar="SOURCE", help=tr("只变动这一项不确定性：weights、treat、normalise 等"))]
Threads = Annotated[int | None, Option("--threads", min=1, help=tr("线程数；不影响任何数字"))]


def robustness(
    index: IndexId,
    period: PeriodId,
    draws: Draws = DRAWS,
    seed: Seed = SEED,
    only: Only = None,
    each: Annotated[bool, Option("--each", help=tr("改为逐项给出：各项不确定性单独变动时名次移动多少"))] = False,
    ranks: Annotated[bool, Option("--ranks", help=tr("改为给出每个评价对象取得各名次的比例"))] = False,
    pairs: Annotated[bool, Option("--pairs", help=tr("改为给出两两比较中前者排在后者之前的比例"))] = False,
    threads: Threads = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.analysis.robustness import one_by_one
    from kcz_metrics.analysis.robustness import robustness as robust
    from kcz_metrics.cli.output import give

    scheme, card, source = given.scorecard(config, values_file, snapshot, index, period)
    doubted = _doubts(card, source, draws, seed, only)
    if each:
        give(one_by_one(card, doubted, threads=threads), form, output)
        return
    step(tr("反复计算名次"))
    found = robust(card, doubted, threads=threads)
    whole = found.summary()
    echo(
        tr(
            "变动的有：{sources}；{draws} 次抽样；平均有 {stay} 的评价对象名次不变，名次平均移动 {shift}",
            sources=", ".join(doubted.sources) or "—",
            draws=draws,
            stay=f"{100 * whole['stay']:.1f}%",
            shift=f"{whole['shift']:.2f}",
        ),
        err=True,
    )
    if ranks:
        give(found.acceptability, form, output)
    elif pairs:
        give(found.pairs(), form, output)
    else:
        frame = found.frame(_classes(scheme, card, source, config, seed))
        levels = [name for name in frame.columns if name.startswith("p_")]
        give(frame.select(*FIRST, *levels), form, output)


def sensitivity(
    index: IndexId,
    unit: Annotated[str | None, Argument(metavar="[UNIT]", help=tr("只看这个评价对象的名次；ALL 为每一个"), show_default=False)] = None,
    runs: Annotated[int, Option("--runs", min=2, help=tr("基本样本数；共计算 runs ×（项数 + 2）次"))] = RUNS,
    seed: Seed = SEED,
    single: Annotated[bool, Option("--single", help=tr("改为一次只变一项：名次移动多少，谁移动最多"))] = False,
    words: Annotated[bool, Option("--words", help=tr("改为一句话，附上它的数字：名次取决于什么"))] = False,
    past: Annotated[str | None, Option("--past", metavar="U", help=tr("改为给出哪些单项变动会使 UNIT 与 U 前后易位"))] = None,
    threads: Threads = None,
    period: LatePeriod = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    import polars as pl

    from kcz_metrics.analysis.dependence import dependence
    from kcz_metrics.analysis.explain import row_of
    from kcz_metrics.analysis.single_changes import one_at_a_time, overtaking
    from kcz_metrics.cli.output import give

    _, card, source = given.scorecard(config, values_file, snapshot, index, period)
    if unit is not None and unit != "ALL":
        row_of(card, unit)
    doubted = _doubts(card, source, runs, seed, None)
    if past is not None and unit is not None:
        give(overtaking(card, doubted, unit, past, threads=threads), form, output)
    elif single:
        give(one_at_a_time(card, doubted, threads=threads), form, output)
    else:
        step(tr("反复计算名次"))
        units = False if unit is None else True if unit == "ALL" else (unit,)
        found = dependence(card, doubted, runs=runs, seed=seed, units=units, threads=threads)
        if unit is not None and unit != "ALL":
            found = found.filter(pl.col("unit") == unit)
        give(_told(found) if words else found, form, output)


def _told(indices: pl.DataFrame) -> pl.DataFrame:
    """``unit, text, numbers``: a sentence for each unit, in the order they come."""
    import polars as pl

    from kcz_metrics.analysis.hinges import hinge

    rows = []
    for unit in indices["unit"].unique(maintain_order=True).to_list():
        if (said := hinge(indices, unit)) is not None:
            numbers = "; ".join(f"{name}={value:.6g}" for name, value in said.numbers.items())
            rows.append((unit, said.text.render(language()), numbers))
    return pl.DataFrame(rows, schema=dict.fromkeys(("unit", "text", "numbers"), pl.String), orient="row")


def _doubts(card: Scorecard, source: Snapshot | Path, draws: int, seed: int, only: str | None) -> Doubts:
    from numpy import isnan

    from kcz_metrics.analysis.doubts import doubts

    if card.run.ranks is not None and isnan(card.run.ranks[:, 0]).all():
        raise ScoringError(
            Issue(
                "nobody_ranked",
                T("{period} 没有评价对象有名次", period=card.period),
                subject=card.index.id,
                hint=T("用 kcz score 看各评价对象的状态与原因"),
            )
        )
    found = doubts(card, source, draws, seed)
    return found if only is None else found.only(only)


def _classes(scheme: Scheme, card: Scorecard, source: Snapshot | Path, config: Path | None, seed: int) -> Classes | None:
    """How scores become tiers, where the index has tiers and their rule can begin."""
    policy = card.index.tiers
    if policy is None or not policy.levels:
        return None
    from kcz_metrics.cli.tiers import beside
    from kcz_metrics.decisions.classing import tier_classes
    from kcz_metrics.decisions.decided import decided_of
    from kcz_metrics.decisions.history import scorecards

    try:
        cards = scorecards(scheme, card.index, source, card.period)
        known = beside(scheme, card.index.id, source, [one.period for one in cards])
        classes = tier_classes(cards, policy, decided_of(policy, scheme_file(config)), seed, source, *known)
        assert card.run.scores is not None
        classes(card.run.scores[:, 0][None, :])
    except ScoringError as error:
        echo(tr("没有各层级的概率：{reason}", reason=error.render(language())), err=True)
        return None
    return classes
