-- Days that members of teams served, a person's day once.
WITH days AS (
    SELECT team_id, city_id, year(date) AS year, onsite AND level IN ('county', 'park', 'enterprise') AS grassroots
    FROM service_day
    WHERE duplicate_of IS NULL AND status = 'verified' AND date >= DATE '2020-01-01' AND date < DATE '2023-01-01'
    QUALIFY row_number() OVER (PARTITION BY person_id, date ORDER BY team_id) = 1
)

SELECT team_id AS unit, year, count(*) AS service_days, count_if(grassroots) AS grassroots_days
FROM days
WHERE team_id IS NOT NULL
GROUP BY ALL
