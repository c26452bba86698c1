WITH joined AS (
    SELECT
        docking.*,
        coalesce(successors.successor_id, need.enterprise_id) AS enterprise_id,
        need.city_id,
        need.difficulty,
        need.posted_at,
        docking.stage >= 2 AS both_met
    FROM docking
    JOIN need ON need.need_id = docking.need_id
    LEFT JOIN successors
        ON successors.merged_org_id = need.enterprise_id
        AND CAST(docking.stage2_at AS DATE) >= successors.succeeded_from
        AND coalesce(CAST(docking.stage2_at AS DATE) < successors.succeeded_to, TRUE)
),

numbered AS (
    SELECT *, count(*) OVER (PARTITION BY team_id, enterprise_id, year(stage2_at), _flaw, both_met) AS meetings
    FROM joined
)

SELECT
    numbered.docking_id,
    numbered.need_id,
    numbered.enterprise_id,
    numbered.city_id,
    numbered.provider_org_id,
    numbered.team_id,
    numbered.station_id,
    station.city_id AS station_city_id,
    numbered.resource_id,
    numbered.activity_id,
    numbered.difficulty,
    numbered.stage,
    coalesce(numbered.assigned_at, numbered.first_reply_at, numbered.stage2_at, numbered.posted_at) AS started_at,
    numbered.assigned_at,
    numbered.stage2_at AS met_at,
    numbered.stage2_at + INTERVAL 120 DAY AS matured_120d_at,
    numbered.both_met AS met,
    numbered.stage >= 4 AND coalesce(numbered.stage4_at <= numbered.stage2_at + INTERVAL 120 DAY, FALSE) AS agreed_within_120d,
    coalesce(date_diff('second', numbered.assigned_at, numbered.first_reply_at) / 86400, $unanswered_days) AS reply_days,
    numbered.no_show,
    numbered.complaint_upheld,
    numbered.no_show OR numbered.complaint_upheld AS failed,
    numbered.stage >= 4 OR (numbered.both_met AND numbered.meetings >= 2) AS substantial,
    coalesce(enterprise.city_id IS DISTINCT FROM station.city_id AND NOT station.city_id IS NULL, FALSE) AS outside_station_city,
    coalesce(stations.is_real, FALSE) AS station_is_real,
    numbered.cooperation_mode,
    numbered._flaw AS flaw
FROM numbered
LEFT JOIN station ON station.station_id = numbered.station_id
LEFT JOIN org AS enterprise ON enterprise.org_id = numbered.enterprise_id
LEFT JOIN stations ON stations.station_id = numbered.station_id AND stations.year = year(numbered.stage2_at)
