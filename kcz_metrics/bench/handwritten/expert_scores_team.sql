-- Mean score of teams' plans by experts who are not their own; of three or more the least and the greatest are left out.
WITH RECURSIVE {related},

judged AS (
    SELECT
        subject_id, score, occurred_on,
        count(*) OVER panel AS judges,
        row_number() OVER (panel ORDER BY score, score_id) AS low,
        row_number() OVER (panel ORDER BY score DESC, score_id DESC) AS high
    FROM expert_score
    LEFT JOIN service_team ON team_id = subject_id
    LEFT JOIN expert ON person_id = expert_id
    WHERE duplicate_of IS NULL AND expert_score.status = 'verified' AND criterion_id = 'TX01' AND NOT recused AND score IS NOT NULL
        AND expert.org_id IS DISTINCT FROM lead_org_id
        AND NOT EXISTS (
            SELECT 1 FROM related
            WHERE related.org_id = lead_org_id AND related_id = expert.org_id AND occurred_on >= valid_from AND occurred_on < valid_to
        )
    WINDOW panel AS (PARTITION BY round_id, subject_id)
)

SELECT subject_id AS unit, year(occurred_on) AS year, avg(score) AS plan_score, count(*) AS plan_scores
FROM judged
WHERE (judges < 3 OR (low > 1 AND high > 1)) AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
GROUP BY ALL
