SELECT lead_org_id, member_org_id, side, city_id, CAST(NULL AS DATE) AS valid_from, CAST(NULL AS DATE) AS valid_to
FROM supply_link
