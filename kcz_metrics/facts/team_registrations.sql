SELECT
    reg_id,
    team_id,
    submitted_at,
    reviewed_at,
    reg_status,
    reg_status = 'registered'
    AND row_number() OVER (PARTITION BY team_id, year(reviewed_at), reg_status ORDER BY reviewed_at DESC, reg_id) = 1 AS registered
FROM team_registration
