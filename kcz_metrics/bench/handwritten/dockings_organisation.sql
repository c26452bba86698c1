-- Dockings of the bodies that provide: six measures over four dates, and the pilots with two meetings or more.
WITH RECURSIVE {successors},

judged AS MATERIALIZED (
    SELECT
        coalesce(successors.successor_id, provider_org_id) AS unit,
        need.city_id,
        docking.stage >= 2 AS met,
        stage2_at,
        docking.assigned_at,
        coalesce(docking.assigned_at, first_reply_at, stage2_at, need.posted_at) AS started_at,
        docking.stage >= 4 AND coalesce(stage4_at <= stage2_at + INTERVAL 120 DAY, FALSE) AS agreed,
        coalesce(epoch(first_reply_at - docking.assigned_at) / 86400, $unanswered_days) AS reply_days,
        no_show OR complaint_upheld AS failed
    FROM docking
    JOIN need USING (need_id)
    LEFT JOIN successors
        ON successors.org_id = provider_org_id
        AND CAST(coalesce(stage2_at, docking.assigned_at, first_reply_at, need.posted_at) AS DATE) >= since
        AND CAST(coalesce(stage2_at, docking.assigned_at, first_reply_at, need.posted_at) AS DATE) < until
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND provider_org_id IS NOT NULL
),

cities AS (
    SELECT unit, year, count(*) AS docking_cities
    FROM (
        SELECT unit, year(stage2_at) AS year, city_id FROM judged WHERE met AND city_id IS NOT NULL GROUP BY ALL HAVING count(*) >= 2
    )
    GROUP BY ALL
),

dated AS (
    SELECT
        unit, year(stage2_at) AS year, count_if(met) AS dockings_met, NULL AS reply_days, 0 AS dockings_agreed, 0 AS dockings_due_120d,
        0 AS dockings_failed, 0 AS dockings_started, 0 AS docking_cities
    FROM judged GROUP BY ALL
    UNION ALL
    SELECT unit, year(assigned_at), 0, median(reply_days), 0, 0, 0, 0, 0 FROM judged GROUP BY ALL
    UNION ALL
    SELECT unit, year(stage2_at + INTERVAL 120 DAY), 0, NULL, count_if(met AND agreed), count_if(met), 0, 0, 0 FROM judged GROUP BY ALL
    UNION ALL
    SELECT unit, year(started_at), 0, NULL, 0, 0, count_if(failed), count(*), 0 FROM judged GROUP BY ALL
    UNION ALL
    SELECT unit, year, 0, NULL, 0, 0, 0, 0, docking_cities FROM cities
)

SELECT
    unit,
    year,
    sum(dockings_met) AS dockings_met,
    max(reply_days) AS reply_days,
    sum(dockings_agreed) AS dockings_agreed,
    sum(dockings_due_120d) AS dockings_due_120d,
    sum(dockings_failed) AS dockings_failed,
    sum(dockings_started) AS dockings_started,
    sum(docking_cities) AS docking_cities
FROM dated
WHERE year BETWEEN 2020 AND 2022
GROUP BY ALL
