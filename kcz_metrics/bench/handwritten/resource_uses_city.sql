-- Open resources of pilots that bodies from elsewhere have used or met over.
WITH used AS (
    SELECT resource_id, user_org_id, used_at
    FROM resource_use
    WHERE duplicate_of IS NULL AND status = 'verified' AND NOT is_bot
    UNION ALL
    SELECT resource_id, need.enterprise_id, stage2_at
    FROM docking JOIN need USING (need_id)
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2 AND resource_id IS NOT NULL
)

SELECT resource.city_id AS unit, year(used_at) AS year, count(DISTINCT resource_id) AS shared_used
FROM used
JOIN resource USING (resource_id)
LEFT JOIN org ON org.org_id = user_org_id
WHERE resource.duplicate_of IS NULL AND resource.status = 'verified' AND is_shared AND resource.city_id IS NOT NULL
    AND user_org_id NOT IN (entered_by_org_id, holder_org_id) AND org.city_id IS DISTINCT FROM resource.city_id
    AND used_at >= DATE '2020-01-01' AND used_at < DATE '2023-01-01'
GROUP BY ALL
