-- Offers of teams: the mean match of those accepted, and how many were kept of those due.
WITH tags AS (
    SELECT need_id, count(*) AS tags
    FROM need_tag
    GROUP BY need_id
),

fit AS (
    SELECT offered.team_id, offered.need_id, count(*) AS shared
    FROM (SELECT DISTINCT team_id, need_id FROM need_offer WHERE duplicate_of IS NULL AND status = 'verified' AND accepted_at IS NOT NULL) AS offered
    JOIN need_tag USING (need_id)
    JOIN team_skill ON team_skill.team_id = offered.team_id AND team_skill.tag = need_tag.tag
    GROUP BY ALL
),

met AS (
    SELECT need_id, team_id, min(stage2_at) AS first_met_at
    FROM docking
    WHERE duplicate_of IS NULL AND status = 'verified' AND stage >= 2 AND team_id IS NOT NULL
    GROUP BY ALL
),

judged AS MATERIALIZED (
    SELECT
        offer.team_id,
        offer.accepted_at,
        offer.offered_at + INTERVAL 75 DAY AS due_at,
        coalesce(accepted_at <= offered_at + INTERVAL 15 DAY AND met.first_met_at <= accepted_at + INTERVAL 60 DAY, FALSE) AS kept,
        least(1, coalesce(fit.shared, 0) / tags.tags * coalesce(CASE need.difficulty
            WHEN 1 THEN $credit_1 WHEN 2 THEN $credit_2 WHEN 3 THEN $credit_3 WHEN 4 THEN $credit_4
        END, 1)) AS match
    FROM need_offer AS offer
    JOIN need USING (need_id)
    LEFT JOIN tags USING (need_id)
    LEFT JOIN fit ON fit.team_id = offer.team_id AND fit.need_id = offer.need_id
    LEFT JOIN met ON met.team_id = offer.team_id AND met.need_id = offer.need_id
    WHERE offer.duplicate_of IS NULL AND offer.status = 'verified' AND offer.team_id IS NOT NULL
),

dated AS (
    SELECT team_id, year(accepted_at) AS year, avg(match) AS match, 0 AS kept, 0 AS due FROM judged GROUP BY ALL
    UNION ALL
    SELECT team_id, year(due_at), NULL, count_if(kept), count(*) FROM judged GROUP BY ALL
)

SELECT team_id AS unit, year, max(match) AS match, sum(kept) AS offers_kept, sum(due) AS offers_due
FROM dated
WHERE year BETWEEN 2020 AND 2022
GROUP BY ALL
