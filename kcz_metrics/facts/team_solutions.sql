WITH helpers AS (
    SELECT DISTINCT need_id, team_id
    FROM docking
    WHERE _flaw IS NULL AND stage >= 4 AND NOT team_id IS NULL
)

SELECT
    helpers.need_id,
    helpers.team_id,
    needs.city_id,
    needs.enterprise_id,
    needs.difficulty,
    needs.closed_at,
    needs.difficulty_weight / count(*) OVER (PARTITION BY helpers.need_id) AS solved_weight
FROM helpers
JOIN needs ON needs.need_id = helpers.need_id
WHERE needs.flaw IS NULL AND needs.solved
