"""Weights of a node's children. A kernel takes the children's scores, (..., unit, child), and gives weights that add up to 1, (..., child);
where a method finds nothing to tell the children apart, they weigh the same."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from kcz_metrics.methods import statistics
from kcz_metrics.methods.entry import Array, MethodEntry, Parameters, family
from kcz_metrics.methods.envelope import BenefitOfTheDoubt, benefit_of_the_doubt
from kcz_metrics.methods.statistics import ratio
from kcz_metrics.tables.labels import Label

#: Saaty's random consistency index by size of the matrix (Saaty 1980; sizes 1 to 15).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


#: The least number above 0, whose logarithm times 0 is 0.
_LEAST = 5e-324
#: Judgements up to this consistency ratio pass (Saaty 1980); and how far a_ij·a_ji may be from 1, for judgements written with two decimals.
ACCEPTED_RATIO, RECIPROCAL = 0.1, 0.02


class Pca(Parameters):
    form: Literal["squared", "loadings"] = "squared"


class Ahp(Parameters):
    """``matrix``: pairwise comparisons in the order of the children, a_ij > 0 and a_ji = 1/a_ij."""

    matrix: Annotated[tuple[tuple[float, ...], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _reciprocal(self) -> Ahp:
        a = self.matrix
        if any(len(row) != len(a) for row in a):
            raise ValueError("matrix must be square")
        if any(a[i][j] <= 0 or abs(a[i][j] * a[j][i] - 1) > RECIPROCAL for i in range(len(a)) for j in range(len(a))):
            raise ValueError("matrix must be positive with a_ji = 1/a_ij")
        return self


def shares(w: Array) -> Array:
    """``w`` scaled to add up to 1; equal where it adds up to nothing."""
    w = np.where(np.isnan(w), 0.0, w)
    scaled = ratio(w, w.sum(axis=-1, keepdims=True))
    return np.where(np.isnan(scaled), 1.0 / w.shape[-1], scaled)


def given(x: Array, w: Array) -> Array:
    return shares(w)


def equal(x: Array) -> Array:
    return np.full(x.shape[:-2] + x.shape[-1:], 1.0 / x.shape[-1])


def entropy(x: Array) -> Array:
    """(1 - e)/Σ(1 - e), e = -Σ p ln p / ln n, p = x/Σx; 0 ln 0 = 0. A child that is 0 throughout tells nobody apart and weighs nothing."""
    whole, n = statistics.totals(x)
    whole = np.where(whole == 0, np.nan, whole)

    def order(rows: slice) -> Array:
        with np.errstate(all="ignore"):
            p = x[..., rows, :] / whole[..., None, :]
        positive = np.min(p, initial=np.inf) > 0
        if not positive:
            p = np.where(p > 0, p, 0.0)
        logarithm = np.log(p if positive else np.maximum(p, _LEAST))
        logarithm *= p
        return statistics.plain_sum(logarithm)

    disorder = -sum(statistics.over_strips(x, order), np.zeros(whole.shape))
    e = np.where(np.isnan(whole), np.nan, ratio(disorder, np.log(np.maximum(n, 1.0))))
    divergence = np.where(np.isnan(e), 0.0, 1.0 - e)
    return shares(np.where(divergence > 1e-14, divergence, 0.0))


def correlation(x: Array) -> Array:
    """Pearson correlations of the columns over the units that have all of them; NaN for a constant column. Shape (..., child, child)."""
    return _correlation(x)[0]


def _correlation(x: Array) -> tuple[Array, Array | None]:
    """Correlations, and the standard deviations that come with them where nothing is missing."""
    missing = np.isnan(statistics.plain_sum(x)).any()
    if missing:
        x = np.where(np.isnan(x).any(axis=-1, keepdims=True), np.nan, x)
    centre = statistics.mean(x)
    products = np.zeros((*x.shape[:-2], x.shape[-1], x.shape[-1]))
    for rows in statistics.strips(x, 8):  # products of matrices bring threads of their own
        d = x[..., rows, :] - centre[..., None, :]
        d = np.where(np.isnan(d), 0.0, d) if missing else d
        products += np.swapaxes(d, -1, -2) @ d
    square = np.diagonal(products, axis1=-2, axis2=-1)
    length = np.where(statistics.constant(x, square, centre), 0.0, np.sqrt(square))
    r = np.clip(ratio(products, length[..., :, None] * length[..., None, :]), -1.0, 1.0)
    return r, None if missing else ratio(length, np.sqrt(max(x.shape[-2] - 1.0, 0.0)))


def critic(x: Array) -> Array:
    """σ_j Σ_k (1 - r_jk), of the scores as they are."""
    r, spread = _correlation(x)
    conflict = np.where(np.isnan(r), 0.0, 1.0 - r).sum(axis=-1)
    return shares((statistics.deviation(x) if spread is None else spread) * conflict)


def standard_deviation(x: Array) -> Array:
    return shares(statistics.deviation(x))


def gini(x: Array) -> Array:
    """Gini coefficient of each child: Σ_i Σ_k |x_i - x_k| / (2 n² x̄), by order statistics."""
    n = statistics.count(x)
    ordered = np.sort(x, axis=-2)
    place = np.arange(1, x.shape[-2] + 1)[:, None]
    spread = statistics.total((2 * place - n[..., None, :] - 1) * ordered)
    return shares(ratio(spread, n * statistics.total(x)))


def merec(x: Array) -> Array:
    """Removal effects: Σ_i |S_i without j - S_i|, S = ln(1 + Σ|ln(min/x)|/m) (Keshavarz-Ghorabaee et al. 2021). Scores above 0."""
    least = ratio(statistics.minimum(x)[..., None, :], x)
    size = np.abs(np.log(least, out=np.zeros(least.shape), where=least > 0))
    size = np.where(np.isnan(x), 0.0, size)
    m = x.shape[-1]
    whole = size.sum(axis=-1, keepdims=True)
    effect = np.abs(np.log1p((whole - size) / m) - np.log1p(whole / m))
    return shares(np.where(np.isnan(x), 0.0, effect).sum(axis=-2))


def pca(x: Array, form: str = "squared") -> Array:
    """First component of the correlation matrix: squared loadings, or loadings turned so that they add up to more than 0."""
    r = correlation(x)
    r = np.where(np.isnan(r), 0.0, r)  # a constant child has no part in any component
    loadings = np.linalg.eigh(r)[1][..., -1]
    loadings = loadings * np.where(loadings.sum(axis=-1, keepdims=True) < 0, -1.0, 1.0)
    if form == "squared":
        return shares(loadings**2)
    # loadings that cancel out are no shares of anything
    whole, size = loadings.sum(axis=-1, keepdims=True), np.abs(loadings).sum(axis=-1, keepdims=True)
    return shares(np.where(np.abs(whole) <= 1e-9 * size, 0.0, loadings))


def ahp(x: Array, matrix: object) -> Array:
    """Principal eigenvector of the comparison matrix (Saaty 1980)."""
    return np.broadcast_to(_principal(np.array(matrix, float))[0], x.shape[:-2] + x.shape[-1:])


def _principal(matrix: Array) -> tuple[Array, float]:
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    return vector / vector.sum(), float(values[first].real)


def consistency_ratio(matrix: object) -> float:
    """(λ_max - n)/(n - 1) over the random index; judgements up to 0.1 pass as consistent (Saaty 1980). 0 for fewer than three children."""
    a = np.array(matrix, float)
    n = len(a)
    if n < 3:
        return 0.0
    return max(0.0, (_principal(a)[1] - n) / (n - 1)) / RANDOM_INDEX[min(n, len(RANDOM_INDEX)) - 1]


WEIGHT = family(
    MethodEntry("given", Label("给定权重", "Given"), Parameters, given, "w/Σw", "OECD/JRC Handbook 2008, step 6"),
    MethodEntry("equal", Label("等权", "Equal"), Parameters, equal, "1/m", "OECD/JRC Handbook 2008, step 6"),
    MethodEntry(
        "entropy",
        Label("熵权法", "Entropy"),
        Parameters,
        entropy,
        "(1 − e)/Σ(1 − e), e = −Σ p ln p/ln n",
        "Shannon 1948; pymcdm 1.4",
        nonnegative=True,
    ),
    MethodEntry("critic", Label("CRITIC 法", "CRITIC"), Parameters, critic, "σ_j Σ_k (1 − r_jk)", "Diakoulaki et al. 1995"),
    MethodEntry("standard_deviation", Label("标准差法", "Standard deviation"), Parameters, standard_deviation, "σ/Σσ", "pymcdm 1.4"),
    MethodEntry("gini", Label("基尼系数法", "Gini"), Parameters, gini, "Σ_i Σ_k |x_i − x_k|/(2 n² x̄)", "pymcdm 1.4", nonnegative=True),
    MethodEntry(
        "merec", Label("MEREC 法", "MEREC"), Parameters, merec, "Σ_i |S_i^{−j} − S_i|", "Keshavarz-Ghorabaee et al. 2021", nonnegative=True
    ),
    MethodEntry(
        "pca", Label("主成分法", "Principal component"), Pca, pca, "squared loadings of the first component", "Handbook 2008, step 6"
    ),
    MethodEntry("ahp", Label("层次分析法", "Analytic hierarchy"), Ahp, ahp, "principal eigenvector of `matrix`", "Saaty 1980"),
    MethodEntry(
        "benefit_of_the_doubt",
        Label("最优权重法（BoD）", "Benefit of the doubt"),
        BenefitOfTheDoubt,
        benefit_of_the_doubt,
        "per unit c: max Σ w y_c, Σ w y_k ≤ the scale's upper end for all k, w ≥ 0, shares of Σ w y_c within bounds",
        "Melyn and Moesen 1991; Cherchye et al. 2007",
        nonnegative=True,
        absolute=True,
    ),
)
