-- Activities in pilots: their credit, and heads with those online up to a share; of several at one place and day the largest.
WITH held AS (
    SELECT
        city_id, year(start_at) AS year, activity_type, evidence_uri, participants, participants_external,
        least(participants_online, participants * $online_share / (1 - $online_share)) AS online,
        row_number() OVER (PARTITION BY organiser_org_id, venue, CAST(start_at AS DATE) ORDER BY participants DESC, activity_id) AS place
    FROM activity
    WHERE duplicate_of IS NULL AND status = 'verified' AND start_at >= DATE '2020-01-01' AND start_at < DATE '2023-01-01'
)

SELECT
    city_id AS unit,
    year,
    sum(
        coalesce(
            CASE activity_type
                WHEN 'conference' THEN $activity_conference WHEN 'theme_forum' THEN $activity_theme_forum
                WHEN 'fusion' THEN $activity_fusion WHEN 'open_call' THEN $activity_open_call
            END, 1
        ) * least(1, participants / $activity_full_participants)
    ) FILTER (WHERE evidence_uri IS NOT NULL AND coalesce(participants >= $activity_minimum_participants, TRUE)) AS activity_credit,
    sum(participants_external + online * coalesce(participants_external / nullif(participants, 0), 0)) AS participants_external,
    sum(participants + online) AS participants
FROM held
WHERE place = 1 AND city_id IS NOT NULL
GROUP BY ALL
