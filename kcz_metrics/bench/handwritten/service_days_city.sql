-- Days that members of teams served, a person's day once.
WITH days AS (
    SELECT team_id, city_id, year(date) AS year
    FROM service_day
    WHERE duplicate_of IS NULL AND status = 'verified' AND date >= DATE '2020-01-01' AND date < DATE '2023-01-01'
    QUALIFY row_number() OVER (PARTITION BY person_id, date ORDER BY team_id) = 1
)

SELECT city_id AS unit, year, count(*) AS service_days
FROM days
WHERE city_id IS NOT NULL
GROUP BY ALL
