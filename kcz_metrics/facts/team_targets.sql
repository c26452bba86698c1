WITH planned AS (
    SELECT target.team_id, target.year, target.metric, target.planned, target.actual, org.org_class
    FROM team_target AS target
    JOIN service_team ON service_team.team_id = target.team_id
    LEFT JOIN org ON org.org_id = service_team.lead_org_id
),

medians AS (
    SELECT metric, year, org_class, median(planned) AS planned
    FROM planned
    GROUP BY metric, year, org_class
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
FROM planned AS target
LEFT JOIN medians AS before
    ON before.metric = target.metric AND before.year = target.year - 1 AND before.org_class = target.org_class
