-- Live resources confirmed in the twelve months before each year's end, of the body that holds what its entrant held.
WITH RECURSIVE {successors}

SELECT coalesce(successors.successor_id, entered_by_org_id) AS unit, ends.year, count(*) AS resources_fresh
FROM resource
JOIN (SELECT unnest([2020, 2021, 2022]) AS year, make_date(year + 1, 1, 1) AS day) AS ends
    ON entered_at < ends.day AND coalesce(last_confirmed_at, entered_at) + INTERVAL 12 MONTH >= ends.day
    AND (retired_at IS NULL OR retired_at >= ends.day)
LEFT JOIN successors ON successors.org_id = entered_by_org_id AND since < ends.day AND until >= ends.day
WHERE duplicate_of IS NULL AND resource.status = 'verified' AND entered_by_org_id IS NOT NULL
GROUP BY ALL
