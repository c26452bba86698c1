-- Projects and talent from abroad that landed in pilots, with good evidence.
SELECT city_id AS unit, year(landed_on) AS year, count(*) AS landings
FROM overseas_landing
WHERE duplicate_of IS NULL AND status = 'verified' AND evidence_class IN ('A', 'B') AND city_id IS NOT NULL AND landed_on >= DATE '2020-01-01' AND landed_on < DATE '2023-01-01'
GROUP BY ALL
