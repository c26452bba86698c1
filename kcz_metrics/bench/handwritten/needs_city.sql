-- Needs of cities: six measures over three dates. Read once, judged once, then a short aggregate for each date.
WITH RECURSIVE {successors},

met AS (
    SELECT need_id, min(stage2_at) AS first_met_at
    FROM docking
    WHERE duplicate_of IS NULL AND status = 'verified' AND stage >= 2
    GROUP BY need_id
),

touched AS (
    SELECT need_id FROM docking WHERE duplicate_of IS NULL AND status = 'verified'
    UNION ALL
    SELECT need_id FROM need_offer WHERE duplicate_of IS NULL AND status = 'verified'
    UNION ALL
    SELECT need_id FROM need_answer WHERE duplicate_of IS NULL AND status = 'verified'
),

judged AS MATERIALIZED (
    SELECT
        need.city_id,
        need.posted_at,
        coalesce(
            epoch(CASE WHEN outcome = 'rejected' OR need_id IN (SELECT need_id FROM touched) THEN first_response_at END - posted_at) / 86400,
            $unanswered_days
        ) AS waiting_days,
        coalesce(met.first_met_at <= posted_at + INTERVAL 60 DAY, FALSE) AS docked,
        coalesce(outcome = 'solved' AND confirmed_by_enterprise AND closed_at <= posted_at + INTERVAL 180 DAY, FALSE) AS solved,
        row_number() OVER (
            PARTITION BY coalesce(successors.successor_id, need.enterprise_id), date_trunc('quarter', posted_at) ORDER BY posted_at, need_id
        ) <= $needs_per_enterprise_quarter AS counted
    FROM need
    LEFT JOIN met USING (need_id)
    LEFT JOIN successors
        ON successors.org_id = need.enterprise_id AND CAST(posted_at AS DATE) >= since AND CAST(posted_at AS DATE) < until
    WHERE duplicate_of IS NULL AND status = 'verified'
),

dated AS (
    SELECT
        city_id, year(posted_at) AS year, count_if(counted) AS needs_counted, median(waiting_days) AS response_days,
        0 AS needs_docked, 0 AS needs_due_60d, 0 AS needs_solved, 0 AS needs_due_180d
    FROM judged GROUP BY ALL
    UNION ALL
    SELECT city_id, year(posted_at + INTERVAL 60 DAY), 0, NULL, count_if(docked), count(*), 0, 0 FROM judged GROUP BY ALL
    UNION ALL
    SELECT city_id, year(posted_at + INTERVAL 180 DAY), 0, NULL, 0, 0, count_if(solved), count(*) FROM judged GROUP BY ALL
)

SELECT
    city_id AS unit,
    year,
    sum(needs_counted) AS needs_counted,
    max(response_days) AS response_days,
    sum(needs_docked) AS needs_docked,
    sum(needs_due_60d) AS needs_due_60d,
    sum(needs_solved) AS needs_solved,
    sum(needs_due_180d) AS needs_due_180d
FROM dated
WHERE city_id IS NOT NULL AND year BETWEEN 2020 AND 2022
GROUP BY ALL
