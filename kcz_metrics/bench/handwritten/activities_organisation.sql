-- Fusion meetings of bodies 90 days ago, and those from which a docking came within 90 days; of several at one place and day the largest.
WITH RECURSIVE {successors},

held AS (
    SELECT
        activity_id, organiser_org_id, activity_type, start_at, end_at,
        row_number() OVER (PARTITION BY organiser_org_id, venue, CAST(start_at AS DATE) ORDER BY participants DESC, activity_id) AS place
    FROM activity
    WHERE duplicate_of IS NULL AND status = 'verified' AND organiser_org_id IS NOT NULL
),

fusions AS (
    SELECT activity_id, organiser_org_id, start_at, end_at
    FROM held
    WHERE place = 1 AND activity_type = 'fusion'
        AND start_at + INTERVAL 90 DAY >= DATE '2020-01-01' AND start_at + INTERVAL 90 DAY < DATE '2023-01-01'
),

met AS (
    SELECT activity_id, min(stage2_at) AS first_met_at
    FROM docking
    WHERE duplicate_of IS NULL AND status = 'verified' AND stage >= 2 AND activity_id IS NOT NULL
    GROUP BY ALL
)

SELECT
    coalesce(successors.successor_id, organiser_org_id) AS unit,
    year(start_at + INTERVAL 90 DAY) AS year,
    count_if(first_met_at <= end_at + INTERVAL 90 DAY) AS fusions_docked,
    count(*) AS fusions
FROM fusions
LEFT JOIN met USING (activity_id)
LEFT JOIN successors ON successors.org_id = organiser_org_id AND CAST(start_at AS DATE) >= since AND CAST(start_at AS DATE) < until
GROUP BY ALL
