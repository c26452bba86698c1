WITH RECURSIVE merged AS MATERIALIZED (
    SELECT org_id, merged_into, coalesce(merged_at, DATE '1900-01-01') AS merged_at
    FROM org
    WHERE status = 'merged' AND NOT merged_into IS NULL
),

chain AS (
    SELECT org_id, merged_into AS successor_id, merged_at AS since, 1 AS steps
    FROM merged

    UNION ALL

    SELECT chain.org_id, merged.merged_into, greatest(chain.since, merged.merged_at), chain.steps + 1
    FROM chain
    JOIN merged ON merged.org_id = chain.successor_id
    WHERE merged.merged_into <> chain.org_id AND chain.steps < 10
)

SELECT
    org_id AS merged_org_id,
    successor_id,
    since AS succeeded_from,
    lead(since) OVER (PARTITION BY org_id ORDER BY since, steps) AS succeeded_to
FROM chain
