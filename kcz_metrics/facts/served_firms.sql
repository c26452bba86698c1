WITH served AS (
    SELECT docking.provider_org_id AS org_id, need.enterprise_id, min(docking.stage2_at) AS first_served_at
    FROM docking
    JOIN need ON need.need_id = docking.need_id
    WHERE docking._flaw IS NULL AND docking.stage >= 2
    GROUP BY docking.provider_org_id, need.enterprise_id
)

SELECT
    served.org_id,
    served.enterprise_id,
    served.first_served_at,
    served.first_served_at + INTERVAL 24 MONTH AS matured_24m_at,
    coalesce(
        enterprise.title_hitech_at >= served.first_served_at + INTERVAL 6 MONTH
        AND enterprise.title_hitech_at < served.first_served_at + INTERVAL 24 MONTH,
        FALSE
    )
    OR coalesce(
        enterprise.title_giant_at >= served.first_served_at + INTERVAL 6 MONTH
        AND enterprise.title_giant_at < served.first_served_at + INTERVAL 24 MONTH,
        FALSE
    ) AS titled
FROM served
JOIN enterprise ON enterprise.org_id = served.enterprise_id
