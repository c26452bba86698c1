SELECT
    visit.visit_id,
    visit.team_id,
    visit.person_id,
    visit.city_id,
    visit.planned_on,
    visit.done_on,
    NOT visit.done_on IS NULL AS done,
    visit._flaw AS flaw
FROM visit_plan AS visit
