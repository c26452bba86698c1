WITH RECURSIVE linked AS (
    SELECT org_a AS org_id, org_b AS related_org_id, valid_from, coalesce(valid_to, DATE '2999-12-31') AS valid_to
    FROM org_relation
    WHERE relation IN ('branch', 'same_person') OR (relation IN ('control', 'share') AND coalesce(share_pct, CASE WHEN relation = 'control' THEN 100 END) >= $control_share_pct)

    UNION

    SELECT org_b, org_a, valid_from, coalesce(valid_to, DATE '2999-12-31')
    FROM org_relation
    WHERE relation IN ('branch', 'same_person') OR (relation IN ('control', 'share') AND coalesce(share_pct, CASE WHEN relation = 'control' THEN 100 END) >= $control_share_pct)
),

reached AS (
    SELECT org_id, related_org_id, valid_from, valid_to FROM linked

    UNION

    SELECT reached.org_id, linked.related_org_id, greatest(reached.valid_from, linked.valid_from), least(reached.valid_to, linked.valid_to)
    FROM reached
    JOIN linked ON linked.org_id = reached.related_org_id
    WHERE greatest(reached.valid_from, linked.valid_from) < least(reached.valid_to, linked.valid_to)
)

SELECT DISTINCT org_id, related_org_id, valid_from, valid_to
FROM reached
WHERE org_id <> related_org_id
