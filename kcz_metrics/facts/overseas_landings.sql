SELECT landing_id, city_id, kind, country, landed_on, _flaw AS flaw
FROM overseas_landing
