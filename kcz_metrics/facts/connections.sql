SELECT
    conn_id,
    kind,
    partner_org_id,
    live_at,
    CAST(NULL AS DATE) AS down_at,
    records_synced,
    uptime_pct,
    CASE
        WHEN records_synced >= $connection_minimum_records AND uptime_pct >= $connection_minimum_uptime_pct
            THEN uptime_pct / 100 * ln(1 + records_synced)
        ELSE 0
    END AS credit,
    _flaw AS flaw
FROM data_connection
WHERE NOT live_at IS NULL
