-- The most years running in which a team served a pilot for enough days.
WITH worked AS (
    SELECT team_id, city_id, year(date) AS year
    FROM service_day
    WHERE duplicate_of IS NULL AND status = 'verified'
    GROUP BY ALL
    HAVING count(*) >= $service_year_days
),

numbered AS (
    SELECT team_id, city_id, year, year - row_number() OVER (PARTITION BY team_id, city_id ORDER BY year) AS run FROM worked
),

running AS (
    SELECT team_id, year, row_number() OVER (PARTITION BY team_id, city_id, run ORDER BY year) AS years FROM numbered
)

SELECT team_id AS unit, year, max(years) AS years_running
FROM running
WHERE year BETWEEN 2020 AND 2022
GROUP BY ALL
