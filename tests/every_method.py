"""Every method of every family, chosen with parameters that fit any values: what tests iterate over, so that no new one escapes."""

from __future__ import annotations

from typing import Any

from small_index import method

from kcz_metrics.methods import FAMILIES
from kcz_metrics.scheme.models import Method

#: Parameters of methods that need some, for three children and a unit called U0; a list gives several choices.
NEEDED: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("impute", "group_mean"): [{"by": "kind"}],
    ("impute", "group_median"): [{"by": "kind"}],
    ("normalise", "goalposts"): [{"lower": -1, "upper": 5}],
    ("normalise", "distance_to_reference"): [{"reference": "U0"}, {"reference": "U0", "cap": True}],
    ("normalise", "distance_to_target"): [{"target": 3.0}, {"target": 3.0, "cap": True}],
    ("normalise", "bands"): [{"steps": ((0, 40), (2, 70)), "otherwise": 100}],
    ("normalise", "efficacy"): [{"poor": 0, "good": 2}],
    ("weights", "ahp"): [{"matrix": ((1, 2, 4), (0.5, 1, 2), (0.25, 0.5, 1))}],
    ("aggregate", "power"): [{"p": p} for p in (-40, -1, 0, 0.5, 1, 3, 40)],
}
#: Further choices of methods that work without.
MORE: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("impute", "row_mean"): [{"within": "all"}],
    ("impute", "row_median"): [{"within": "all"}],
    ("impute", "previous"): [{"max_gap": 3}],
    ("impute", "linear"): [{"max_gap": 3}],
    ("treat", "winsorise"): [
        {"max_points": n, "otherwise": name, "combine": n == 1, "skewness": 0.5, "kurtosis": 0.5}
        for n in (0, 1, 5)
        for name in ("none", "log_ct", "log_ct_plus", "log_ct_orig", "log_gii", "boxcox")
    ]
    + [{"otherwise": "boxcox", "lambda": -2.0, "skewness": 0.1, "kurtosis": -3.0}],
    ("treat", "clip"): [{"lower_quantile": 0.2, "upper_quantile": 0.8}, {"lower_quantile": 0.5, "upper_quantile": 0.5}],
    ("normalise", "minmax"): [{"truncate": True}],
    ("normalise", "rank"): [{"ties": "average"}],
    ("normalise", "zscore"): [{"mean": 10, "sd": 2}],
    ("weights", "pca"): [{"form": "loadings"}],
    ("weights", "benefit_of_the_doubt"): [{"minimum_share": 0.1, "maximum_share": 0.6}],
    ("aggregate", "mazziotta_pareto"): [{"form": "plus"}],
    ("aggregate", "topsis"): [{"on_scale": True}],
    ("aggregate", "vikor"): [{"on_scale": True, "v": 0.0}, {"v": 1.0}],
}  # fmt: skip


def choices(family: str) -> list[Method]:
    """Every method of the family, with each of its sets of parameters. A new one that needs some must have them above."""
    found = []
    for name, entry in FAMILIES[family].items():
        usual = NEEDED[family, name] if any(f.is_required() for f in entry.parameters.model_fields.values()) else [{}]
        found += [method(name, **parameters) for parameters in (*usual, *MORE.get((family, name), ()))]
    return found


def label(chosen: Method) -> str:
    return "-".join([chosen.method, *(f"{k}={v}" for k, v in chosen.parameters.items() if k not in ("matrix", "steps"))])
