SELECT 'answer' AS kind, answer.answer_id AS act_id, answer.person_id, expert.org_id, expert.consent, CAST(answer.answered_at AS DATE) AS occurred_on
FROM need_answer AS answer
JOIN expert ON expert.person_id = answer.person_id
WHERE answer._flaw IS NULL

UNION ALL

SELECT 'docking', docking.docking_id, tech_manager.person_id, expert.org_id, expert.consent, CAST(docking.stage2_at AS DATE)
FROM docking
JOIN tech_manager ON tech_manager.tm_id = docking.tm_id
JOIN expert ON expert.person_id = tech_manager.person_id
WHERE docking._flaw IS NULL AND docking.stage >= 2

UNION ALL

SELECT 'lead', docking.docking_id, service_team.lead_person_id, expert.org_id, expert.consent, CAST(docking.stage2_at AS DATE)
FROM docking
JOIN service_team ON service_team.team_id = docking.team_id
JOIN expert ON expert.person_id = service_team.lead_person_id
WHERE docking._flaw IS NULL AND docking.stage >= 2
