"""What pymcdm, scikit-criteria, pyDecision and lpSolve gave for the two invented sets and ASEM; and the Handbook's social choices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
from coinr_cases import Case, Pair
from peer_sets import ORACLES, S1, S2, SETS, PeerSet, Table, read, records

from kcz_metrics.methods import AGGREGATE, NORMALISE, WEIGHT
from kcz_metrics.methods.outrank import outranking
from kcz_metrics.methods.rank import average, significant

Matrix = np.ndarray
ADDED = "pyDecision adds 1e-10 to what it divides by: max − min, or min − max of a cost; y05, a cost, has a range of 0.0006"
#: Normalisations by the names that pymcdm's columns have.
SCALINGS = {"minmax": "minmax", "vector": "vector", "sum": "sum", "linear": "fraction_of_max"}


class Decision:
    """A matrix that the peers were given: the imputed values with costs, or scores from 1 to 100, all better when higher."""

    def __init__(self, data: PeerSet, kind: str) -> None:
        self.folder = data.folder / "mcdm"
        self.table = read(self.folder / f"matrix_{kind}.csv")
        self.kind, self.name = kind, data.name
        self.up = np.array([kind == "minmax1" or name in data.upward for name in self.table.columns])
        self.x = self.table.cells

    def scores(self, name: str) -> Matrix:
        return NORMALISE[name].kernel(self.x, self.x, self.up)

    def weights(self, name: str) -> Matrix:
        return WEIGHT[name].kernel(self.x)[None, :]

    def file(self, peer: str, name: str) -> Table:
        return read(self.folder / peer / self.kind / f"{name}.csv")


def of_column(decision: Decision, table: Table, column: str, found: Callable[[], Matrix], by_unit: bool) -> Pair:
    rows = decision.table.rows if by_unit else decision.table.columns
    return np.asarray(found()), table.at(rows, [column])[:, 0]


def weights(decision: Decision) -> Iterator[Case]:
    """MEREC looks at min/x, or x/max where lower is better: that is what ``fraction_of_max`` brings it. CRITIC brings columns to 0 to 1;
    pymcdm pays no heed to the direction there, the others do."""
    ours: dict[str, Callable[[], Matrix]] = {
        "equal": lambda: WEIGHT["equal"].kernel(decision.x),
        "entropy": lambda: WEIGHT["entropy"].kernel(decision.x),
        "standard_deviation": lambda: WEIGHT["standard_deviation"].kernel(decision.x),
        "gini": lambda: WEIGHT["gini"].kernel(decision.x),
        "merec": lambda: WEIGHT["merec"].kernel(decision.scores("fraction_of_max")),
        "critic": lambda: WEIGHT["critic"].kernel(decision.scores("minmax")),
    }
    peers = {
        "pymcdm": {name: f"{name}_weights" for name in ours},
        "skcriteria": {
            "entropy": "entropy",
            "standard_deviation": "std",
            "gini": "gini",
            "merec": "merec",
            "critic": "critic_pearson_scaled",
        },
        "pydecision": {"merec": "merec", "critic": "critic"},
    }
    for peer, columns in peers.items():
        table = decision.file(peer, "weights")
        for name, column in columns.items():
            if name in ("entropy", "merec") and (decision.x <= 0).any():
                continue  # undefined there: pymcdm refuses it, the others give NaN, and we say that the node takes no negative scores
            found = ours[name]
            if (peer, name, decision.kind) == ("pymcdm", "critic", "imputed"):
                found = lambda: WEIGHT["critic"].kernel(  # noqa: E731
                    NORMALISE["minmax"].kernel(decision.x, decision.x, np.ones(len(decision.up), bool))
                )
            make = partial(of_column, decision, table, column, found, False)
            case = Case(f"{decision.name} {peer}", f"{name} weights of {decision.kind}", make)
            small = (decision.name, peer, name, decision.kind) == ("s2", "pydecision", "critic", "imputed")
            yield replace(case, differing=12, why=ADDED) if small else case


def rankings(decision: Decision) -> Iterator[Case]:
    for weighting in ("equal", "entropy"):
        if not (decision.folder / "pymcdm" / decision.kind / f"preference_{weighting}.csv").exists():
            continue  # entropy weights of negative values, which pymcdm refuses
        scores, places = decision.file("pymcdm", f"preference_{weighting}"), decision.file("pymcdm", f"rank_{weighting}")
        w = decision.weights(weighting)
        found: dict[str, Matrix] = {}
        for label, name in SCALINGS.items():
            y = decision.scores(name)
            for method, aggregate in (("TOPSIS", "topsis"), ("WSM", "arithmetic"), ("WPM", "geometric")):
                found[f"{method}_{label}"] = AGGREGATE[aggregate].kernel(y, w)
        turned = np.where(decision.up, decision.x, -decision.x)
        found["VIKOR"], found["VIKOR_v0.8"] = (1 - AGGREGATE["vikor"].kernel(turned, w, v=v) for v in (0.5, 0.8))
        for column, score in found.items():
            if column not in scores.columns:
                continue  # not defined for negative values
            what = f"{column}, {weighting} weights, {decision.kind}"
            ranked = average(significant(-score if column.startswith("VIKOR") else score))
            ours: Callable[[], Matrix] = lambda score=score: score  # noqa: E731
            our_places: Callable[[], Matrix] = lambda ranked=ranked: ranked  # noqa: E731
            yield Case(f"{decision.name} pymcdm", what, partial(of_column, decision, scores, column, ours, True))
            if column in places.columns and not column.startswith("VIKOR"):  # pymcdm ranks VIKOR's Q itself, which the scores above are
                yield Case(f"{decision.name} pymcdm", f"places by {what}", partial(of_column, decision, places, column, our_places, True))
    w = decision.weights("equal")
    turned = np.where(decision.up, decision.x, -decision.x)
    by_vector = AGGREGATE["topsis"].kernel(decision.scores("vector"), w)
    q = 1 - AGGREGATE["vikor"].kernel(turned, w)
    mean = AGGREGATE["arithmetic"].kernel(decision.scores("minmax"), w)
    for peer, columns in {
        "skcriteria": {"TOPSIS_vector_similarity": by_vector, "VIKOR_q_k": q, "WSUM_minmax_score": mean},
        "pydecision": {"TOPSIS": by_vector, "VIKOR_Q": q},
    }.items():
        table = decision.file(peer, "results_equal")
        for column, score in columns.items():
            ours = lambda score=score: score  # noqa: E731
            yield Case(f"{decision.name} {peer}", f"{column} of {decision.kind}", partial(of_column, decision, table, column, ours, True))


def envelopes(data: PeerSet) -> Iterator[Case]:
    """Scores agree; weights need not, where several are best."""
    x = read(data.folder / "05_normalise/n_minmax_1_100.csv")
    y, m = x.at(x.rows, data.leaves), len(data.leaves)
    for form, bounds in (("free", {}), ("shares", {"minimum_share": 0.5 / m, "maximum_share": 2 / m})):
        expected = read(data.folder / f"09_weights/bod_{form}_minmax1_100_lpSolve.csv")

        def compare(bounds: dict[str, float] = bounds, expected: Table = expected) -> Pair:
            found = (WEIGHT["benefit_of_the_doubt"].kernel(y, **bounds) * y).sum(axis=1)
            return found, expected.at(x.rows, ["bod_score"])[:, 0]

        yield Case(f"{data.name} lpSolve", f"benefit of the doubt, {form}", compare)


def components(data: PeerSet) -> Iterator[Case]:
    """COINr's weights are the signed loadings of the first component of each node's children; the sign as a whole is arbitrary."""

    def compare() -> Pair:
        scores = read(data.folder / "06_aggregate/a_amean_minmax0_100.csv")
        structure = data.run().run.structure
        ours, theirs = [], []
        for path in sorted(data.folder.glob("09_weights/pca_level*_by_group_weights.csv")):
            given = {row["iCode"]: float(row["Weight"]) for row in records(path) if row["Level"] == path.name[9]}
            for branch in structure.branches:
                names = [structure.nodes[i] for i in branch.children]
                if set(names) <= set(given) and len(names) > 1:
                    loadings = np.array([given[name] for name in names])
                    ours.append(WEIGHT["pca"].kernel(scores.at(scores.rows, names)))
                    theirs.append(loadings**2 / (loadings**2).sum())
        return np.concatenate(ours), np.concatenate(theirs)

    yield Case(data.name, "pca squared loadings", compare, relative=1e-8)


def social_choices() -> Iterator[Case]:
    """Worked examples of the OECD/JRC Handbook (2008), exact."""
    examples = {case["id"]: case for case in json.loads((ORACLES / "social_choice.json").read_text(encoding="utf-8"))["cases"]}
    for name in ("table25", "table28", "table31"):
        units, points, counts = profile(examples[name])
        expected = examples[name]["borda"]
        yield Case("social choice", f"Borda points of {name}", partial(_pair, points @ counts, [expected[u] for u in units]))
    for name in ("table25", "table28"):
        units, points, counts = profile(examples[name])
        shares = outranking(points, counts[None, :]) * counts.sum()
        pairs = [(i, j) for i in range(len(units)) for j in range(len(units)) if i != j]
        expected_of = examples[name]["outranking"]
        given = [expected_of[units[i] + units[j]] for i, j in pairs]
        yield Case("social choice", f"outranking of {name}", partial(_pair, [shares[i, j] for i, j in pairs], given))
    five = examples["table35_37"]
    shares = np.nan_to_num(outranking(np.array([five["data"][unit] for unit in five["units"]]), np.ones((1, 8))))
    rows = [five["outranking_rows"][unit] for unit in five["units"]]
    yield Case("social choice", "outranking of table35_37", partial(_pair, shares, rows))


def profile(case: dict[str, Any]) -> tuple[list[str], Matrix, Matrix]:
    """Units, their Borda points on every distinct order (unit, order), and how many indicators have that order."""
    orders = [list(order) for _, order in case["profile"]]
    units = sorted(orders[0])
    places = np.array([[len(order) - order.index(unit) for order in orders] for unit in units], float)
    return (
        units,
        NORMALISE["borda"].kernel(places, places, np.ones(places.shape[1], bool)),
        np.array([n for n, _ in case["profile"]], float),
    )


def _pair(found: Any, expected: Any) -> Pair:
    return np.array(found, float), np.array(expected, float)


@cache
def stored() -> tuple[Case, ...]:
    return tuple(_every())


def _every() -> Iterator[Case]:
    for data in (S1, S2):
        for kind in ("minmax1", "imputed"):
            decision = Decision(data, kind)
            yield from weights(decision)
            yield from rankings(decision)
    for data in SETS:
        yield from envelopes(data)
        yield from components(data)
    yield from social_choices()
