"""What confirming a flag would do, by the same engine that scores: a snapshot without its records, and where that moves a unit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.compiling.together import together
from kcz_metrics.decisions.tiers import assign
from kcz_metrics.quality.flag import Flag
from kcz_metrics.quality.touched import merged, narrowed
from kcz_metrics.scoring import score
from kcz_metrics.scoring.periods import values_for, values_for_several
from kcz_metrics.store.flags import trial
from kcz_metrics.store.naming import key_of, table_of
from kcz_metrics.store.snapshot import Zeroed

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.scheme.models import Index, Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot

MOVED = {
    "index": pl.String,
    "unit": pl.String,
    "name_zh": pl.String,
    "name_en": pl.String,
    "score_before": pl.Float64,
    "score": pl.Float64,
    "rank_before": pl.Int64,
    "rank": pl.Int64,
    "tier_before": pl.String,
    "tier": pl.String,
}
#: Index to its values in a snapshot, and to its scorecard.
ValuesOf = Callable[[str], "Values"]
CardOf = Callable[[str], "Scorecard"]


@dataclass(frozen=True)
class Effect:
    """``moved``: columns of MOVED, a row for each unit of an index whose published score, rank or tier changes, the largest change of
    score first. ``looked_at``: the indices that read the records. ``zeroed``: the scores that a wilful deed sets to zero."""

    moved: pl.DataFrame
    looked_at: tuple[str, ...]
    zeroed: tuple[Zeroed, ...]


def proposal(flag: Flag) -> dict[str, str | None]:
    """What confirming leaves out: record name to the key of the one it repeats, or to None where it is withdrawn."""
    if flag.rule == "near_duplicates":
        return {name: key_of(flag.beside[0]) for name in flag.records}
    return dict.fromkeys(flag.records)


def readers(scheme: Scheme, period: str, tables: Iterable[str]) -> tuple[str, ...]:
    """The indices by year that read one of these tables."""
    wanted = set(tables)
    by_year = [id for id, index in scheme.indices.items() if index.periods.grain == "year"]
    return tuple(id for id in by_year if wanted & set(together(scheme, {id: [period]}).tables))


def effect(
    snapshot: Snapshot,
    scheme: Scheme,
    flag: Flag,
    left_out: Mapping[str, str | None],
    period: str,
    *,
    wilful: bool = False,
    values_of: ValuesOf | None = None,
    card_of: CardOf | None = None,
) -> Effect:
    """The effect of leaving these records out, on every index that reads them, in one period.

    ``wilful``: the subjects' scores of the indicators that the records went into are set to zero besides. ``values_of`` and ``card_of``
    give what is known of ``snapshot`` already.
    """

    def known(index_id: str) -> Values:
        return values_of(index_id) if values_of else values_for(scheme, scheme.indices[index_id], [period], snapshot)

    def card(index_id: str) -> Scorecard:
        return card_of(index_id) if card_of else score(known(index_id), scheme.indices[index_id], period, scheme)

    tables = {table_of(name) for name in left_out}
    indices = readers(scheme, period, tables)
    parts, zeroed = [], []
    with tempfile.TemporaryDirectory(prefix="kcz-") as folder:
        without = trial(snapshot, left_out, (), Path(folder))
        for index_id, then in _valued(scheme, indices, tables, period, without, values_of).items():
            index = scheme.indices[index_id]
            if wilful:
                hit = zeroed_by(known(index_id), then, flag.subjects, period)
                zeroed += hit
                then = replace(then, zeroed=(*then.zeroed, *hit))
            before = card(index_id)
            parts.append(_moved(index, before, score(then, index, period, scheme)))
    moved = pl.concat([pl.DataFrame(schema=MOVED), *parts])
    change = (pl.col("score") - pl.col("score_before")).abs()
    return Effect(moved.sort(change, "unit", descending=[True, False], nulls_last=True), indices, tuple(dict.fromkeys(zeroed)))


def _valued(
    scheme: Scheme, indices: Iterable[str], tables: Iterable[str], period: str, without: Snapshot, values_of: ValuesOf | None
) -> dict[str, Values]:
    """The values without the records; where those before are known, only what reads one of the ``tables`` is worked out again."""
    given = [scheme.indices[index_id] for index_id in indices]
    if values_of is None:
        return values_for_several(scheme, given, [period], without)
    smaller = [narrowed(scheme, index, tables) for index in given]
    narrow = scheme.model_copy(update={"indices": {**scheme.indices, **{index.id: index for index in smaller}}})
    found = values_for_several(narrow, smaller, [period], without)
    made = {
        small.id: found[small.id] if small is index else merged(values_of(small.id), found[small.id])
        for index, small in zip(given, smaller, strict=True)
    }
    again = [scheme.indices[index_id] for index_id, then in made.items() if then is None]
    whole = values_for_several(scheme, again, [period], without) if again else {}
    return {index_id: whole[index_id] if then is None else then for index_id, then in made.items()}


def zeroed_by(before: Values, without: Values, subjects: Iterable[str], period: str) -> list[Zeroed]:
    """The subjects' indicators that the records went into: those whose value or number of records is another one without them."""
    now, then = (
        values.of(period).filter(pl.col("unit").is_in(list(subjects))).select("unit", "indicator", "value", "n")
        for values in (before, without)
    )
    both = now.join(then, on=["unit", "indicator"], how="left", suffix="_then", maintain_order="left")
    other = both["value"].ne_missing(both["value_then"]) | both["n"].ne_missing(both["n_then"])
    return [Zeroed(unit, indicator, period) for unit, indicator in both.filter(other).select("unit", "indicator").iter_rows()]


def _moved(index: Index, before: Scorecard, after: Scorecard) -> pl.DataFrame:
    shown = [_shown(card) for card in (before, after)]
    both = shown[0].join(shown[1], on="unit", how="full", suffix="_after", coalesce=True, maintain_order="left_right")
    names = pl.concat([card.units.select("unit", "name_zh", "name_en") for card in (before, after)]).unique("unit", keep="first")
    other = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_after")) for c in ("score", "rank", "tier"))
    moved = both.filter(other).join(names, on="unit", how="left", maintain_order="left")
    return moved.select(
        pl.lit(index.id).alias("index"),
        "unit",
        "name_zh",
        "name_en",
        score_before="score",
        score="score_after",
        rank_before="rank",
        rank="rank_after",
        tier_before="tier",
        tier="tier_after",
    ).cast(dict(MOVED))  # type: ignore[arg-type]


def _shown(card: Scorecard) -> pl.DataFrame:
    """``unit, score, rank, tier`` as they are published."""
    rows = card.scores.filter(pl.col("node") == card.index.id).select("unit", score="published", rank="rank")
    tiers = assign(card).select("unit", "tier") if card.index.tiers else None
    return (
        rows.join(tiers, on="unit", how="left", maintain_order="left")
        if tiers is not None
        else rows.with_columns(tier=pl.lit(None, pl.String))
    )
