WITH offered AS (
    SELECT DISTINCT team_id, need_id
    FROM need_offer
    WHERE NOT team_id IS NULL
),

fit AS (
    SELECT offered.team_id, offered.need_id, count(*) AS shared
    FROM offered
    JOIN need_tag ON need_tag.need_id = offered.need_id
    WHERE EXISTS (SELECT 1 FROM team_skill WHERE team_skill.team_id = offered.team_id AND team_skill.tag = need_tag.tag)
    GROUP BY offered.team_id, offered.need_id
),

tags AS (
    SELECT need_id, count(*) AS tags
    FROM need_tag
    GROUP BY need_id
),

met AS (
    SELECT need_id, team_id, min(stage2_at) AS first_met_at
    FROM docking
    WHERE _flaw IS NULL AND stage >= 2 AND NOT team_id IS NULL
    GROUP BY need_id, team_id
)

SELECT
    offer.offer_id,
    offer.need_id,
    offer.team_id,
    offer.org_id,
    offer.offered_at,
    offer.offered_at + INTERVAL 75 DAY AS matured_75d_at,
    offer.accepted_at,
    need.difficulty,
    NOT offer.accepted_at IS NULL AS accepted,
    coalesce(offer.accepted_at <= offer.offered_at + INTERVAL 15 DAY, FALSE)
        AND coalesce(met.first_met_at <= offer.accepted_at + INTERVAL 60 DAY, FALSE) AS accepted_and_met,
    coalesce(need.difficulty >= 3, FALSE) AS hard,
    CASE
        WHEN tags.tags > 0
            THEN least(1, coalesce(fit.shared, 0) / tags.tags * coalesce(lookup($match_difficulty_credit, need.difficulty), 1))
    END AS match,
    offer._flaw AS flaw
FROM need_offer AS offer
JOIN need ON need.need_id = offer.need_id
LEFT JOIN tags ON tags.need_id = offer.need_id
LEFT JOIN fit ON fit.team_id = offer.team_id AND fit.need_id = offer.need_id
LEFT JOIN met ON met.team_id = offer.team_id AND met.need_id = offer.need_id
