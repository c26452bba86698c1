SELECT
    org_id,
    joined_at,
    joined_at + INTERVAL 90 DAY AS matured_90d_at,
    referrer_org_id,
    first_action_at,
    coalesce(first_action_at <= joined_at + INTERVAL 90 DAY, FALSE) AS acted_within_90d,
    _flaw AS flaw
FROM org_residency
