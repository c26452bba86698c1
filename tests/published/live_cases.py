"""What pymcdm, scikit-criteria, scikit-learn and scipy give in the same run on random matrices, seeded, of several shapes.

A case stacks all matrices. Where a peer brings the columns to a scale of its own or has criteria that are better when lower, so is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pymcdm.methods
import pymcdm.normalizations
import pymcdm.weights
import scipy.stats
import skcriteria
from coinr_cases import Case, Pair
from skcriteria.agg.simple import WeightedProductModel, WeightedSumModel
from skcriteria.agg.topsis import TOPSIS
from skcriteria.agg.vikor import VIKOR
from skcriteria.preprocessing.scalers import MaxAbsScaler, MinMaxScaler, SumScaler, VectorScaler
from skcriteria.preprocessing.weighters import CRITIC, MEREC, EntropyWeighter, EqualWeighter, GiniWeighter, StdWeighter
from sklearn.decomposition import PCA

from kcz_metrics.methods import AGGREGATE, NORMALISE, RANK, WEIGHT
from kcz_metrics.methods.rank import significant
from kcz_metrics.methods.statistics import skewness_kurtosis

#: Units × indicators: next to nothing, fewer units than indicators, a board of 24, the pilot cities, a long table.
SHAPES = ((3, 2), (4, 9), (24, 8), (65, 40), (300, 5))
Matrix = np.ndarray
Call = Callable[[Matrix], Matrix]


def matrices() -> list[Matrix]:
    """Positive scores: even, skewed, and whole numbers with ties."""
    found = []
    for seed, shape in enumerate(SHAPES):
        rng = np.random.default_rng(2022 + seed)
        found += [rng.uniform(0.5, 10, shape), rng.lognormal(0, 1.2, shape), rng.integers(1, 8, shape).astype(float)]
    # a column that is the same for all has no scale to be brought to: those stand in the hand-computed cases
    return [x + np.where((x == x[0]).all(axis=0), np.arange(len(x))[:, None], 0.0) for x in found]


def weights_for(x: Matrix) -> Matrix:
    return np.random.default_rng(x.size).dirichlet(np.ones(x.shape[1]))


def directions(x: Matrix) -> Matrix:
    """1 better when higher, -1 better when lower; at least one of each."""
    return np.where(np.arange(x.shape[1]) % 3 == 1, -1, 1)


def decision(x: Matrix, sense: Matrix | None = None) -> Any:
    return skcriteria.mkdm(x, list(np.ones(x.shape[1]) if sense is None else sense), weights=weights_for(x))


def both(ours: Call, theirs: Call) -> Callable[[], Pair]:
    def make() -> Pair:
        given = matrices()
        return np.concatenate([np.ravel(ours(x)) for x in given]), np.concatenate([np.ravel(theirs(x)) for x in given])

    return make


def minmax(x: Matrix) -> Matrix:
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


def weigh(name: str, **parameters: Any) -> Call:
    return lambda x: WEIGHT[name].kernel(x, **parameters)


def weights() -> Iterator[Case]:
    pymcdm_names = {"equal": "equal", "entropy": "entropy", "standard_deviation": "standard_deviation", "gini": "gini"}
    for name, theirs in pymcdm_names.items():
        yield Case("live pymcdm", f"{name} weights", both(weigh(name), getattr(pymcdm.weights, f"{theirs}_weights")))
    yield Case("live pymcdm", "merec weights", both(weigh("merec"), lambda x: pymcdm.weights.merec_weights(x, np.ones(x.shape[1]))))
    yield Case("live pymcdm", "critic weights", both(lambda x: WEIGHT["critic"].kernel(minmax(x)), pymcdm.weights.critic_weights))
    skc: Mapping[str, Any] = {
        "equal": EqualWeighter(),
        "entropy": EntropyWeighter(),
        "standard_deviation": StdWeighter(),
        "gini": GiniWeighter(),
        "merec": MEREC(),
    }
    for name, weighter in skc.items():
        yield Case("live scikit-criteria", f"{name} weights", both(weigh(name), lambda x, of=weighter: of.transform(decision(x)).weights))
    scaled = CRITIC(scale=True)
    theirs_scaled: Call = lambda x: scaled.transform(decision(x)).weights  # noqa: E731
    yield Case("live scikit-criteria", "critic weights", both(lambda x: WEIGHT["critic"].kernel(minmax(x)), theirs_scaled))
    yield Case("live scikit-learn", "pca weights", both(weigh("pca"), first_component), relative=1e-8)


def first_component(x: Matrix) -> Matrix:
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return PCA(n_components=1, svd_solver="full").fit(z).components_[0] ** 2


def normalise(name: str, x: Matrix, sense: Matrix | None = None) -> Matrix:
    parameters = {"mean": 0.0, "sd": 1.0} if name == "zscore" else {}
    return NORMALISE[name].kernel(x, x, np.ones(x.shape[1], bool) if sense is None else sense > 0, **parameters)


def normalisations() -> Iterator[Case]:
    theirs = {
        "minmax": pymcdm.normalizations.minmax_normalization,
        "vector": pymcdm.normalizations.vector_normalization,
        "sum": pymcdm.normalizations.sum_normalization,
    }
    for name, function in theirs.items():

        def columns(x: Matrix, function: Any = function) -> Matrix:
            return np.array([function(column, cost=d < 0) for column, d in zip(x.T, directions(x), strict=True)]).T

        yield Case("live pymcdm", f"{name} scores", both(lambda x, name=name: normalise(name, x, directions(x)), columns))
    scalers = {"minmax": MinMaxScaler, "vector": VectorScaler, "sum": SumScaler, "fraction_of_max": MaxAbsScaler}
    for name, scaler in scalers.items():
        theirs_of: Call = lambda x, of=scaler: of(target="matrix").transform(decision(x)).matrix.to_numpy()  # noqa: E731
        yield Case("live scikit-criteria", f"{name} scores", both(lambda x, name=name: normalise(name, x), theirs_of))
    yield Case("live scipy", "zscore scores", both(lambda x: normalise("zscore", x), lambda x: scipy.stats.zscore(x, axis=0, ddof=1)))
    for name, ties in (("rank", "min"), ("borda", "min")):
        less = int(name == "borda")
        ranked: Call = lambda x, ties=ties, less=less: scipy.stats.rankdata(x * directions(x), ties, axis=0) - less  # noqa: E731
        yield Case("live scipy", f"{name} scores", both(lambda x, name=name: normalise(name, x, directions(x)), ranked))
    prank: Call = lambda x: (scipy.stats.rankdata(x, "min", axis=0) - 1) / (len(x) - 1)  # noqa: E731
    yield Case("live scipy", "percentile_rank scores", both(lambda x: normalise("percentile_rank", x), prank))


def combined(name: str, x: Matrix, **parameters: Any) -> Matrix:
    return np.asarray(AGGREGATE[name].kernel(x, weights_for(x)[None, :], **parameters))


def aggregations() -> Iterator[Case]:
    def one(x: Matrix) -> Matrix:
        return np.ones(x.shape[1])

    plain = pymcdm.methods.TOPSIS(normalization_function=lambda column, cost: column)
    yield Case(
        "live pymcdm",
        "topsis of the scores as they are",
        both(lambda x: combined("topsis", x), lambda x: plain(x, weights_for(x), one(x), validation=False)),
    )
    vector = pymcdm.methods.TOPSIS(normalization_function=pymcdm.normalizations.vector_normalization)
    yield Case(
        "live pymcdm",
        "topsis of vector scores, some better when lower",
        both(
            lambda x: combined("topsis", normalise("vector", x, directions(x))),
            lambda x: vector(x, weights_for(x), directions(x), validation=False),
        ),
    )
    for v in (0.5, 0.2):
        vikor = pymcdm.methods.VIKOR(v=v)
        theirs: Call = lambda x, of=vikor: 1 - of(x, weights_for(x), directions(x), validation=False)  # noqa: E731
        yield Case("live pymcdm", f"vikor, v = {v}", both(lambda x, v=v: combined("vikor", x * directions(x), v=v), theirs))
    wsm = pymcdm.methods.WSM(normalization_function=pymcdm.normalizations.minmax_normalization)
    yield Case(
        "live pymcdm",
        "arithmetic mean of min-max scores",
        both(
            lambda x: combined("arithmetic", normalise("minmax", x, directions(x))),
            lambda x: wsm(x, weights_for(x), directions(x), validation=False),
        ),
    )
    wpm = pymcdm.methods.WPM(normalization_function=pymcdm.normalizations.sum_normalization)
    yield Case(
        "live pymcdm",
        "geometric mean of sum scores",
        both(
            lambda x: combined("geometric", normalise("sum", x, directions(x))),
            lambda x: wpm(x, weights_for(x), directions(x), validation=False),
        ),
    )
    yield Case(
        "live scikit-criteria", "topsis", both(lambda x: combined("topsis", x), lambda x: TOPSIS().evaluate(decision(x)).e_.similarity)
    )
    for v in (0.5, 0.2):
        theirs = lambda x, v=v: 1 - VIKOR(v=v, use_compromise_set=False).evaluate(decision(x, directions(x))).e_.q_k  # noqa: E731
        yield Case("live scikit-criteria", f"vikor, v = {v}", both(lambda x, v=v: combined("vikor", x * directions(x), v=v), theirs))
    yield Case(
        "live scikit-criteria",
        "arithmetic mean",
        both(lambda x: combined("arithmetic", x), lambda x: WeightedSumModel().evaluate(decision(x)).e_.score),
    )
    log10_of: Call = lambda x: np.log10(combined("geometric", x))  # noqa: E731
    yield Case("live scikit-criteria", "geometric mean", both(log10_of, lambda x: WeightedProductModel().evaluate(decision(x)).e_.score))
    yield Case(
        "live scipy",
        "geometric mean",
        both(lambda x: combined("geometric", x), lambda x: scipy.stats.gmean(x, axis=1, weights=weights_for(x))),
    )
    yield Case(
        "live scipy",
        "harmonic mean",
        both(lambda x: combined("harmonic", x), lambda x: scipy.stats.hmean(x, axis=1, weights=weights_for(x))),
    )
    for p in (-2.0, 0.5, 3.0):
        theirs = lambda x, p=p: scipy.stats.pmean(x, p, axis=1, weights=weights_for(x))  # noqa: E731
        yield Case("live scipy", f"power mean, p = {p:g}", both(lambda x, p=p: combined("power", x, p=p), theirs))


def rankings() -> Iterator[Case]:
    """Places of the means of whole numbers, where ties occur, and of TOPSIS beside the peer's own places."""
    for name, theirs in (("competition", "min"), ("dense", "dense"), ("average", "average")):

        def ours(x: Matrix, name: str = name) -> Matrix:
            return RANK[name].kernel(x.mean(axis=1), True)

        def peer(x: Matrix, theirs: str = theirs) -> Matrix:
            return scipy.stats.rankdata(-significant(x.mean(axis=1)), theirs)

        yield Case("live scipy", f"{name} places", both(ours, peer))
    # scikit-criteria gives tied units different places: compared where no two are tied
    rank: Call = lambda x: RANK["competition"].kernel(combined("topsis", x), True) if untied(x) else np.zeros(0)  # noqa: E731
    theirs_rank: Call = lambda x: TOPSIS().evaluate(decision(x)).rank_ if untied(x) else np.zeros(0)  # noqa: E731
    yield Case("live scikit-criteria", "topsis places", both(rank, theirs_rank))


def untied(x: Matrix) -> bool:
    return len(np.unique(significant(combined("topsis", x)))) == len(x)


def moments() -> Iterator[Case]:
    def ours(x: Matrix) -> Matrix:
        return np.array(skewness_kurtosis(x.T))

    def theirs(x: Matrix) -> Matrix:
        kurtosis = scipy.stats.kurtosis(x, bias=False) if len(x) > 3 else np.full(x.shape[1], np.nan)  # undefined below four values
        return np.array([scipy.stats.skew(x, bias=False), kurtosis])

    yield Case("live scipy", "skewness and kurtosis", both(ours, theirs), relative=1e-8)


@cache
def live() -> tuple[Case, ...]:
    return tuple(_every())


def _every() -> Iterator[Case]:
    for build in (weights, normalisations, aggregations, rankings, moments):
        yield from build()
