SELECT team_id, team_kind, lead_org_id, tech_field, founded_at, CAST(NULL AS DATE) AS closed_on, charter_score
FROM service_team
