WITH answered AS (
    SELECT need_id, org_id, bool_or(counts) AS answered
    FROM answers
    WHERE flaw IS NULL
    GROUP BY need_id, org_id
),

fields AS (
    SELECT DISTINCT org_id, industry_code FROM org_field
)

SELECT
    fields.org_id,
    need.need_id,
    need.city_id,
    need.industry_code,
    need.posted_at,
    coalesce(answered.answered, FALSE) AS answered
FROM need
JOIN fields ON fields.industry_code = need.industry_code
LEFT JOIN answered ON answered.need_id = need.need_id AND answered.org_id = fields.org_id
WHERE need._flaw IS NULL
