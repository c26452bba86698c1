SELECT
    city_id,
    CAST(year(published_at) AS BIGINT) AS year,
    min(published_at) AS published_on,
    count(*) AS items,
    count(need_id) AS items_with_need
FROM roadmap_item
WHERE _flaw IS NULL AND NOT published_at IS NULL
GROUP BY city_id, year(published_at)
