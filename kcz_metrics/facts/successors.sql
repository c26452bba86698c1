WITH RECURSIVE chain AS (
    SELECT org_id, merged_into AS successor_id, coalesce(merged_at, DATE '1900-01-01') AS since, 1 AS steps
    FROM org
    WHERE status = 'merged' AND NOT merged_into IS NULL

    UNION ALL

    SELECT chain.org_id, org.merged_into, greatest(chain.since, coalesce(org.merged_at, DATE '1900-01-01')), chain.steps + 1
    FROM chain
    JOIN org ON org.org_id = chain.successor_id
    WHERE org.status = 'merged' AND NOT org.merged_into IS NULL AND org.merged_into <> chain.org_id AND chain.steps < 10
)

SELECT
    org_id AS merged_org_id,
    successor_id,
    since AS succeeded_from,
    lead(since) OVER (PARTITION BY org_id ORDER BY since, steps) AS succeeded_to
FROM chain
