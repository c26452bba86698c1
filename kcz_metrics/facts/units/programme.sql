SELECT
    'KCZ' AS unit,
    '科创中国' AS name_zh,
    'KCZ programme' AS name_en,
    CAST(NULL AS DATE) AS active_from,
    CAST(NULL AS DATE) AS active_to
