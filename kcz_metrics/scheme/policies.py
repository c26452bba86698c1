"""What a scheme says of adjustments, uncertainty, tiers and selections. Read and checked here; carried out elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from kcz_metrics.scheme.base import Bilingual, Id, MethodSpec, Model, Number, Share, Where

Count = Annotated[int, Field(ge=0)]
Rounds = Annotated[int, Field(ge=1)]
Amount = Annotated[float, Field(ge=0)]


class Adjustment(Model):
    """What is added to or taken from a score after aggregation, or keeps a unit out of the ranking.

    ``when`` names a ``measure`` and operators on its value. ``formula`` gives points; ``cap`` is the most of them.
    """

    id: Id
    kind: Literal["veto", "deduction", "bonus"]
    name: Bilingual | None = None
    when: Mapping[str, Any] = Field(default_factory=dict)
    effect: Literal["not_ranked"] | None = None
    formula: str | None = None
    cap: Amount | None = None


class WeightDraws(Model):
    share: Share | None = None
    distribution: Literal["uniform", "dirichlet"] = "uniform"


class Uncertainty(Model):
    """What is varied to see how sure a rank is: alternatives of method, and the relative error of a value by its evidence."""

    weights: WeightDraws | None = None
    impute: tuple[MethodSpec, ...] = ()
    treat: tuple[MethodSpec, ...] = ()
    normalise: tuple[MethodSpec, ...] = ()
    aggregate: tuple[MethodSpec, ...] = ()
    leave_out: Literal["none", "indicator", "pillar"] = "none"
    evidence: Mapping[str, Amount] = Field(default_factory=dict)


class Level(Model):
    """A tier: so many ``seats``, or scores from ``at_least`` on."""

    id: Id
    name: Bilingual | None = None
    seats: Count | None = None
    at_least: Number | None = None


class Start(Model):
    period: str | None = None
    by: Literal["score"] | None = None
    file: str | None = None


class Smooth(Model):
    now: Amount
    before: Amount


class Fast(Model):
    gain: Number
    probability: Share


class Promote(Model):
    margin: Amount = 0.0
    rounds: Rounds = 1
    within_seats: bool = True
    pillar_minimum: Number | None = None
    fast: Fast | None = None


class Demote(Model):
    margin: Amount = 0.0
    rounds: Rounds = 1
    buffer: Share = 0.0
    buffer_minimum: Count = 0


class Limits(Model):
    levels_a_round: Rounds | None = None
    share_a_round: Share | None = None
    balanced: bool = False


class Balance(Model):
    by: str
    minimum: Mapping[str, Count]


class Candidate(Model):
    pillar: Id
    top: Rounds
    minimum: Mapping[Id, Number] = Field(default_factory=dict)
    rounds: Rounds = 1


class LevelRule(Model):
    """What holds for one level alone; in the file it stands under the level's id."""

    rise: Literal["rule", "decision"] = "rule"
    fall: Literal["rule", "decision"] = "rule"
    candidate: Candidate | None = None


class Exit(Model):
    grade_below: Id
    rounds: Rounds = 1
    rectify_months: tuple[Count, Count] | None = None
    ban_rounds: Count = 0


class Bottom(Model):
    by: str
    last: Rounds
    times: Rounds = 1
    within: Rounds = 1
    order: Literal["mean_of_bad"] = "mean_of_bad"


class Grade(Model):
    id: Id
    name: Bilingual | None = None
    at_least: Number | None = None
    share_at_most: Share | None = None


class Hold(Model):
    probability_below: Share


class Tiers(Model):
    """Bands of the index's score, best first: by ``seats`` (places in the ranking) or by ``at_least`` (score thresholds)."""

    levels: tuple[Level, ...] = ()
    start: Start | None = None
    smooth: Smooth | None = None
    promote: Promote | None = None
    demote: Demote | None = None
    limits: Limits | None = None
    balance: Balance | None = None
    entry: Mapping[Id, Number] = Field(default_factory=dict)
    #: By level id.
    rules: Mapping[Id, LevelRule] = Field(default_factory=dict)
    exit: Exit | None = None
    bottom: Bottom | None = None
    grades: tuple[Grade, ...] = ()
    hold: Hold | None = None

    @model_validator(mode="before")
    @classmethod
    def _rules_by_level(cls, given: Any) -> Any:
        """Take the keys that are ids of levels for their rules."""
        if not isinstance(given, Mapping) or not isinstance(given.get("levels"), (list, tuple)):
            return given
        ids = {level.get("id") for level in given["levels"] if isinstance(level, Mapping)}
        own = {key: value for key, value in given.items() if key in ids and key not in cls.model_fields}
        return {**{k: v for k, v in given.items() if k not in own}, "rules": own} if own else given


class Seats(Model):
    target: Count
    minimum: Count | None = None
    maximum: Count | None = None
    years: Rounds | None = None


class EvidenceShare(Model):
    classes: tuple[str, ...]
    at_least: Share


class Eligible(Model):
    minimum_score: Number | None = None
    registered_months: Count | None = None
    evidence_share: EvidenceShare | None = None
    cities: Count | None = None
    open_flags: Count | None = None
    where: Where = Field(default_factory=dict)


class Quota(Model):
    """Seats for the units of one value of a column (``by``), or for those that meet a filter (``where``)."""

    by: str | None = None
    where: Where = Field(default_factory=dict)
    seats: Count


class Selection(Model):
    """A choice of a fixed number of units of an index under quotas."""

    index: Id
    name: Bilingual | None = None
    seats: Seats
    eligible: Eligible = Eligible()
    at_most: tuple[Quota, ...] = ()
    at_least: tuple[Quota, ...] = ()
    prefer: Mapping[str, Number] = Field(default_factory=dict)
    ties: tuple[str, ...] = ()
    reserves: Count = 0
