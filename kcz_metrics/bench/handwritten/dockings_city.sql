-- Enterprises met in pilots, and those from elsewhere met at the real stations of a pilot: distinct bodies, merged ones as their successor.
WITH RECURSIVE {successors},

worked AS (
    SELECT station_id, year
    FROM (
        SELECT station_id, year(start_at) AS year, count(*) AS activities, 0 AS outcomes
        FROM activity WHERE duplicate_of IS NULL AND status = 'verified' AND station_id IS NOT NULL
        GROUP BY ALL
        UNION ALL
        SELECT station_id, year(stage4_at), 0, count(*)
        FROM docking WHERE duplicate_of IS NULL AND status = 'verified' AND stage >= 4 AND station_id IS NOT NULL
        GROUP BY ALL
    )
    GROUP BY ALL
    HAVING sum(activities) >= $station_activities_a_year AND sum(outcomes) >= 1
),

real AS (
    SELECT station_id, worked.year, station.city_id
    FROM worked JOIN station USING (station_id)
    WHERE station.city_id IS NOT NULL AND worked.year >= year(opened_at) AND worked.year <= coalesce(year(closed_at - INTERVAL 1 DAY), 9999)
),

met AS MATERIALIZED (
    SELECT coalesce(successors.successor_id, enterprise_id) AS enterprise_id, need.city_id, station_id, year(stage2_at) AS year
    FROM docking
    JOIN need USING (need_id)
    LEFT JOIN successors ON successors.org_id = enterprise_id AND CAST(stage2_at AS DATE) >= since AND CAST(stage2_at AS DATE) < until
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2
        AND stage2_at >= DATE '2020-01-01' AND stage2_at < DATE '2023-01-01'
),

counted AS (
    SELECT city_id AS unit, year, count(DISTINCT enterprise_id) AS enterprises_served, 0 AS station_enterprises
    FROM met
    WHERE city_id IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT real.city_id, met.year, 0, count(DISTINCT enterprise_id)
    FROM met
    JOIN real USING (station_id, year)
    LEFT JOIN org ON org.org_id = enterprise_id
    WHERE org.city_id IS DISTINCT FROM real.city_id
    GROUP BY ALL
)

SELECT unit, year, sum(enterprises_served) AS enterprises_served, sum(station_enterprises) AS station_enterprises
FROM counted
GROUP BY ALL
