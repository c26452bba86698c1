SELECT team_id, person_id, role, from_date, to_date
FROM team_member
