SELECT
    pilot_city.city_id AS unit,
    pilot_city.name_zh,
    pilot_city.name_en,
    pilot_city.active_from,
    pilot_city.active_to,
    pilot_city.kind,
    pilot_city.province_code,
    pilot_city.area_flag,
    pilot_city.batch,
    pilot_city.parent_city_id,
    pilot_city.old_revolutionary
FROM pilot_city
