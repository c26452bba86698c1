"""The benchmarks by name. The recorded seconds of COINr 1.1.14 (R 4.2.2) were taken on two cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from kcz_metrics.analysis.sensitivity import sensitivity
from kcz_metrics.bench import events, peers, plain
from kcz_metrics.bench.indices import Scored, asem, invented, method
from kcz_metrics.bench.rows import Row, compared, memory, seconds, side_by_side
from kcz_metrics.methods import AGGREGATE, NORMALISE, RANK, WEIGHT, Array
from kcz_metrics.scheme.models import Scale
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import Block, block
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.pipeline import rewind, score
from kcz_metrics.scoring.stages import normalise
from kcz_metrics.scoring.tree import node_scores
from kcz_metrics.scoring.variants import Variants

COINR: Final = "coinr-recorded"
#: The reference of a row that has a target in seconds.
LIMIT: Final = "limit on two cores"
#: Records for the work on events, where nothing else is asked for.
EVENTS: Final = 50_000
#: Work that is done only where it is named: inventing the records alone takes longer than all the rest.
NAMED_ONLY: Final = frozenset({"events"})
#: What COINr was timed on: weights ±25 %, at most 1 to 5 points winsorised, then a logarithm, min-max to 1..100 or z-scores, three means.
UNCERTAIN: Final = Variants(
    1000,
    2022,
    Moves(0.25),
    treat=tuple(method("winsorise", max_points=n, otherwise="log_ct") for n in range(1, 6)),
    normalise=(method("minmax"), method("zscore", mean=20, sd=2)),
    aggregate=(method("arithmetic"), method("geometric"), method("harmonic")),
)
_FROM_ONE: Final = Scale(lower=1, upper=100)


def _absent(work: str, target: float) -> Row:
    return Row(work, reference="no data: tests/published/oracles/asem is not there", target=target)


def _within(work: str, taken: float, limit: float) -> Row:
    """Against the seconds that a reader waits at most, whatever others take: as fast as that, or faster."""
    return compared(work, taken, LIMIT, limit, 1.0)


def _whole(root: Path) -> Iterator[Row]:
    work, given = "whole index, values to ranks, ASEM 51 × 49", asem(root)
    if given is None:
        yield _absent(work, 20.0)
        return
    yield compared(work, seconds(lambda: score(*given), 101, 5), COINR, 0.070, 20.0)


def _aggregating(root: Path) -> Iterator[Row]:
    for units, recorded, target in ((65, 0.0084, 20.0), (1000, 0.072, 50.0)):
        card = score(*invented(units))
        start = rewind(card.run, "normalise")

        def call(start=start, card=card) -> Array:  # type: ignore[no-untyped-def]
            run = normalise(start, card.history)
            return node_scores(run.structure, run.x, run.groups, run.applicable)[0]

        yield compared(f"normalise + aggregate, {units:,} × 40", seconds(call, 41, 5), COINR, recorded, target)


def _from_one(given: Scored) -> Scorecard:
    """Scored on a scale that ends above 0, as geometric and harmonic means want it."""
    values, index, period, scheme = given
    return score(values, index.model_copy(update={"scale": _FROM_ONE}), period, scheme)


def _uncertain(work: str, given: Scored, recorded: float, target: float, limit: float, check: bool = True) -> Iterator[Row]:
    card = _from_one(given)

    def whole() -> Block:
        found = block(card, UNCERTAIN)
        _ = found.rank_quantiles, found.score_quantiles
        return found

    found = whole()
    if check:
        np.testing.assert_allclose(plain.loop(found)[0], found.scores, rtol=1e-9, atol=1e-9)
    times = side_by_side({"block": whole, "loop": lambda: plain.loop(found)} if check else {"block": whole}, 7)
    yield compared(work, times["block"], COINR, recorded, target)
    yield _within(work, times["block"], limit)
    if check:
        yield compared(work, times["block"], "plain-numpy loop", times["loop"])
    yield memory(work, whole, found.scores.nbytes + found.ranks.nbytes)


def _draws(root: Path) -> Iterator[Row]:
    yield from _uncertain("1,000 draws, 65 × 40, ranks and intervals", invented(65), 16.7, 1000.0, 0.016)


def _draws_large(root: Path) -> Iterator[Row]:
    yield from _uncertain("1,000 draws, 1,000 × 40, ranks and intervals", invented(1000), 74.0, 400.0, 0.18)


def _draws_asem(root: Path) -> Iterator[Row]:
    given = asem(root)
    if given is None:
        yield _absent("1,000 draws, ASEM", 3000.0)
        yield _absent("leave one indicator out, ASEM, 49 runs", 500.0)
        yield _absent("Sobol indices, ASEM, 600 runs", 2000.0)
        return
    yield from _uncertain("1,000 draws, ASEM", given, 99.0, 3000.0, 0.030, check=False)
    card = _from_one(given)
    work, taken = "Sobol indices, ASEM, 600 runs", seconds(lambda: sensitivity(card, UNCERTAIN, runs=100, resampled=0), 21)
    yield compared(work, taken, COINR, 58.0, 2000.0)
    yield _within(work, taken, 0.030)
    card = score(*given)
    every = Variants(49, leave_out=card.index.leaves, drawn=False)
    work, taken = "leave one indicator out, ASEM, 49 runs", seconds(lambda: block(card, every), 21)
    yield compared(work, taken, COINR, 3.6, 500.0)
    yield _within(work, taken, 0.007)


def _entropy(x: Array) -> Array:
    return np.asarray(WEIGHT["entropy"].kernel(x))


def _critic(x: Array) -> Array:
    return np.asarray(WEIGHT["critic"].kernel(NORMALISE["minmax"].kernel(x, x, np.ones(x.shape[1], bool))))


def _topsis(x: Array) -> Array:
    y = NORMALISE["minmax"].kernel(x, x, np.ones(x.shape[1], bool))
    return np.asarray(RANK["competition"].kernel(AGGREGATE["topsis"].kernel(y, np.full((1, x.shape[1]), 1 / x.shape[1])), True))


def _large(root: Path) -> Iterator[Row]:
    x = np.random.default_rng(20).uniform(1.0, 100.0, (1_000_000, 20))
    others = peers.peers()
    for name in peers.PACKAGES:
        if name not in others:
            yield Row("1,000,000 × 20", reference=f"{name} is not installed")
    own: dict[str, tuple[plain.Call, plain.Call]] = {
        "entropy": (_entropy, plain.entropy),
        "CRITIC": (_critic, plain.critic),
        "TOPSIS with ranks": (_topsis, plain.topsis),
    }
    for name, (ours, numpy_) in own.items():
        work = f"{name}, 1,000,000 × 20"
        # scores that agree to 12 digits share a place with us and not with numpy
        np.testing.assert_allclose(ours(x), numpy_(x), rtol=1e-9, atol=8 if "ranks" in name else 0)
        calls = {"ours": ours, "plain numpy": numpy_, **{package: methods[name] for package, methods in others.items()}}
        times = side_by_side({key: lambda call=call: call(x) for key, call in calls.items()}, 4, others)  # type: ignore[misc]
        yield compared(work, times["ours"], "plain numpy", times["plain numpy"], 1.0)
        for package in others:
            yield compared(work, times["ours"], package, times[package], 2.0)
        yield compared(work, times["ours"], "one pass over the matrix", seconds(lambda: x.sum(), 5))
        yield memory(work, lambda ours=ours: ours(x), x.nbytes, 3.0)  # type: ignore[misc]


def _events(root: Path) -> Iterator[Row]:
    yield from events.measured(root, EVENTS)


#: Name for ``--only`` → the rows it gives.
WORK: Final[Mapping[str, Callable[[Path], Iterator[Row]]]] = MappingProxyType(
    {
        "index": _whole,
        "aggregate": _aggregating,
        "draws": _draws,
        "draws_large": _draws_large,
        "draws_asem": _draws_asem,
        "million": _large,
        "events": _events,
    }
)


def chosen(only: str | None) -> tuple[str, ...]:
    """The names of the work to do: ``only``, or all but those in ``NAMED_ONLY``."""
    return tuple(name for name in WORK if name not in NAMED_ONLY) if only is None else (only,)


def measure(root: Path, only: str | None = None, records: int = EVENTS) -> Iterator[Row]:
    """The rows of ``chosen(only)`` as they are done. ``root`` is where the project lies, ``records`` how many the work on events is done
    over."""
    for name in chosen(only):
        yield from events.measured(root, records) if name == "events" else WORK[name](root)
