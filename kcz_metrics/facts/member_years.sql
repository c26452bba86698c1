WITH days AS (
    SELECT team_id, person_id, year(date) AS year, count(*) AS service_days
    FROM service_day
    WHERE _flaw IS NULL
    GROUP BY team_id, person_id, year(date)
),

years AS (
    SELECT DISTINCT year FROM days
)

SELECT
    team_member.team_id,
    team_member.person_id,
    years.year,
    make_date(years.year, 12, 31) AS counted_on,
    coalesce(days.service_days, 0) AS service_days,
    coalesce(days.service_days, 0) >= $active_member_days AS active,
    team_member.from_date <= make_date(years.year, 1, 1) AS at_start,
    coalesce(team_member.to_date > make_date(years.year, 12, 31), TRUE) AS at_end
FROM team_member
JOIN years
    ON team_member.from_date <= make_date(years.year, 12, 31)
    AND coalesce(team_member.to_date > make_date(years.year, 1, 1), TRUE)
LEFT JOIN days ON days.team_id = team_member.team_id AND days.person_id = team_member.person_id AND days.year = years.year
