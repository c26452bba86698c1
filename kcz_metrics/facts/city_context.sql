SELECT
    city_id,
    year,
    make_date(year, 1, 1) AS valid_from,
    make_date(year + 1, 1, 1) AS valid_to,
    gdp_100m,
    population_10k,
    rd_staff,
    enterprise_tech,
    enterprise_scale,
    is_estimated
FROM city_context
WHERE _flaw IS NULL
