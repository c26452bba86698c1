-- Members of teams at a year's start, and those of them still there at its end who served enough days in it.
WITH days AS (
    SELECT team_id, person_id, year(date) AS year, count(*) AS days
    FROM service_day
    WHERE duplicate_of IS NULL AND status = 'verified' AND date >= DATE '2020-01-01' AND date < DATE '2023-01-01'
    GROUP BY ALL
)

SELECT
    team_id AS unit,
    years.year,
    count_if(days >= $active_member_days AND (to_date IS NULL OR to_date > make_date(years.year, 12, 31))) AS members_stayed,
    count(*) AS members_at_start
FROM team_member
JOIN (SELECT DISTINCT year FROM days) AS years
    ON from_date <= make_date(years.year, 1, 1) AND (to_date IS NULL OR to_date > make_date(years.year, 1, 1))
LEFT JOIN days USING (team_id, person_id, year)
GROUP BY ALL
