"""The scheme as frozen models. Reading, checking and writing stand beside this file; nothing here touches a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kcz_metrics.scheme.base import Bilingual, Id, Method, MethodSpec, Model, Name, Number, Scalar, Share, Where
from kcz_metrics.scheme.policies import Adjustment, Level, Tiers, Uncertainty
from kcz_metrics.scheme.selections import Selection
from kcz_metrics.scheme.targets import Target

__all__ = [
    "STAGES",
    "Adjustment",
    "Bilingual",
    "Bounds",
    "Denominate",
    "Id",
    "Index",
    "Indicator",
    "Level",
    "Measure",
    "Method",
    "MethodSpec",
    "MinimumN",
    "Model",
    "Name",
    "Node",
    "Number",
    "Override",
    "Periods",
    "Rank",
    "Scalar",
    "Scale",
    "Scheme",
    "Screen",
    "Selection",
    "Share",
    "Shrink",
    "Stage",
    "Target",
    "Tiers",
    "Uncertainty",
    "WeightRule",
    "Where",
]


class Measure(Model):
    """One aggregate over one fact."""

    fact: Id
    agg: Literal["count", "sum", "mean", "median", "quantile", "min", "max", "distinct", "diversity", "latest"]
    of: str | None = None
    q: Annotated[float, Field(gt=0, lt=1)] | None = None
    time: str | None = None
    window: Literal["period", "to_date", "trailing", "at_start", "at_end", "always"] = "period"
    months: Annotated[int, Field(gt=0)] | None = None
    where: Where = Field(default_factory=dict)
    at_least: Annotated[int, Field(ge=1)] | None = None
    at_least_of: str | None = None
    unit_key: Mapping[str, str] = Field(default_factory=dict)
    records: Literal["valid", "all"] = "valid"
    empty: Literal["zero", "missing"] | None = None
    name: Bilingual | None = None


class MinimumN(Model):
    of: Id
    at_least: Annotated[int, Field(ge=1)]
    else_: Literal["missing", "mark", "shrink"] = Field("mark", alias="else")


class Shrink(Model):
    n: Id
    strength: Annotated[float, Field(ge=0)]
    toward: Literal["group", "all"] = "group"


class Denominate(Model):
    by: str
    scale: Annotated[float, Field(gt=0)] = 1.0


class Indicator(Model):
    """A formula over measures, or a column of a file of values."""

    name: Bilingual | None = None
    definition: Bilingual | None = None
    safeguard: Bilingual | None = None
    formula: str | None = None
    column: str | None = None
    unit: str | Name | None = None
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    direction: Literal["up", "down"] = "up"
    floor: Number | None = None
    cap: Number | None = None
    denominate: Denominate | None = None
    #: Measures that are shown beside the value and do not enter it.
    beside: tuple[Id, ...] = ()
    transform: Literal["log", "log10", "log1p", "sqrt"] | None = None
    minimum_n: MinimumN | None = None
    shrink: Shrink | None = None
    applies_to: Where = Field(default_factory=dict)
    duty: bool = False
    impute: MethodSpec | None = None
    treat: MethodSpec | None = None
    normalise: MethodSpec | None = None
    owner: str | Name | None = None


class Node(Model):
    """A place in an index's tree; a leaf names an indicator. ``weight`` is relative within the parent: share × multiplier."""

    id: Id
    name: Bilingual | None = None
    weight: Annotated[float, Field(ge=0)] = 1.0
    multiplier: Annotated[float, Field(ge=0)] | None = None
    aggregate: MethodSpec | None = None
    weights: MethodSpec | None = None
    children_coverage: Share | None = None
    children: tuple[Node, ...] = ()

    @property
    def share(self) -> float:
        """The weight before its multiplier."""
        return self.weight / self.multiplier if self.multiplier else self.weight

    @property
    def is_leaf(self) -> bool:
        return not self.children

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


class Override(Model):
    """A unit taken in or left out by hand; in the file a bare id, the id with a reason, or ``{id: reason}`` for all of them."""

    unit: str
    reason: str | Name = ""


