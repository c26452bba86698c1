-- Firms that incubators registered a year ago and that are alive.
WITH RECURSIVE {successors}

SELECT coalesce(successor_id, incubator_org_id) AS unit, year(registered_at + INTERVAL 12 MONTH) AS year, count(*) AS firms_alive
FROM incubated_firm
LEFT JOIN successors ON successors.org_id = incubator_org_id AND registered_at >= since AND registered_at < until
WHERE duplicate_of IS NULL AND status = 'verified' AND alive_12m AND incubator_org_id IS NOT NULL
    AND registered_at + INTERVAL 12 MONTH >= DATE '2020-01-01' AND registered_at + INTERVAL 12 MONTH < DATE '2023-01-01'
GROUP BY ALL
