WITH used AS (
    SELECT use_kind, use_id, resource_id, user_org_id, used_at
    FROM resource_use
    WHERE _flaw IS NULL AND NOT is_bot

    UNION ALL

    SELECT 'docking', docking.docking_id, docking.resource_id, need.enterprise_id, docking.stage2_at
    FROM docking
    JOIN need ON need.need_id = docking.need_id
    WHERE docking._flaw IS NULL AND docking.stage >= 2 AND NOT docking.resource_id IS NULL
)

SELECT
    used.use_kind,
    used.use_id,
    used.resource_id,
    used.user_org_id,
    used.used_at,
    resource.entered_by_org_id,
    resource.holder_org_id,
    resource.city_id,
    resource.is_shared,
    used.user_org_id NOT IN (resource.entered_by_org_id, resource.holder_org_id) AS by_others,
    coalesce(user_org.city_id IS DISTINCT FROM resource.city_id AND NOT resource.city_id IS NULL, FALSE) AS from_elsewhere
FROM used
JOIN resource ON resource.resource_id = used.resource_id AND resource._flaw IS NULL
LEFT JOIN org AS user_org ON user_org.org_id = used.user_org_id
