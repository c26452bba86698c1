WITH merged AS (
    SELECT
        activity.*,
        row_number() OVER (
            PARTITION BY organiser_org_id, venue, CAST(start_at AS DATE), _flaw
            ORDER BY participants DESC, activity_id
        ) > 1 AS merged_away
    FROM activity
),

met AS (
    SELECT activity_id, min(stage2_at) AS first_met_at
    FROM docking
    WHERE _flaw IS NULL AND stage >= 2 AND NOT activity_id IS NULL
    GROUP BY activity_id
),

held_jointly AS (
    SELECT activity_partner.activity_id
    FROM activity_partner
    JOIN org ON org.org_id = activity_partner.org_id
    WHERE activity_partner._flaw IS NULL AND activity_partner.partner_role IN ('co_host', 'organiser') AND org.org_class IN ('EN', 'LA', 'PA')
    GROUP BY activity_partner.activity_id
)

SELECT
    merged.activity_id,
    merged.activity_type,
    merged.programme,
    merged.organiser_org_id,
    organiser.org_class AS organiser_class,
    NOT held_jointly.activity_id IS NULL AS held_jointly,
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
LEFT JOIN org AS organiser ON organiser.org_id = merged.organiser_org_id
LEFT JOIN held_jointly ON held_jointly.activity_id = merged.activity_id
