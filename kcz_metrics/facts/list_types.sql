SELECT
    list_type,
    min(first_year) AS first_year,
    CAST(count(*) AS BIGINT) AS lists,
    CASE
        WHEN year(min(submitted_at)) = min(first_year) THEN CAST(min(submitted_at) AS DATE)
        ELSE make_date(min(first_year), 12, 31)
    END AS first_listed_on
FROM award_list
WHERE _flaw IS NULL
GROUP BY list_type
