SELECT
    team_id,
    person_id,
    date,
    city_id,
    level,
    onsite,
    onsite AND level IN ('county', 'park', 'enterprise') AS grassroots,
    _flaw AS flaw
FROM service_day
