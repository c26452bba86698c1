SELECT landing_id, city_id, kind, country, landed_on, coalesce(evidence_class IN ('A', 'B'), FALSE) AS evidenced, _flaw AS flaw
FROM overseas_landing
