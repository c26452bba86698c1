SELECT standard_id, org_id, level, published_on, coalesce(lookup($standard_weight, level), 0) AS level_weight, _flaw AS flaw
FROM standard_item
