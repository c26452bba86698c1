SELECT
    resource_id,
    entered_by_org_id,
    city_id,
    entered_at,
    least(
        coalesce(last_confirmed_at, entered_at) + INTERVAL 12 MONTH,
        coalesce(retired_at, TIMESTAMP '2999-12-31 00:00:00')
    ) AS fresh_until
FROM resource
WHERE _flaw IS NULL
