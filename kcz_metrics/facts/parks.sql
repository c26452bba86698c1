SELECT
    park.park_id,
    park.city_id,
    park.level,
    association.ea_id,
    association.founded_at AS valid_from,
    CAST(coalesce(association.last_activity_at, association.founded_at) + INTERVAL 12 MONTH AS DATE) AS valid_to,
    association.ea_id IS NULL AS is_park
FROM park
JOIN enterprise_association AS association ON association.park_id = park.park_id

UNION ALL

SELECT park_id, city_id, level, '', CAST(NULL AS DATE), CAST(NULL AS DATE), TRUE
FROM park
