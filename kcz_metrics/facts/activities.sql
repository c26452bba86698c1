WITH merged AS (
    SELECT
        activity.*,
        row_number() OVER (
            PARTITION BY organiser_org_id, venue, CAST(start_at AS DATE), _flaw IS NULL
            ORDER BY participants DESC, activity_id
        ) > 1 AS merged_away
    FROM activity
),

met AS (
    SELECT activity_id, min(stage2_at) AS first_met_at
    FROM docking
    WHERE _flaw IS NULL AND stage >= 2 AND NOT activity_id IS NULL
    GROUP BY activity_id
)

SELECT
    merged.activity_id,
    merged.activity_type,
    merged.programme,
    merged.organiser_org_id,
    merged.city_id,
    merged.station_id,
    merged.start_at,
    merged.start_at + INTERVAL 90 DAY AS matured_90d_at,
    merged.participants,
    merged.participants_external,
    merged.participants_online,
    merged.participants + least(merged.participants_online, merged.participants * $online_share / (1 - $online_share)) AS heads,
    merged.participants_external
    + least(merged.participants_online, merged.participants * $online_share / (1 - $online_share))
    * coalesce(merged.participants_external / nullif(merged.participants, 0), 0) AS heads_external,
    merged.merged_away,
    NOT merged.evidence_uri IS NULL AS documented,
    CASE
        WHEN merged.merged_away OR merged.evidence_uri IS NULL OR merged.participants < $activity_minimum_participants THEN 0
        ELSE coalesce(lookup($activity_weight, merged.activity_type), 1) * least(1, merged.participants / $activity_full_participants)
    END AS credit,
    coalesce(met.first_met_at <= merged.end_at + INTERVAL 90 DAY, FALSE) AS docked_within_90d,
    merged._flaw AS flaw
FROM merged
LEFT JOIN met ON met.activity_id = merged.activity_id
