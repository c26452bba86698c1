"""What a finding of the audit means and what to do next, in both languages; for the page and the printed report alike."""

from __future__ import annotations

from kcz_metrics.analysis.diagnosis_structure import ALPHA, CONFLICTING, COVERED, MISPLACED, OFF, REDUNDANT, SKEWNESS, ZEROS
from kcz_metrics.tables.labels import labels

#: Kind of finding to what it says of its subject.
MEANINGS = labels(
    not_told_apart=("相邻名次大多分不清先后", "Most neighbours in the ranking cannot be told apart"),
    unstable=("与上一期的名次很不一致", "The ranking agrees little with that of the period before"),
    reorders=(
        "不计某个对象（基期也不计）时，其他对象的先后会变",
        "Others change their order when some unit is left out, its base period too",
    ),
    hangs_on_size=("得分随规模变化", "Scores go with size"),
    unequal_groups=("得分的差异有相当部分在组与组之间", "Much of the variance of scores lies between groups"),
    against_index=("与总分反向", "Works against the index"),
    against_parent=("与所在维度反向", "Works against its own pillar"),
    few_values=("有值的评价对象偏少", "Few units have a value"),
    few_distinct=("几乎没有差别", "Hardly any difference between units"),
    influence_high=("实际影响超过权重的两倍", "Brings more than twice the influence that its weight intends"),
    influence_low=("实际影响不到权重的一半", "Brings less than half the influence that its weight intends"),
    alike=("与同级的一项几乎相同", "Says almost the same as a sibling"),
    in_conflict=("与同级的一项相冲突", "In conflict with a sibling"),
    misplaced=("与另一维度更相关", "Goes with another pillar more than with its own"),
    mostly_zero=("零值过半", "More than half are zero"),
    skewed_after=("处理后仍偏斜", "Still skewed after treatment"),
    low_alpha=("内部一致性低", "Low internal consistency"),
    several_components=("不止一个主成分", "More than one principal component"),
    weak_component=("第一主成分偏弱", "The first component explains little"),
    skewed_before=("原值偏斜，处理后已缓解", "Raw values are skewed; treatment has mended it"),
    drop=("建议删去", "Advised to drop"),
    merge=("建议并入同级的一项", "Advised to merge into a sibling"),
)
#: The same in a mark beside a figure that says what it is of.
SHORT = labels(
    not_told_apart=("多分不清先后", "mostly not told apart"),
    unstable=("与上期很不一致", "unstable"),
    reorders=("先后会变", "order changes"),
    hangs_on_size=("随规模变化", "goes with size"),
    unequal_groups=("组间差异大", "between groups"),
    against_index=("与总分反向", "against the index"),
    against_parent=("与维度反向", "against its pillar"),
    few_values=("有值偏少", "few values"),
    few_distinct=("几乎无差别", "no difference"),
    influence_high=("超过权重两倍", "over twice"),
    influence_low=("不到权重一半", "under half"),
    alike=("与同级几乎相同", "same as a sibling"),
    in_conflict=("与同级冲突", "conflict"),
    misplaced=("更近别的维度", "other pillar"),
    mostly_zero=("零值过半", "mostly zero"),
    skewed_after=("仍偏斜", "still skewed"),
    low_alpha=("一致性低", "low alpha"),
    several_components=("不止一个主成分", "several components"),
    weak_component=("第一主成分偏弱", "weak first component"),
    skewed_before=("已缓解", "mended"),
    drop=("删去", "drop"),
    merge=("并入", "merge"),
)
#: Kind of finding to the limit that it passed.
LIMITS = labels(
    not_told_apart=("低于 25%", "below 25%"),
    unstable=("低于 0.5", "below 0.5"),
    reorders=("高于 0", "above 0"),
    hangs_on_size=("绝对值高于 0.5", "beyond ±0.5"),
    unequal_groups=("高于 14%", "above 14%"),
    against_index=("低于 0", "below 0"),
    against_parent=("低于 0", "below 0"),
    few_values=(f"低于 {COVERED:.0%}", f"below {COVERED:.0%}"),
    few_distinct=("少于 3 个值", "fewer than 3 values"),
    influence_high=(f"高于权重的 {OFF:g} 倍", f"above {OFF:g} × weight"),
    influence_low=(f"低于权重的 1/{OFF:g}", f"below weight / {OFF:g}"),
    alike=(f"高于 {REDUNDANT}", f"above {REDUNDANT}"),
    in_conflict=(f"低于 {CONFLICTING}".replace("-", "−"), f"below {CONFLICTING}".replace("-", "−")),
    misplaced=(f"比本维度高 {MISPLACED} 以上", f"{MISPLACED} above its own"),
    mostly_zero=(f"高于 {ZEROS:.0%}", f"above {ZEROS:.0%}"),
    skewed_after=(f"绝对值高于 {SKEWNESS:g}", f"beyond ±{SKEWNESS:g}"),
    low_alpha=(f"低于 {ALPHA}", f"below {ALPHA}"),
    several_components=("多于 1 个", "more than 1"),
    weak_component=("低于 40%", "below 40%"),
    skewed_before=(f"绝对值高于 {SKEWNESS:g}", f"beyond ±{SKEWNESS:g}"),
    drop=("—", "—"),
    merge=("—", "—"),
)
#: Kind of finding to the next step.
STEPS = labels(
    not_told_apart=("看名次区间，按层级而不按名次下结论", "Look at the intervals; conclude by tier, not by place"),
    unstable=("看哪些指标变动大", "See which indicators moved"),
    reorders=("改用固定界限，或把基期的界限写成定值", "Normalise by fixed limits, or write those of the base period down"),
    hangs_on_size=("看指标是否除以规模", "See whether indicators are divided by size"),
    unequal_groups=("看各组差距，考虑分组评价", "See the gaps; consider ranking within groups"),
    against_index=("核对方向与口径", "Check its direction and definition"),
    against_parent=("核对方向，或换一个维度", "Check its direction, or move it"),
    few_values=("看缺在哪里，补报数据", "See where values are missing, have them reported"),
    few_distinct=("看口径，或试算删去", "See its definition, or try without it"),
    influence_high=("试算：影响等于意图的权重", "Try the weights that bring what is intended"),
    influence_low=("试算：影响等于意图的权重", "Try the weights that bring what is intended"),
    alike=("试算：并为一项", "Try with one of them"),
    in_conflict=("看两项的口径，是否此消彼长", "See whether one comes at the cost of the other"),
    misplaced=("看相关，考虑调整所属维度", "See the correlations; consider moving it"),
    mostly_zero=("看口径与报送", "See its definition and reporting"),
    skewed_after=("在方案里为它加变换或处理", "Give it a transform or treatment in the scheme"),
    low_alpha=("看组成，是否测量同一件事", "See whether its parts measure one thing"),
    several_components=("看组成，考虑拆分维度", "See its parts; consider splitting the pillar"),
    weak_component=("看组成，是否测量同一件事", "See whether its parts measure one thing"),
    skewed_before=("不必处理，可看前后分布", "Nothing to do; see it before and after"),
    drop=("试算：删去", "Try without it"),
    merge=("试算：并入", "Try with one of them"),
)
#: What each self-test tries, and what it means where it fails.
TESTS = labels(
    unit_of_measure=("换计量单位", "Unit of measure"),
    order=("换排列次序", "Order of rows"),
    dominated=("占优不落后", "Dominated units"),
    monotone=("变好不扣分", "Monotone"),
    doubled=("规模加倍", "Twice the size"),
)
TRIED = labels(
    unit_of_measure=("逐项把指标改以千分之一计，得分不应变", "Each indicator counted in thousandths: no score may move"),
    order=("把评价对象倒过来排，得分不应变", "Units in the opposite order: no score may move"),
    dominated=("每项都不差于另一个的，得分不应更低", "Nobody at least as good on everything may score lower"),
    monotone=("逐格把值改好 1%，得分不应降低", "A value 1% better may cost no points"),
    doubled=("把一个评价对象的数量与规模都加倍，得分不应变", "A unit with twice all its counts and sizes should score the same"),
)
FAILED = labels(
    unit_of_measure=("得分取决于计量单位：应先标准化再加总", "Scores hang on the unit of measure: normalise before adding up"),
    order=("得分取决于排列次序：这是程序的错，请报告", "Scores hang on the order of rows: an error, please report it"),
    dominated=("各项都不差的反而得分低：看反例里的方法", "A unit at least as good scores lower: see the methods of the example"),
    monotone=("值变好反而扣分：看这项指标的方向、界限与处理", "A better value costs points: see direction, limits and treatment"),
    doubled=(
        "规模大的得分更高：有指标按总量计，或除以不随规模增长的数；可能是有意的",
        "Larger units score higher: some indicator is a total, or divided by what does not grow along; it may be meant",
    ),
)
STATES = labels(green=("通过", "passed"), red=("有反例", "counterexample"), grey=("不适用", "nothing to test"))
