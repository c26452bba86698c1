SELECT
    team_id,
    person_id,
    date,
    city_id,
    level,
    onsite,
    onsite AND level IN ('county', 'park', 'enterprise') AS grassroots,
    row_number() OVER (PARTITION BY person_id, date, _flaw ORDER BY team_id) = 1 AS first_of_day,
    _flaw AS flaw
FROM service_day
