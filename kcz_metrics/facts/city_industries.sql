SELECT
    city_id,
    industry_code,
    year,
    make_date(year, 1, 1) AS valid_from,
    make_date(year + 1, 1, 1) AS valid_to,
    rank,
    profile_filled,
    profile_required,
    CAST(CASE WHEN count(*) OVER (PARTITION BY city_id, year) <= 2 THEN 1 ELSE 0.5 END * profile_filled AS DOUBLE) AS credited_filled,
    NOT confirmed_at IS NULL AS confirmed
FROM city_industry
