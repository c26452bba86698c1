SELECT fund_id, team_id, source_org_id, amount_cny, occurred_on, _flaw AS flaw
FROM team_fund
