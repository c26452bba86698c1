chain AS (
    SELECT org_id, merged_into AS successor_id, coalesce(merged_at, DATE '1900-01-01') AS since, 1 AS steps
    FROM org
    WHERE status = 'merged' AND merged_into IS NOT NULL
    UNION ALL
    SELECT chain.org_id, org.merged_into, greatest(chain.since, coalesce(org.merged_at, DATE '1900-01-01')), steps + 1
    FROM chain JOIN org ON org.org_id = chain.successor_id
    WHERE org.status = 'merged' AND org.merged_into IS NOT NULL AND org.merged_into <> chain.org_id AND steps < 10
),

successors AS (
    SELECT org_id, successor_id, since, coalesce(lead(since) OVER (PARTITION BY org_id ORDER BY since, steps), DATE '9999-12-31') AS until
    FROM chain
)
