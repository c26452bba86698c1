WITH worked AS (
    SELECT team_id, city_id, year(date) AS year, count(*) AS service_days
    FROM service_day
    WHERE _flaw IS NULL
    GROUP BY team_id, city_id, year(date)
    HAVING count(*) >= $service_year_days
),

numbered AS (
    SELECT *, year - row_number() OVER (PARTITION BY team_id, city_id ORDER BY year) AS run
    FROM worked
)

SELECT
    team_id,
    city_id,
    year,
    make_date(year, 12, 31) AS counted_on,
    service_days,
    row_number() OVER (PARTITION BY team_id, city_id, run ORDER BY year) AS years_running
FROM numbered
