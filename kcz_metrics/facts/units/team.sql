SELECT
    service_team.team_id AS unit,
    service_team.name_zh,
    coalesce(service_team.name_en, service_team.name_zh) AS name_en,
    service_team.founded_at AS active_from,
    CAST(NULL AS DATE) AS active_to,
    service_team.team_kind,
    service_team.tech_field,
    service_team.lead_org_id,
    org.org_class,
    CASE
        WHEN org.org_class = 'NS' THEN 'national_society'
        WHEN org.org_class IN ('PS', 'PA', 'LA') THEN 'provincial_society'
        WHEN org.org_class IN ('UN', 'RI') THEN 'university_institute'
        WHEN org.org_class = 'SO' THEN 'service_organisation'
        ELSE 'other'
    END AS founder_class,
    org.province_code,
    coalesce(society.discipline_group, expert.discipline_group) AS discipline_group
FROM service_team
LEFT JOIN org ON org.org_id = service_team.lead_org_id
LEFT JOIN society ON society.org_id = service_team.lead_org_id
LEFT JOIN expert ON expert.person_id = service_team.lead_person_id
