WITH answerers AS (
    SELECT need_id, array_agg(DISTINCT org_id) AS org_ids
    FROM answers
    WHERE flaw IS NULL AND counts
    GROUP BY need_id
),

posted AS MATERIALIZED (
    SELECT need.need_id, need.city_id, need.industry_code, need.posted_at, answerers.org_ids
    FROM need
    LEFT JOIN answerers ON answerers.need_id = need.need_id
    WHERE need._flaw IS NULL
),

fields AS (
    SELECT DISTINCT org_id, industry_code FROM org_field
)

SELECT
    fields.org_id,
    posted.need_id,
    posted.city_id,
    posted.industry_code,
    posted.posted_at,
    coalesce(array_contains(posted.org_ids, fields.org_id), FALSE) AS answered
FROM posted
JOIN fields ON fields.industry_code = posted.industry_code
