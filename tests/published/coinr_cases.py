"""COINr's numbers, stage by stage and alternative by alternative: each case gives what we find and what COINr wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from peer_sets import ASEM, PERIOD, SCALES, SETS, PeerSet, Table, agrees, matrix, nodes, number, read, records

from kcz_metrics.analysis.denominators import denominator_bias
from kcz_metrics.methods import AGGREGATE
from kcz_metrics.methods.outrank import outranking
from kcz_metrics.methods.statistics import skewness_kurtosis
from kcz_metrics.methods.treat import MARKS, boxcox
from kcz_metrics.scheme.models import Method, Screen
from kcz_metrics.scoring import Scorecard, score
from kcz_metrics.scoring import rescore as again
from kcz_metrics.scoring.block import block
from kcz_metrics.scoring.variants import Variants

Pair = tuple[np.ndarray, np.ndarray]

#: Of ASEM's 3,060 ranks one: TolMin is 5.1 in BGR and CZE and 5.1000000000000005 in GRC, 54.02298850574713 and ...715 when normalised. To
#: us,
#: comparing at 12 digits, the three share place 24; COINr puts GRC, lower by its rounding of -x, on 26.
TOLMIN = "TolMin of BGR, CZE, GRC: 54.02298850574713(.71): one place to us, two to COINr"
HALF = "pairs at exactly half of the weight, which COINr's sum puts 0.6e-16 below half for one of the two"
AT_WORST = "columns where the reference unit is the worst: denominator 0, which is missing with us and capped infinity with COINr"


@dataclass(frozen=True)
class Case:
    """``differing`` cells are known to differ, for the reason in ``why``; a test holds that number."""

    oracle: str
    name: str
    make: Callable[[], Pair]
    relative: float = 1e-9
    differing: int = 0
    why: str = ""

    def compare(self) -> tuple[int, int]:
        """Cells compared, cells equal."""
        return _compared(self)

    def __str__(self) -> str:
        return f"{self.oracle}-{self.name}"


@cache
def _compared(case: Case) -> tuple[int, int]:
    found, expected = case.make()
    assert found.shape == expected.shape
    same = agrees(found, expected, case.relative)
    return same.size, int(same.sum())


def method(name: str, **parameters: Any) -> Method:
    return Method(method=name, parameters=parameters)


def own(data: PeerSet, build: Callable[[dict[str, str]], Method]) -> dict[str, dict[str, Method]]:
    return {name: {"normalise": build(row)} for name, row in data.leaf_rows.items()}


def stage(card: Scorecard, data: PeerSet, name: str, table: Table, leaves: tuple[str, ...] | None = None) -> Pair:
    leaves = leaves or data.leaves
    return matrix(card, name, table.rows, leaves), table.at(table.rows, leaves)


def tree(card: Scorecard, table: Table, column: str = "score") -> Pair:
    names = [n for n in card.run.structure.nodes if n in table.columns]
    return nodes(card, column, table.rows, names), table.at(table.rows, names)


# ---- the whole pipeline -----------------------------------------------------------------------------------------------------------------


def pipeline(data: PeerSet) -> Iterator[Case]:
    card = data.run()
    files = {
        "denominated": "01_denominate/denominated.csv",
        "screened": "02_screen/screened_byNA.csv",
        "imputed": "03_impute/imputed_used_downstream.csv",
        "treated": "04_treat/treated_used_downstream.csv",
        "normalised": "05_normalise/n_minmax_0_100.csv",
    }
    for name, file in files.items():
        path = data.folder / file
        if path.exists():
            yield Case(data.name, f"pipeline {name}", lambda name=name, path=path: stage(card, data, name, read(path)))
    folder = data.folder
    yield Case(data.name, "pipeline scores", lambda: tree(card, read(folder / "06_aggregate/a_amean_minmax0_100.csv")))
    ranks = folder / "07_results/results_Full_ranks.csv"
    yield Case(data.name, "pipeline ranks", lambda: tree(card, read(ranks), "rank"), differing=int(data is ASEM), why=TOLMIN)
    yield Case(data.name, "effective weights", lambda: effective(data, card))
    yield Case(data.name, "points treated", lambda: points(data, card, "default_win5_logCT"))


def effective(data: PeerSet, card: Scorecard) -> Pair:
    rows = records(data.folder / "09_weights/eff_weights.csv")
    ours = dict(card.weights.select("node", "effective_weight").iter_rows())
    column = next(c for c in rows[0] if c.lower().startswith("effweight"))
    return np.array([ours[row["iCode"]] for row in rows]), np.array([number(row[column]) for row in rows])


def points(data: PeerSet, card: Scorecard, name: str) -> Pair:
    """Which cells were moved and how: 1 lowered, 2 raised, 3 transformed."""
    table = records(data.folder / f"04_treat/{name}_points.csv")
    words = {"": 0, "winhi": 1, "winlo": 2}
    columns = [c for c in data.leaves if c in table[0]]
    expected = np.array([[words.get(row[c], 3) for c in columns] for row in table], float)
    marks = np.array([[MARKS.index(m) if m in MARKS else 0 for m in row] for row in _statuses(card, data, columns)], float)
    return marks, expected


def _statuses(card: Scorecard, data: PeerSet, columns: list[str]) -> list[list[str]]:
    wide = card.treated.pivot("indicator", index="unit", values="status").sort("unit")
    return [[row[c] for c in columns] for row in wide.iter_rows(named=True)]


# ---- alternatives, each on what the stage before gave -----------------------------------------------------------------------------------


def screens(data: PeerSet) -> Iterator[Case]:
    rules = {
        "byNA": Screen(minimum_coverage=data.coverage, coverage_by="count"),
        "byzeros": Screen(minimum_nonzero=0.7),
        "byNAandzeros": Screen(minimum_coverage=data.coverage, minimum_nonzero=0.7, coverage_by="count"),
    }
    given = "01_denominate/denominated.csv" if (data.folder / "01_denominate").exists() else "00_new_coin/raw.csv"
    if data is ASEM:
        given = "03_impute/imputed_used_downstream.csv"
    for name, rule in rules.items():
        card = data.run(table=read(data.folder / given), screen=rule)

        def compare(card: Scorecard = card, name: str = name) -> Pair:
            table = records(data.folder / f"02_screen/summary_{name}.csv")
            expected = np.array([row["Included"] == "TRUE" for row in table], float)
            passed = dict(zip(card.units["unit"], card.run.passed, strict=True))
            return np.array([passed[row["uCode"]] for row in table], float), expected

        yield Case(data.name, f"screen {name}", compare)


def imputations(data: PeerSet) -> Iterator[Case]:
    before = read(data.folder / ("01_denominate/denominated.csv" if data is ASEM else "02_screen/screened_byNA.csv"))
    methods = {
        "i_mean": method("mean"),
        "i_median": method("median"),
        "i_mean_grp": method("group_mean", by=data.group),
        "i_median_grp": method("group_median", by=data.group),
        "i_mean_byrow_level2": method("row_mean", within="pillar"),
        "i_median_byrow_level2": method("row_median", within="pillar"),
        "i_mean_byrow_all": method("row_mean", within="all"),
        "i_median_byrow_all": method("row_median", within="all"),
    }
    for name, chosen in methods.items():
        card = data.run(table=before, impute=chosen)
        yield Case(data.name, name, lambda card=card, name=name: stage(card, data, "imputed", read(data.folder / f"03_impute/{name}.csv")))


def treatments(data: PeerSet) -> Iterator[Case]:
    before = read(data.folder / "03_impute/imputed_used_downstream.csv")
    variants: dict[str, dict[str, Any]] = {
        "default_win5_logCT": {"max_points": 5, "otherwise": "log_ct"},
        "win1_logCT": {"max_points": 1, "otherwise": "log_ct"},
        "win3_logCT": {"max_points": 3, "otherwise": "log_ct"},
        "win3_logCT_combined": {"max_points": 3, "otherwise": "log_ct", "combine": True},
        "win5_logCTorig": {"max_points": 5, "otherwise": "log_ct_orig"},
        "win5_logCTplus": {"max_points": 5, "otherwise": "log_ct_plus"},
        "win5_strict_skew1_kurt2": {"max_points": 5, "skewness": 1.0, "kurtosis": 2.0, "otherwise": "log_ct"},
    }
    for name, parameters in variants.items():
        card = data.run(table=before, treat=method("winsorise", **parameters))
        file = data.folder / f"04_treat/{name}_data.csv"
        yield Case(data.name, f"treat {name}", lambda card=card, file=file: stage(card, data, "treated", read(file)))
        yield Case(data.name, f"points {name}", lambda card=card, name=name: points(data, card, name))
    x = before.at(before.rows, data.leaves)
    table = read(data.folder / "04_treat/boxcox_lambda0.5.csv")
    yield Case(data.name, "boxcox 0.5", lambda: (boxcox(x.T, 0.5).T, table.at(before.rows, data.leaves)))
    yield Case(data.name, "skewness and kurtosis", lambda: moments(data, x))


def moments(data: PeerSet, x: np.ndarray) -> Pair:
    rows = {row["iCode"]: row for row in records(data.folder / "04_treat/skew_kurt_before.csv")}
    skew, kurt = (next(c for c in next(iter(rows.values())) if word in c.lower()) for word in ("skew", "kurt"))
    expected = np.array([[number(rows[name][skew]), number(rows[name][kurt])] for name in data.leaves])
    return np.array(skewness_kurtosis(x.T)).T, expected


def normalisations(data: PeerSet) -> Iterator[Case]:
    before = read(data.folder / "04_treat/treated_used_downstream.csv")
    first = before.rows[0]
    whole, unit, shifted = SCALES["0_100"], SCALES["unit"], SCALES["1_100"]

    def case(
        file: str, scale: Any, chosen: Method | dict[str, dict[str, Method]], leaves: tuple[str, ...] | None = None, why: str = ""
    ) -> Case:
        settings = {"methods": chosen} if isinstance(chosen, dict) else {"normalise": chosen}
        card = data.run(table=before, scale=scale, **settings)
        label = f"{file}{' (upward columns)' if leaves else ''}"
        return Case(
            data.name, label, lambda: stage(card, data, "normalised", read(data.folder / f"05_normalise/{file}.csv"), leaves), why=why
        )

    yield case("n_minmax_0_100", whole, method("minmax"))
    yield case("n_minmax_1_100", shifted, method("minmax"))
    yield case("n_dist2max", unit, method("distance_to_max"))
    yield case("n_dist2ref_row1", unit, method("distance_to_reference", reference=first))
    capped = case("n_dist2ref_row1_capped", unit, method("distance_to_reference", reference=first, cap=True), why=AT_WORST)
    yield replace(capped, differing=180 if data is ASEM else 0)
    flipped = "COINr multiplies the others by −1 before: its scale has no meaning there"
    yield case("n_fracmax", unit, method("fraction_of_max"), data.upward, flipped)
    yield case("n_scaled_0_50", whole, method("goalposts", lower=0, upper=50, truncate=False), data.upward, flipped)
    yield case("n_prank", unit, method("percentile_rank"))
    yield case("n_borda", unit, method("borda"))
    yield case("n_rank_min", unit, method("rank"))
    yield case("n_rank_average", unit, method("rank", ties="average"))
    yield case("n_zscore_0_1", unit, method("zscore"))
    yield case("n_zscore_10_2", unit, method("zscore", mean=10, sd=2))

    def target(row: dict[str, str]) -> Method:
        return method("distance_to_target", target=number(row["Target"]), cap=row.get("dist2targ_cap_max") == "TRUE")

    yield case("n_dist2targ_iMeta", unit, own(data, target))
    if data is ASEM:
        return

    def post(row: dict[str, str]) -> Method:
        truncate = row["goalpost_trunc2posts"] == "TRUE"
        return method("goalposts", lower=number(row["goalpost_lower"]), upper=number(row["goalpost_upper"]), truncate=truncate)

    def scaled(row: dict[str, str]) -> Method:
        return method("goalposts", lower=number(row["scaled_lower"]), upper=number(row["scaled_upper"]), truncate=False)

    yield case("n_goalposts_iMeta", whole, own(data, post))
    yield case("n_minmax_iMeta", shifted, method("minmax"))
    yield case(
        "n_zscore_iMeta", unit, own(data, lambda row: method("zscore", mean=number(row["zscore_mean"]), sd=number(row["zscore_sd"])))
    )
    ten = SCALES["unit"].model_copy(update={"upper": 10})
    yield case("n_scaled_iMeta", ten, own(data, scaled), data.upward, flipped)


def aggregations(data: PeerSet) -> Iterator[Case]:
    folder = data.folder
    whole, shifted = (read(folder / f"05_normalise/n_minmax_{scale}.csv") for scale in ("0_100", "1_100"))
    raw = read(folder / "00_new_coin/raw.csv")
    taken = {name: {"normalise": method("goalposts", lower=0, upper=1, truncate=False)} for name in data.leaves}

    def upright(table: Table) -> dict[str, Any]:
        # the matrices are normalised already: take every column as it is, upward
        return {"table": table, "methods": taken, "scale": SCALES["unit"]}

    def case(file: str, settings: dict[str, Any], **changes: Any) -> Case:
        card = _upward(data, settings, changes)
        return Case(data.name, f"aggregate {file}", lambda: tree(card, read(folder / f"06_aggregate/{file}.csv")))

    yield case("a_amean_minmax0_100", upright(whole))
    yield case("a_amean_noweights", upright(whole), weights=method("equal"))
    yield case("a_gmean_minmax1_100", upright(shifted), aggregate=method("geometric"))
    yield case("a_hmean_minmax1_100", upright(shifted), aggregate=method("harmonic"))
    for p, label in ((-1, "-1"), (0.5, "0.5"), (2, "2")):
        yield case(f"a_genmean_p{label}_minmax1_100", upright(shifted), aggregate=method("power", p=p))
    yield case("mixed_amean_then_gmean_minmax1_100", upright(shifted), tree=_mixed(data))
    yield case("copeland_all_levels_minmax0_100", upright(whole), aggregate=method("copeland"))
    on_raw = data.run(table=raw, treat=method("none"))
    yield Case(
        data.name,
        "aggregate a_amean_missing_kept_minmax_of_raw",
        lambda: tree(on_raw, read(folder / "06_aggregate/a_amean_missing_kept_minmax_of_raw.csv")),
    )
    threshold = data.run(table=read(folder / "02_screen/screened_byNA.csv"), screen=Screen(coverage_by="count"), children_coverage=0.8)
    yield Case(
        data.name,
        "aggregate a_amean_datthresh0.8",
        lambda: tree(threshold, read(folder / "06_aggregate/a_amean_datthresh0.8_on_minmax_of_raw.csv")),
    )
    geometric = data.run(table=raw, scale=SCALES["1_100"], aggregate=method("geometric"))
    yield Case(
        data.name,
        "aggregate a_gmean_missing_kept",
        lambda: tree(geometric, read(folder / "06_aggregate/a_gmean_missing_kept_minmax1_of_raw.csv")),
    )
    noise = {"asem": (4, 10), "s1": (0, 0), "s2": (0, 4)}[data.name]
    yield Case(data.name, "outranking matrix", lambda: flat_outranking(data, whole), differing=noise[0], why=TOLMIN)
    yield Case(data.name, "copeland flat", lambda: flat_copeland(data, whole), differing=noise[1], why=HALF)


def _upward(data: PeerSet, settings: dict[str, Any], changes: dict[str, Any]) -> Scorecard:
    index = data.index(screen=None, impute=method("none"), treat=method("none"), scale=settings["scale"], **changes)
    scheme = data.scheme(index, settings["methods"], flat=True)
    upright = {name: i.model_copy(update={"direction": "up"}) for name, i in scheme.indicators.items()}
    return score(data.values(settings["table"]), index, PERIOD, scheme.model_copy(update={"indicators": upright}))


def _mixed(data: PeerSet) -> Any:
    """Arithmetic above the leaves, geometric above that."""

    def turn(node: Any) -> Any:
        if node.is_leaf:
            return node
        lowest = all(child.is_leaf for child in node.children)
        changes = {"children": tuple(turn(child) for child in node.children), "aggregate": method("arithmetic" if lowest else "geometric")}
        return node.model_copy(update=changes)

    return turn(data.tree())


def _flat(data: PeerSet, table: Table) -> tuple[np.ndarray, np.ndarray]:
    weights = [number(data.leaf_rows[name]["Weight"]) for name in data.leaves]
    return table.at(table.rows, data.leaves), np.array([weights])


def flat_outranking(data: PeerSet, table: Table) -> Pair:
    x, w = _flat(data, table)
    expected = read(data.folder / "06_aggregate/outrank_matrix_flat_minmax0_100.csv")
    found = outranking(x, w)
    cells = expected.at(table.rows, table.rows) if set(table.rows) <= set(expected.columns) else expected.cells
    off = ~np.eye(len(found), dtype=bool)
    return found[off], cells[off]


def flat_copeland(data: PeerSet, table: Table) -> Pair:
    x, w = _flat(data, table)
    expected = read(data.folder / "06_aggregate/copeland_flat_minmax0_100.csv")
    return AGGREGATE["copeland"].kernel(x, w), expected.at(table.rows, ["copeland"])[:, 0]


# ---- one element left out, weights ------------------------------------------------------------------------------------------------------


def left_out(data: PeerSet) -> Iterator[Case]:
    card = data.run()
    for path in sorted(data.folder.glob("08_leave_one_out/level*_scores.csv")):
        for column, suffix in (("score", "scores"), ("rank", "ranks")):
            file = path.with_name(path.name.replace("scores", suffix))

            def compare(file: Any = file, column: str = column) -> Pair:
                table = read(file)
                found = [
                    nodes(card if name == "Nominal" else again(card, {name: 0.0}), column, table.rows, ["Index"])[:, 0]
                    for name in table.columns
                ]
                return np.array(found).T, table.cells

            yield Case(data.name, f"leave one out {path.name[:6]} {suffix}", compare)

            def at_once(file: Any = file, column: str = column) -> Pair:
                table = read(file)
                nodes_out = tuple("" if name == "Nominal" else name for name in table.columns)
                found = block(card, Variants(len(nodes_out), leave_out=nodes_out, drawn=False))
                rows = [card.units["unit"].to_list().index(unit) for unit in table.rows]
                return (found.scores if column == "score" else found.ranks)[:, rows].T, table.cells

            yield Case(data.name, f"leave one out {path.name[:6]} {suffix}, as a block", at_once)


def denominators(data: PeerSet) -> Iterator[Case]:
    """What every indicator has to do with every denominator before it is divided; COINr prints two decimals."""
    path = data.folder / "01_denominate/denom_corr.csv"
    if not path.exists():
        return
    table = records(path)
    names = sorted({row["Denom"] for row in table})

    def compare() -> Pair:
        index = data.index()
        frame = denominator_bias(data.values(), index, data.scheme(index), PERIOD, names)
        found = {(i, d): r for i, d, r in frame.select("indicator", "denominator", "correlation").iter_rows()}
        return np.array([round(found[row["Ind"], row["Denom"]], 2) for row in table]), np.array([number(row["Corr"]) for row in table])

    yield Case(data.name, "denominator correlations", compare)


@cache
def cases() -> tuple[Case, ...]:
    return tuple(_of_sets())


def _of_sets() -> Iterator[Case]:
    for data in SETS:
        for build in (pipeline, denominators, screens, imputations, treatments, normalisations, aggregations, left_out):
            yield from build(data)
