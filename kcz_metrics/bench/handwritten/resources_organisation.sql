-- Resources of the bodies that entered them: what came in, what passed its first month, and what is live at each year's end, by library.
WITH RECURSIVE {successors},

mine AS MATERIALIZED (
    SELECT entered_by_org_id AS org_id, library_type, grade, entered_at, retired_at
    FROM resource
    WHERE duplicate_of IS NULL AND status = 'verified' AND entered_by_org_id IS NOT NULL AND entered_at < DATE '2023-01-01'
),

dated AS (
    SELECT
        coalesce(successors.successor_id, mine.org_id) AS unit, grade, entered_at, entered_at + INTERVAL 30 DAY AS ripe_at,
        coalesce(retired_at >= entered_at + INTERVAL 30 DAY, TRUE) AS lasted
    FROM mine
    LEFT JOIN successors ON successors.org_id = mine.org_id AND CAST(entered_at AS DATE) >= since AND CAST(entered_at AS DATE) < until
    WHERE entered_at >= DATE '2019-12-01'
),

held AS (
    SELECT coalesce(successors.successor_id, mine.org_id) AS unit, ends.year, library_type, count(*) AS live
    FROM mine
    JOIN (SELECT unnest([2020, 2021, 2022]) AS year, make_date(year + 1, 1, 1) AS day) AS ends
        ON entered_at < ends.day AND (retired_at IS NULL OR retired_at >= ends.day)
    LEFT JOIN successors ON successors.org_id = mine.org_id AND since < ends.day AND until >= ends.day
    GROUP BY ALL
),

counted AS (
    SELECT unit, year(entered_at) AS year, 0 AS weight, count_if(grade = 'A') AS a, count(grade) AS graded, CAST(NULL AS DOUBLE) AS diversity, 0 AS live
    FROM dated GROUP BY ALL
    UNION ALL
    SELECT
        unit, year(ripe_at),
        sum(coalesce(CASE grade WHEN 'A' THEN $grade_a WHEN 'B' THEN $grade_b WHEN 'C' THEN $grade_c END, $ungraded_weight)), 0, 0, NULL, 0
    FROM dated WHERE lasted GROUP BY ALL
    UNION ALL
    SELECT
        unit, year, 0, 0, 0,
        exp(ln(sum(live) FILTER (WHERE live >= 5)) - sum(live * ln(live)) FILTER (WHERE live >= 5) / sum(live) FILTER (WHERE live >= 5)), sum(live)
    FROM held GROUP BY ALL
)

SELECT
    unit, year, sum(weight) AS resource_weight, sum(a) AS resources_a, sum(graded) AS resources_graded, max(diversity) AS library_diversity,
    sum(live) AS resources_live
FROM counted
WHERE year BETWEEN 2020 AND 2022
GROUP BY ALL
