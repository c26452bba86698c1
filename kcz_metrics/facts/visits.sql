SELECT
    visit.visit_id,
    visit.team_id,
    visit.person_id,
    visit.city_id,
    visit.planned_on,
    visit.done_on,
    coalesce(visit.person_id = service_team.lead_person_id, FALSE) AS by_lead,
    NOT visit.done_on IS NULL AND coalesce(visit.person_id = service_team.lead_person_id, FALSE) AS done,
    visit._flaw AS flaw
FROM visit_plan AS visit
LEFT JOIN service_team ON service_team.team_id = visit.team_id
