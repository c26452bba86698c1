-- Firms first served two years ago, and those of them that gained a title from the sixth month on.
WITH RECURSIVE {successors},

served AS (
    SELECT provider_org_id, enterprise_id, min(stage2_at) AS first_at
    FROM docking
    JOIN need USING (need_id)
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2 AND provider_org_id IS NOT NULL
    GROUP BY ALL
)

SELECT
    coalesce(successors.successor_id, provider_org_id) AS unit,
    year(first_at + INTERVAL 24 MONTH) AS year,
    count_if(
        coalesce(title_hitech_at >= first_at + INTERVAL 6 MONTH AND title_hitech_at < first_at + INTERVAL 24 MONTH, FALSE)
        OR coalesce(title_giant_at >= first_at + INTERVAL 6 MONTH AND title_giant_at < first_at + INTERVAL 24 MONTH, FALSE)
    ) AS firms_titled,
    count(*) AS firms_served_24m
FROM served
JOIN enterprise ON enterprise.org_id = enterprise_id
LEFT JOIN successors ON successors.org_id = provider_org_id AND CAST(first_at AS DATE) >= since AND CAST(first_at AS DATE) < until
WHERE first_at + INTERVAL 24 MONTH >= DATE '2020-01-01' AND first_at + INTERVAL 24 MONTH < DATE '2023-01-01'
GROUP BY ALL