OverrideSpec = Annotated[Override, BeforeValidator(lambda v: {"unit": v} if isinstance(v, str) else v)]


def _listed(given: Any) -> Any:
    """``{unit: reason}`` as the list of overrides it stands for; anything else, and what is no reason, as it is."""
    if not isinstance(given, dict) or not all(reason is None or isinstance(reason, (str, dict)) for reason in given.values()):
        return given
    return tuple({"unit": unit, "reason": reason or ""} for unit, reason in given.items())


Overrides = Annotated[tuple[OverrideSpec, ...], BeforeValidator(_listed)]


class Screen(Model):
    minimum_coverage: Share = 0.0
    minimum_nonzero: Share = 0.0
    pillar_coverage: Share = 0.0
    coverage_by: Literal["weight", "count"] = "weight"
    required: tuple[Id, ...] = ()
    minimum_group: Annotated[int, Field(ge=0)] = 0
    include: Overrides = ()
    exclude: Overrides = ()


class Periods(Model):
    grain: Literal["year", "half", "quarter", "month"] = "year"


class Scale(Model):
    lower: Number = 0
    upper: Number = 100


class Rank(Model):
    ties: Literal["competition", "dense", "average", "ordinal"] = "competition"
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    tie_break: tuple[str, ...] = ()


class Bounds(Model):
    share: Share


class WeightRule(Model):
    """Units in their first months are weighed by one of the index's weight sets."""

    set: Id
    first_months: Annotated[int, Field(gt=0)]


Stage = Literal["denominate", "screen", "impute", "treat", "normalise", "aggregate", "adjust", "rank"]
STAGES: tuple[Stage, ...] = ("denominate", "screen", "impute", "treat", "normalise", "aggregate", "adjust", "rank")


class Index(Model):
    """A weighted tree of indicators over one kind of unit. ``tree`` is the root; its id is the index's id."""

    id: Id
    name: Bilingual | None = None
    definition: Bilingual | None = None
    unit: str
    group: str | None = None
    applies_to: Where = Field(default_factory=dict)
    periods: Periods = Periods()
    scale: Scale = Scale()
    stages: tuple[Stage, ...] = STAGES
    screen: Screen | None = None
    impute: MethodSpec = Method(method="none")
    treat: MethodSpec = Method(method="none")
    normalise: MethodSpec = Method(method="minmax")
    weights: MethodSpec = Method(method="given")
    aggregate: MethodSpec = Method(method="arithmetic")
    children_coverage: Share = 0.0
    mixed: bool = False
    rank: Rank = Rank()
    tree: Node
    weight_sets: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)
    weight_rules: tuple[WeightRule, ...] = ()
    bounds: Bounds | None = None
    adjust: tuple[Adjustment, ...] = ()
    uncertainty: Uncertainty | None = None
    tiers: Tiers | None = None

    @property
    def leaves(self) -> tuple[str, ...]:
        """Indicator ids in the order of the tree."""
        return tuple(n.id for n in self.tree.walk() if n.is_leaf)

    @property
    def pillars(self) -> tuple[Node, ...]:
        return tuple(n for n in self.tree.children if not n.is_leaf)


class Scheme(Model):
    """A version of ``indicators.yaml``. ``digest`` is the SHA-256 of the canonical content, not of the file's bytes."""

    edition: str
    title: Bilingual | None = None
    parameters: Mapping[str, Any] = Field(default_factory=dict)
    measures: Mapping[Id, Measure] = Field(default_factory=dict)
    indicators: Mapping[Id, Indicator] = Field(default_factory=dict)
    indices: Mapping[Id, Index] = Field(default_factory=dict)
    selections: Mapping[Id, Selection] = Field(default_factory=dict)
    targets: Mapping[Id, Target] = Field(default_factory=dict)
    #: Rule of the data checks to thresholds that stand in for the shipped ones; checked where the rules are.
    quality: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        content = self.model_dump(mode="json", exclude=None if self.quality else {"quality"})  # as before there was such a section
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
