SELECT
    talent_id,
    org_id,
    intro_org_id,
    kind,
    start_date,
    start_date + INTERVAL 12 MONTH AS matured_12m_at,
    kind = 'introduced' AND coalesce(end_date >= start_date + INTERVAL 12 MONTH, TRUE) AS stayed_12m,
    _flaw AS flaw
FROM talent
