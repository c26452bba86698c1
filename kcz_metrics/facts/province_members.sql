SELECT
    'city' AS kind,
    city_id AS member_id,
    province_code,
    active_from AS valid_from,
    active_to AS valid_to
FROM pilot_city

UNION ALL

SELECT 'team', service_team.team_id, org.province_code, service_team.founded_at, CAST(NULL AS DATE)
FROM service_team
JOIN org ON org.org_id = service_team.lead_org_id

UNION ALL

SELECT 'pilot', province_code, province_code, approved_at, CAST(NULL AS DATE)
FROM province_pilot
