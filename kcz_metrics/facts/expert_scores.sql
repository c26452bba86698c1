WITH judges AS (
    SELECT score.*
    FROM expert_score AS score
    WHERE score._flaw IS NULL
        AND NOT score.recused
        AND NOT score.score IS NULL
        AND NOT EXISTS (
            SELECT 1
            FROM expert
            JOIN service_team ON service_team.team_id = score.subject_id
            LEFT JOIN related_orgs
                ON related_orgs.org_id = service_team.lead_org_id
                AND related_orgs.related_org_id = expert.org_id
                AND score.occurred_on >= related_orgs.valid_from
                AND score.occurred_on < related_orgs.valid_to
            WHERE expert.person_id = score.expert_id
                AND (expert.org_id = service_team.lead_org_id OR NOT related_orgs.org_id IS NULL)
        )
)

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
FROM judges
WINDOW panel AS (PARTITION BY round_id, subject_id, criterion_id)
