SELECT
    province.province_code AS unit,
    province.name_zh,
    coalesce(province.name_en, province.name_zh) AS name_en,
    CAST(NULL AS DATE) AS active_from,
    CAST(NULL AS DATE) AS active_to,
    province.has_association,
    NOT province_pilot.province_code IS NULL AS is_pilot
FROM province
LEFT JOIN province_pilot ON province_pilot.province_code = province.province_code
