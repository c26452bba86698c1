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
),

latest AS (
    SELECT greatest(coalesce((SELECT max(year) FROM events), 0), max(year(opened_at)), coalesce(max(year(closed_at)), 0)) AS year
    FROM station
),

years AS (
    SELECT
        station.*,
        unnest(generate_series(year(opened_at), coalesce(year(closed_at - INTERVAL 1 DAY), latest.year))) AS year,
        latest.year AS latest_year
    FROM station
    CROSS JOIN latest
)

SELECT
    years.station_id,
    years.year,
    years.kind,
    years.host_org_id,
    years.city_id,
    greatest(years.opened_at, make_date(years.year, 1, 1)) AS valid_from,
    CASE
        WHEN NOT years.closed_at IS NULL THEN least(years.closed_at, make_date(years.year + 1, 1, 1))
        WHEN years.year < years.latest_year THEN make_date(years.year + 1, 1, 1)
    END AS valid_to,
    coalesce(worked.activities, 0) AS activities,
    coalesce(worked.outcomes, 0) AS outcomes,
    coalesce(worked.activities >= $station_activities_a_year AND worked.outcomes >= 1, FALSE) AS is_real
FROM years
LEFT JOIN worked ON worked.station_id = years.station_id AND worked.year = years.year
