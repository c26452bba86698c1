WITH events AS (
    SELECT station_id, year(start_at) AS year, count(*) AS activities, 0 AS outcomes
    FROM activity
    WHERE _flaw IS NULL AND NOT station_id IS NULL
    GROUP BY station_id, year(start_at)

    UNION ALL

    SELECT station_id, year(stage4_at), 0, count(*)
    FROM docking
    WHERE _flaw IS NULL AND stage >= 4 AND NOT station_id IS NULL
    GROUP BY station_id, year(stage4_at)
),

worked AS (
    SELECT station_id, year, CAST(sum(activities) AS BIGINT) AS activities, CAST(sum(outcomes) AS BIGINT) AS outcomes
    FROM events
    GROUP BY station_id, year
)

SELECT
    station.station_id,
    worked.year,
    station.kind,
    station.host_org_id,
    station.city_id,
    greatest(station.opened_at, make_date(worked.year, 1, 1)) AS valid_from,
    least(coalesce(station.closed_at, make_date(worked.year + 1, 1, 1)), make_date(worked.year + 1, 1, 1)) AS valid_to,
    worked.activities,
    worked.outcomes,
    worked.activities >= $station_activities_a_year AND worked.outcomes >= 1 AS is_real
FROM station
JOIN worked ON worked.station_id = station.station_id

UNION ALL

SELECT station.station_id, 0, station.kind, station.host_org_id, station.city_id, station.opened_at, station.closed_at, NULL, NULL, NULL
FROM station
