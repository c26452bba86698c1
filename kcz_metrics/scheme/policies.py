"""What a scheme says of adjustments, uncertainty and tiers. Read and checked here; carried out elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from kcz_metrics.scheme.base import Bilingual, Id, MethodSpec, Model, Number, Share

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
    #: Alternatives other than the index's own method stand in for what indicators have of their own too.
    over_own: bool = False
    leave_out: Literal["none", "indicator", "pillar"] = "none"
    evidence: Mapping[str, Amount] = Field(default_factory=dict)
    #: Half of the runs count the records that wait for verification too.
    unverified: bool = False


class Level(Model):
    """A tier: so many ``seats``, that ``share`` of the ranked units, scores from ``at_least`` on, or from ``of_mean`` times the mean on."""

    id: Id
    name: Bilingual | None = None
    seats: Count | None = None
    at_least: Number | None = None
    share: Share | None = None
    of_mean: Amount | None = None


class Start(Model):
    """The first tiers: by score in ``period`` (without one, the first there is), or as decided: a CSV file ``unit,tier``."""

    period: str | None = None
    by: Literal["score"] | None = None
    file: str | None = None


class Smooth(Model):
    """Weights of the period's score and of the one before, relative to their sum."""

    now: Amount
    before: Amount


class Fast(Model):
    """One round is enough after a gain of more than ``gain``, if a seat within those of the level above is that probable."""

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
    """``balanced``: who rises needs a seat, who falls needs somebody to take it. ``minimum_stay``: rounds between two moves of a unit.
    ``waiting_rounds``: how long a place on the waiting list holds once the unit is no longer high."""

    levels_a_round: Rounds | None = None
    share_a_round: Share | None = None
    balanced: bool = False
    minimum_stay: Rounds | None = None
    waiting_rounds: Count = 0


class Balance(Model):
    by: str
    minimum: Mapping[str, Count]


class Candidate(Model):
    pillar: Id
    top: Rounds
    minimum: Mapping[Id, Number] = Field(default_factory=dict)
    rounds: Rounds = 1


class Ballot(Model):
    """How a decision is voted on: of ``members`` at least ``quorum`` must take part, and the share ``majority`` of the votes cast,
    abstentions among them, must be for it; exactly as much is enough."""

    members: Rounds
    quorum: Rounds = 1
    majority: Share = 0.5


class LevelRule(Model):
    """What holds for one level alone; in the file it stands under the level's id. ``ballot``: where a decision raises to it or lowers from
    it, by proposal and vote."""

    rise: Literal["rule", "decision"] = "rule"
    fall: Literal["rule", "decision"] = "rule"
    candidate: Candidate | None = None
    ballot: Ballot | None = None


class Exit(Model):
    """Out after ``rounds`` in a row with a grade below ``grade_below``; with ``rectify_months`` (least, most) only if the re-check fails
    too. ``veto``: a veto means out at once. Nobody is back before ``ban_rounds`` are over."""

    grade_below: Id
    veto: bool = True
    rounds: Rounds = 1
    rectify_months: tuple[Count, Count] | None = None
    ban_rounds: Count = 0


class Bottom(Model):
    """Out: among the ``last`` of its group in ``times`` of ``within`` rounds; at most ``at_most`` a round, the lowest mean of the scores in
    those rounds first. Nobody is back before ``ban_rounds`` are over, without them not at all by this rule."""

    by: str | None = None
    last: Rounds
    times: Rounds = 1
    within: Rounds = 1
    order: Literal["mean_of_bad"] = "mean_of_bad"
    at_most: Rounds | None = None
    ban_rounds: Count | None = None


class Grade(Model):
    id: Id
    name: Bilingual | None = None
    at_least: Number | None = None
    share_at_most: Share | None = None


class Hold(Model):
    probability_below: Share


class Review(Model):
    """How a round is decided. ``two_people``: who closes it has decided nothing in it."""

    two_people: bool = False


class Tiers(Model):
    """Bands of the index's score, best first: by ``seats`` (places in the ranking), ``share`` of the units, ``at_least`` (thresholds),
    ``of_mean`` (of the mean, or of the unit ``reference``), or by ``breaks`` between groups that lie close together (unofficial).

    With ``promote`` or ``demote`` they have a memory, see ``decisions.replay``; without, every period is divided anew.
    """

    levels: tuple[Level, ...] = ()
    breaks: Literal["natural"] | None = None
    reference: str | None = None
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
    review: Review | None = None

    @property
    def remembers(self) -> bool:
        """Whether where a unit stands depends on where it stood."""
        return self.promote is not None or self.demote is not None

    @model_validator(mode="before")
    @classmethod
    def _rules_by_level(cls, given: Any) -> Any:
        """Take the keys that are ids of levels for their rules."""
        if not isinstance(given, Mapping) or not isinstance(given.get("levels"), (list, tuple)):
            return given
        ids = {level.get("id") for level in given["levels"] if isinstance(level, Mapping)}
        own = {key: value for key, value in given.items() if key in ids and key not in cls.model_fields}
        return {**{k: v for k, v in given.items() if k not in own}, "rules": own} if own else given
