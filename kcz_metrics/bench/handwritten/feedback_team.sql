-- What those asked by the system said of units.
SELECT subject_id AS unit, year(occurred_on) AS year, avg(score) AS satisfaction, count(*) AS responses
FROM feedback
WHERE duplicate_of IS NULL AND status = 'verified' AND drawn_by_system AND subject_id IS NOT NULL
    AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
GROUP BY ALL
