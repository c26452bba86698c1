SELECT
    org.org_id AS unit,
    org.name_zh,
    coalesce(org.name_en, org.name_zh) AS name_en,
    enterprise.founded_at AS active_from,
    CASE WHEN org.status = 'merged' THEN org.merged_at END AS active_to,
    org.org_class,
    org.province_code,
    org.city_id,
    org.status,
    society.discipline_group,
    enterprise.size
FROM org
LEFT JOIN society ON society.org_id = org.org_id
LEFT JOIN enterprise ON enterprise.org_id = org.org_id
