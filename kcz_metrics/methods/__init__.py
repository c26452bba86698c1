"""The methods by family: name → entry with parameters, kernel and labels. Adding one is a kernel, a row, a documentation entry and an
oracle."""

from kcz_metrics.methods.aggregate import AGGREGATE
from kcz_metrics.methods.entry import Array, Flags, MethodEntry, Parameters, Positions, look_up
from kcz_metrics.methods.impute import IMPUTE
from kcz_metrics.methods.normalise import NORMALISE
from kcz_metrics.methods.rank import RANK
from kcz_metrics.methods.transforms import TRANSFORMS
from kcz_metrics.methods.treat import TREAT
from kcz_metrics.methods.weight import WEIGHT

#: Family as the scheme names it → its methods.
FAMILIES = {"impute": IMPUTE, "treat": TREAT, "normalise": NORMALISE, "weights": WEIGHT, "aggregate": AGGREGATE, "rank": RANK}

__all__ = [
    "AGGREGATE",
    "FAMILIES",
    "IMPUTE",
    "NORMALISE",
    "RANK",
    "TRANSFORMS",
    "TREAT",
    "WEIGHT",
    "Array",
    "Flags",
    "MethodEntry",
    "Parameters",
    "Positions",
    "look_up",
]
