-- What teams solved, by difficulty, in equal parts among the teams that brought the need to an agreement.
WITH solved AS (
    SELECT
        need_id, city_id, year(closed_at) AS year,
        CASE difficulty WHEN 1 THEN $weight_1 WHEN 2 THEN $weight_2 WHEN 3 THEN $weight_3 WHEN 4 THEN $weight_4 END AS weight
    FROM need
    WHERE duplicate_of IS NULL AND status = 'verified' AND outcome = 'solved' AND confirmed_by_enterprise
        AND closed_at >= DATE '2020-01-01' AND closed_at < DATE '2023-01-01'
),

helpers AS (
    SELECT DISTINCT need_id, team_id
    FROM docking
    WHERE duplicate_of IS NULL AND status = 'verified' AND stage >= 4 AND team_id IS NOT NULL
)

SELECT team_id AS unit, year, sum(part) AS solved_weight
FROM (SELECT team_id, year, weight / count(*) OVER (PARTITION BY need_id) AS part FROM helpers JOIN solved USING (need_id))
GROUP BY ALL
