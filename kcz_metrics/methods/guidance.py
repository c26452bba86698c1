"""When to use each method and when not: what ``docs/methods.md`` says beside its formula. Every entry of every family has a row."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Guidance(NamedTuple):
    use: str
    avoid: str


def _table(**rows: tuple[str, str]) -> Mapping[str, Guidance]:
    return MappingProxyType({name: Guidance(*texts) for name, texts in rows.items()})


#: Family → method → guidance.
GUIDANCE: Final[Mapping[str, Mapping[str, Guidance]]] = MappingProxyType(
    {
        "impute": _table(
            none=("Holes are few, or honest: a mean re-scales weights over what is present.", "A node's method needs all its children."),
            zero=("Not reporting means that nothing was done.", "A value exists and was not collected: the unit is punished for it."),
            mean=("Few holes at random in a symmetric column.", "Skewed columns; many holes: it shrinks the spread."),
            median=("Few holes at random in a skewed column.", "Many holes: it shrinks the spread."),
            group_mean=("Units of a group are alike in this indicator.", "Groups of few units; a group without any value stays unfilled."),
            group_median=(
                "As group_mean, where a few units are far out.",
                "Groups of few units; a group without any value stays unfilled.",
            ),
            row_mean=("A unit's indicators go together: it is judged by its own level.", "The pillar's indicators are unrelated."),
            row_median=("As row_mean, where one of the unit's indicators is far out.", "The pillar's indicators are unrelated."),
            previous=("Slow-moving figures published late.", "The indicator is about this period's effort."),
            linear=("A gap inside a series, filled afterwards.", "The newest period: there is nothing after it to draw the line to."),
        ),
        "treat": _table(
            none=(
                "Goalposts or bands already bound a value; ranks are used.",
                "Min-max with one far value: all others end close together.",
            ),
            winsorise=("Columns both skewed and heavy-tailed under min-max or z-scores.", "The far value is the achievement looked for."),
            clip=("A rule that is easy to say: nothing counts beyond these quantiles.", "Few units: a quantile then rests on one or two."),
        ),
        "normalise": _table(
            minmax=(
                "One period, or a fixed base period; scores on a plain scale.",
                "Outliers left in; comparing periods each on their own.",
            ),
            goalposts=("Scores to be compared over years; ends set by policy.", "No defensible ends are known."),
            percentile_rank=("Only the order is trusted; heavy tails.", "Distances matter: close and far are the same step."),
            distance_to_max=("The leader is the yardstick.", "The leader is an outlier."),
            distance_to_reference=("A chosen unit is the yardstick.", "The reference may be the worst: its denominator is then 0."),
            distance_to_target=(
                "A target is set and being short of it is what counts.",
                "The target is out of sight of all units, or all have passed it: the scale then turns over.",
            ),
            fraction_of_max=("Ratio-scale values with a true zero.", "Values that may be 0 or negative."),
            bands=("Rules say which result earns which points.", "Fine differences matter: within a step there are none."),
            efficacy=("A pass mark and a good mark are set (60 and 100).", "No such marks are agreed."),
            zscore=(
                "Roughly symmetric columns; the spread should be the same for all.",
                "Geometric or harmonic means: scores turn negative.",
            ),
            rank=("Order only; simple to explain.", "Units come and go: everyone's score then moves."),
            borda=("Order only, summed over indicators as votes.", "Units come and go: everyone's score then moves."),
            vector=("Before TOPSIS, as in its original form.", "Negative values; scores that must fill a scale."),
            sum=("Shares of a total are what is compared.", "Values that may be negative; a total near 0."),
            none=("Values are already scores on the index's scale.", "Indicators in different units."),
        ),
        "weights": _table(
            given=("People have agreed what matters.", "Weights were never discussed: say equal, then."),
            equal=("No ground to prefer one child; a baseline for others.", "Children overlap: what is counted twice weighs twice."),
            entropy=("Children that tell units apart should count more.", "A rare event with most units at 0 takes nearly all the weight."),
            critic=("As entropy, but what repeats others should count less.", "Few units: correlations are then noise."),
            standard_deviation=("Spread alone should count.", "Children on different scales."),
            gini=("Inequality between units is the point.", "Scores that may be negative."),
            merec=(
                "A child counts by what its removal changes.",
                "Min-max: each child then has a score of 0, whose logarithm has no use, and all weigh the same.",
            ),
            pca=("One common dimension is believed in and seen in the data.", "Children that oppose or do not go together."),
            ahp=("Experts compare in pairs; the consistency ratio is at most 0.1.", "More than about nine children."),
            benefit_of_the_doubt=("Each unit should be seen in its best light.", "Weights must be the same for all, as in a competition."),
        ),
        "aggregate": _table(
            arithmetic=("A point here may make up for a point there.", "A failing pillar must not be made up for."),
            geometric=("Weakness should cost, and no child may be at 0.", "Zeros are common: one of them ends the score."),
            harmonic=("Weakness should cost still more; rates and ratios.", "Zeros are common: one of them ends the score."),
            power=("How far one child may make up for another is to be set.", "Missing children: the score is then missing."),
            minimum=("The chain is as strong as its weakest link.", "Noisy children: the noisiest decides."),
            mazziotta_pareto=(
                "Balance between children should count, and zeros occur.",
                "Fewer than three children; the better of two may cost more by its distance than it gives.",
            ),
            copeland=("Only who beats whom is trusted.", "A score that means something without the others."),
            topsis=("Near to the best and far from the worst both count.", "Units come and go: the ideal points then move."),
            vikor=(
                "A compromise between the sum and the worst regret.",
                "Units come and go, or a better value must never lower a score: best and worst move.",
            ),
        ),
        "rank": _table(
            competition=("Published rankings: equal is equal.", "Places must be used for arithmetic: use average."),
            dense=("Classes of merit with no places left out.", "How many are ahead should be read off the place."),
            average=("Correlating and averaging ranks.", "Readers expect whole places."),
            ordinal=("Seats must go to someone, and tie-break nodes are agreed.", "No tie-break ladder is declared: it is refused."),
        ),
    }
)

#: Family → method → what its formula leaves open, where there is such a thing.
NOTES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "treat": MappingProxyType(
            {
                "winsorise": "Of what `otherwise` may be: `log_ct` ln(x − min + a), a = 0.01·(max − min); `log_ct_orig` ln(x − min + 1); "
                "`log_ct_plus` as `log_ct` where skewness ≥ 0, else −ln(max − x + a); `log_gii` ln((max − 1)(x − min)/(max − min) + 1), "
                "for columns whose largest value is above 1, whatever the smallest: with a maximum of 1 or less it would turn the order "
                "round, so such a column stays as it was, marked `undefined`; `boxcox` (z^λ − 1)/λ of z = x − min + 1, ln z at λ = 0: the "
                "shift makes the smallest value 1, so that negative values need no care and λ acts on distances from the minimum."
            }
        ),
        "normalise": MappingProxyType(
            {
                "efficacy": "Points are of a scale of 0 to 100; on another scale `poor` gets its 60 % and `good` its upper end. Without "
                "`truncate` the line goes on: beyond `good` above the upper end, below `poor` under 60 % and, 1.5 times (good − poor) "
                "below it, under the lower end. With `truncate: true` scores are held at the two ends of the scale, not at 60."
            }
        ),
        "weights": MappingProxyType(
            {
                "entropy": "A child that is 0 for all units tells nobody apart and weighs nothing.",
                "benefit_of_the_doubt": "A child at 0 adds nothing and needs no weight. A unit whose children are all 0 scores 0, under "
                "equal weights. With `minimum_share` above 0 a child at 0 cannot have its share: the unit has no weights and its score is "
                "missing; so is that of a unit without any child's score.",
            }
        ),
        "aggregate": MappingProxyType(
            {
                "mazziotta_pareto": "M is the mean under the weights; S² = Σ w (x − M)²/Σ w · n/(n − 1) over the n children present that "
                "have weight, which is the sample variance where weights are equal, as published; the published form has no others. One "
                "child has no penalty. Where M is 0 and the children differ the score is missing."
            }
        ),
    }
)
