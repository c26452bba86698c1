-- How far teams reached their targets; a target below the year before's median of the lead body's class gives no more than its own.
WITH planned AS (
    SELECT target.team_id, target.metric, target.year, org_class, target.planned, target.actual
    FROM team_target AS target
    JOIN service_team USING (team_id)
    LEFT JOIN org ON org.org_id = lead_org_id
),

medians AS (
    SELECT metric, year + 1 AS year, org_class, median(planned) AS before
    FROM planned
    WHERE org_class IS NOT NULL
    GROUP BY ALL
)

SELECT
    team_id AS unit,
    year,
    avg(least(coalesce(actual, 0) / nullif(planned, 0), CASE WHEN planned < before THEN 1 ELSE $attainment_cap END)) AS attainment
FROM planned
LEFT JOIN medians USING (metric, year, org_class)
WHERE year BETWEEN 2020 AND 2022
GROUP BY ALL
