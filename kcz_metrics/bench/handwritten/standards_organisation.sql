-- Standards and demonstrations of bodies, by level.
WITH RECURSIVE {successors}

SELECT
    coalesce(successor_id, standard_item.org_id) AS unit,
    year(published_on) AS year,
    sum(CASE level
        WHEN 'national' THEN $standard_national WHEN 'industry' THEN $standard_industry
        WHEN 'group' THEN $standard_group WHEN 'demonstration' THEN $standard_demonstration
    END) AS standards_weighted
FROM standard_item
LEFT JOIN successors ON successors.org_id = standard_item.org_id AND published_on >= since AND published_on < until
WHERE duplicate_of IS NULL AND status = 'verified' AND standard_item.org_id IS NOT NULL AND published_on >= DATE '2020-01-01' AND published_on < DATE '2023-01-01'
GROUP BY ALL
