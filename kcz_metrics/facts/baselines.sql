SELECT metric AS item, value, base_date, CAST(NULL AS DATE) AS valid_to
FROM baseline
