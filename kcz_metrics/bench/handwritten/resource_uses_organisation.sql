-- Resources that others than the body that entered them, or that holds them, have used or met over.
WITH RECURSIVE {successors},

used AS (
    SELECT resource_id, user_org_id, used_at
    FROM resource_use
    WHERE duplicate_of IS NULL AND status = 'verified' AND NOT is_bot
    UNION ALL
    SELECT resource_id, need.enterprise_id, stage2_at
    FROM docking JOIN need USING (need_id)
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2 AND resource_id IS NOT NULL
)

SELECT
    coalesce(successors.successor_id, entered_by_org_id) AS unit,
    year(used_at) AS year,
    count(DISTINCT resource_id) FILTER (WHERE user_org_id NOT IN (entered_by_org_id, holder_org_id)) AS resources_used
FROM used
JOIN resource USING (resource_id)
LEFT JOIN successors ON successors.org_id = entered_by_org_id AND CAST(used_at AS DATE) >= since AND CAST(used_at AS DATE) < until
WHERE resource.duplicate_of IS NULL AND resource.status = 'verified' AND entered_by_org_id IS NOT NULL
    AND used_at >= DATE '2020-01-01' AND used_at < DATE '2023-01-01'
GROUP BY ALL
