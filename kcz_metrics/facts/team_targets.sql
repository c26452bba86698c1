WITH medians AS (
    SELECT target.metric, target.year, org.org_class, median(target.planned) AS planned
    FROM team_target AS target
    JOIN service_team ON service_team.team_id = target.team_id
    JOIN org ON org.org_id = service_team.lead_org_id
    GROUP BY target.metric, target.year, org.org_class
)

SELECT
    target.team_id,
    target.year,
    target.metric AS target,
    make_date(target.year, 12, 31) AS due_on,
    target.planned,
    target.actual,
    before.planned AS median_planned_before,
    least(
        coalesce(target.actual, 0) / nullif(target.planned, 0),
        CASE WHEN target.planned < before.planned THEN 1 ELSE $attainment_cap END
    ) AS attainment
FROM team_target AS target
JOIN service_team ON service_team.team_id = target.team_id
LEFT JOIN org ON org.org_id = service_team.lead_org_id
LEFT JOIN medians AS before
    ON before.metric = target.metric AND before.year = target.year - 1 AND before.org_class = org.org_class
