SELECT
    team_id,
    start_year,
    years,
    support_status = 'active' AS active,
    make_date(start_year, 1, 1) AS valid_from,
    make_date(start_year + years, 1, 1) AS valid_to
FROM team_support
