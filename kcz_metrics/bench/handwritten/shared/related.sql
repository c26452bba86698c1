links AS (
    SELECT org_a AS org_id, org_b AS related_id, valid_from, coalesce(valid_to, DATE '2999-12-31') AS valid_to
    FROM org_relation
    WHERE relation IN ('branch', 'same_person')
        OR (relation = 'control' AND coalesce(share_pct, 100) >= $control_share_pct)
        OR (relation = 'share' AND share_pct >= $control_share_pct)
),

linked AS (
    SELECT * FROM links
    UNION
    SELECT related_id, org_id, valid_from, valid_to FROM links
),

reached AS (
    SELECT * FROM linked
    UNION
    SELECT reached.org_id, linked.related_id, greatest(reached.valid_from, linked.valid_from), least(reached.valid_to, linked.valid_to)
    FROM reached JOIN linked ON linked.org_id = reached.related_id
    WHERE greatest(reached.valid_from, linked.valid_from) < least(reached.valid_to, linked.valid_to)
),

related AS MATERIALIZED (
    SELECT * FROM reached WHERE org_id <> related_id
)
