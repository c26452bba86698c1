SELECT
    org_id,
    incubator_org_id,
    registered_at,
    registered_at + INTERVAL 12 MONTH AS matured_12m_at,
    coalesce(alive_12m, FALSE) AS alive_12m,
    _flaw AS flaw
FROM incubated_firm
