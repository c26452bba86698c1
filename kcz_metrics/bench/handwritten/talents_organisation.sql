-- Talent that bodies introduced and that stayed twelve months.
WITH RECURSIVE {successors}

SELECT coalesce(successor_id, intro_org_id) AS unit, year(start_date + INTERVAL 12 MONTH) AS year, count(*) AS talent_stayed
FROM talent
LEFT JOIN successors ON successors.org_id = intro_org_id AND start_date >= since AND start_date < until
WHERE duplicate_of IS NULL AND status = 'verified' AND kind = 'introduced' AND intro_org_id IS NOT NULL
    AND (end_date IS NULL OR end_date >= start_date + INTERVAL 12 MONTH)
    AND start_date + INTERVAL 12 MONTH >= DATE '2020-01-01' AND start_date + INTERVAL 12 MONTH < DATE '2023-01-01'
GROUP BY ALL
