SELECT lead_org_id, member_org_id, side, city_id
FROM supply_link
