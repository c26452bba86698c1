SELECT
    score_id,
    round_id,
    subject_type,
    subject_id,
    criterion_id,
    expert_id,
    score,
    occurred_on,
    count(*) OVER panel AS panel_size,
    count(*) OVER panel < 3
        OR (row_number() OVER (panel ORDER BY score, score_id) > 1 AND row_number() OVER (panel ORDER BY score DESC, score_id DESC) > 1)
        AS kept
FROM expert_score
WHERE _flaw IS NULL AND NOT recused AND NOT score IS NULL
WINDOW panel AS (PARTITION BY round_id, subject_id, criterion_id)
