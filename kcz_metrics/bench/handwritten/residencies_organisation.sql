-- Bodies that others brought in and that acted within 90 days.
WITH RECURSIVE {successors}

SELECT coalesce(successor_id, referrer_org_id) AS unit, year(joined_at + INTERVAL 90 DAY) AS year, count(*) AS bodies_brought_in
FROM org_residency
LEFT JOIN successors ON successors.org_id = referrer_org_id AND CAST(joined_at AS DATE) >= since AND CAST(joined_at AS DATE) < until
WHERE duplicate_of IS NULL AND status = 'verified' AND first_action_at <= joined_at + INTERVAL 90 DAY AND referrer_org_id IS NOT NULL
    AND joined_at + INTERVAL 90 DAY >= DATE '2020-01-01' AND joined_at + INTERVAL 90 DAY < DATE '2023-01-01'
GROUP BY ALL
