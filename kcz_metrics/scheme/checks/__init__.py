"""The rules of a good scheme. A rule looks at one thing and gives every issue it finds; none stops another."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kcz_metrics.errors import Issue
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks import (
    ids,
    indicators,
    judgements,
    left_out,
    measures,
    methods,
    names,
    policies,
    scales,
    selections,
    targets,
    tiers,
    trees,
    units,
)

Rule = Callable[[Context], Iterable[Issue]]

RULES: tuple[Rule, ...] = (
    ids.unique_ids,
    ids.node_ids,
    ids.reserved_ids,
    measures.aggregate_parts,
    measures.known_facts,
    measures.fact_columns,
    measures.fact_times,
    measures.fact_parameters,
    measures.unused_measures,
    indicators.formula_problems,
    indicators.formula_circles,
    indicators.one_source,
    indicators.measures_named,
    indicators.limits_in_order,
    indicators.same_query,
    trees.indices_there,
    trees.known_leaves,
    trees.index_circles,
    trees.leaf_keys,
    trees.weights,
    trees.weight_sets,
    trees.screened_nodes,
    trees.unused_indicators,
    methods.known_methods,
    methods.method_parameters,
    judgements.judged_nodes,
    judgements.room_for_shares,
    methods.transform_domain,
    methods.poor_and_good,
    methods.mixed_scales,
    methods.tiers_over_period,
    methods.stages_in_order,
    left_out.asked_of_a_stage_left_out,
    methods.scale_and_rank,
    scales.off_the_scale,
    scales.negative_scores,
    scales.marks_beyond,
    units.units_of_records,
    units.group_columns,
    units.applies_to,
    units.unit_keys,
    units.one_kind_of_source,
    policies.adjustments,
    tiers.tiers,
    selections.selections,
    policies.targets,
    targets.sources,
    targets.goals,
    targets.told,
    names.both_languages,
)
