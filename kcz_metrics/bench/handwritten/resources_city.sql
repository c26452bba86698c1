-- Resources of pilots that are live and open to others at each year's end.
SELECT city_id AS unit, ends.year, count(*) AS shared_resources
FROM resource
JOIN (SELECT unnest([2020, 2021, 2022]) AS year, make_date(year + 1, 1, 1) AS day) AS ends
    ON entered_at < ends.day AND (retired_at IS NULL OR retired_at >= ends.day)
WHERE duplicate_of IS NULL AND resource.status = 'verified' AND is_shared AND city_id IS NOT NULL
GROUP BY ALL
