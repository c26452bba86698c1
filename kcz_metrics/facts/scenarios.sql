SELECT scenario_id, opened_at, users_90d, _flaw AS flaw
FROM platform_scenario
