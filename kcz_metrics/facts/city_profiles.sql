SELECT
    city_id,
    year,
    count(*) AS industries,
    CAST(min(profile_filled / profile_required) AS DOUBLE) AS least_filled,
    CASE WHEN count(*) = count(confirmed_at) THEN max(confirmed_at) END AS confirmed_on,
    coalesce(min(profile_filled / profile_required) >= $profile_complete_share AND count(*) = count(confirmed_at), FALSE) AS complete
FROM city_industry
GROUP BY city_id, year
