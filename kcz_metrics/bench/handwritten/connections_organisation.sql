-- Data connections that are live at each year's end, by uptime and records, of the body that holds them then.
WITH RECURSIVE {successors},

{ends}

SELECT
    coalesce(successor_id, partner_org_id) AS unit,
    ends.year,
    sum(CASE
        WHEN records_synced >= $connection_minimum_records AND uptime_pct >= $connection_minimum_uptime_pct
            THEN uptime_pct / 100 * ln(1 + records_synced)
        ELSE 0
    END) AS connection_credit
FROM data_connection
JOIN ends ON live_at < ends.day
LEFT JOIN successors ON successors.org_id = partner_org_id AND since < ends.day AND until >= ends.day
WHERE duplicate_of IS NULL AND status = 'verified' AND partner_org_id IS NOT NULL
GROUP BY ALL
