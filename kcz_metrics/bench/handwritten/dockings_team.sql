-- Enterprises that teams met, and those met twice in the year or taken to an agreement: merged ones as their successor.
WITH RECURSIVE {successors},

served AS (
    SELECT
        team_id,
        year(stage2_at) AS year,
        coalesce(successors.successor_id, enterprise_id) AS enterprise_id,
        count(*) >= 2 OR max(stage) >= 4 AS deep
    FROM docking
    JOIN need USING (need_id)
    LEFT JOIN successors ON successors.org_id = enterprise_id AND CAST(stage2_at AS DATE) >= since AND CAST(stage2_at AS DATE) < until
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2 AND team_id IS NOT NULL
        AND stage2_at >= DATE '2020-01-01' AND stage2_at < DATE '2023-01-01'
    GROUP BY ALL
)

SELECT team_id AS unit, year, count_if(deep) AS enterprises_deep, count(*) AS enterprises_served
FROM served
GROUP BY ALL
