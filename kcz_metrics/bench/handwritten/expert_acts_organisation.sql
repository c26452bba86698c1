-- Experts of bodies that answered, docked as technology managers or led a team that met: distinct persons with consent.
WITH RECURSIVE {successors},

acts AS (
    SELECT person_id, CAST(answered_at AS DATE) AS day
    FROM need_answer
    WHERE duplicate_of IS NULL AND status = 'verified'
    UNION ALL
    SELECT person_id, CAST(stage2_at AS DATE)
    FROM docking JOIN tech_manager USING (tm_id)
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2
    UNION ALL
    SELECT lead_person_id, CAST(stage2_at AS DATE)
    FROM docking JOIN service_team USING (team_id)
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2
)

SELECT coalesce(successors.successor_id, expert.org_id) AS unit, year(day) AS year, count(DISTINCT person_id) AS experts_active
FROM acts
JOIN expert USING (person_id)
LEFT JOIN successors ON successors.org_id = expert.org_id AND day >= since AND day < until
WHERE consent AND expert.org_id IS NOT NULL AND day >= DATE '2020-01-01' AND day < DATE '2023-01-01'
GROUP BY ALL
