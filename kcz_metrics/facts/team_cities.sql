SELECT
    team_id,
    city_id,
    year,
    make_date(year, 1, 1) AS valid_from,
    make_date(year + 1, 1, 1) AS valid_to,
    NOT agreement_signed_at IS NULL AS signed
FROM team_city
