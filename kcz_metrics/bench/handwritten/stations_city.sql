-- Stations of pilots that are open at a year's end and worked in it: enough activities and an agreement.
WITH worked AS (
    SELECT station_id, year
    FROM (
        SELECT station_id, year(start_at) AS year, count(*) AS activities, 0 AS outcomes
        FROM activity
        WHERE duplicate_of IS NULL AND status = 'verified' AND station_id IS NOT NULL AND start_at >= DATE '2020-01-01' AND start_at < DATE '2023-01-01'
        GROUP BY ALL
        UNION ALL
        SELECT station_id, year(stage4_at), 0, count(*)
        FROM docking
        WHERE duplicate_of IS NULL AND status = 'verified' AND stage >= 4 AND station_id IS NOT NULL AND stage4_at >= DATE '2020-01-01' AND stage4_at < DATE '2023-01-01'
        GROUP BY ALL
    )
    GROUP BY ALL
    HAVING sum(activities) >= $station_activities_a_year AND sum(outcomes) >= 1
)

SELECT city_id AS unit, year, count(*) AS stations_real
FROM worked
JOIN station USING (station_id)
WHERE year(opened_at) <= year AND (closed_at IS NULL OR closed_at >= make_date(year + 1, 1, 1)) AND city_id IS NOT NULL
GROUP BY ALL
