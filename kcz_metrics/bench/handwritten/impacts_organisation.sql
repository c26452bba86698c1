-- Impacts of driving bodies: sales and jobs, capped by kind and year, shared where shares exceed the whole, by the credit of their evidence.
WITH RECURSIVE {successors},

valid AS MATERIALIZED (
    SELECT
        org_id, effect, value, evidence_class, occurred_on, year(occurred_on) AS year, coalesce(share_pct, 100) AS share,
        sum(coalesce(share_pct, 100)) OVER (PARTITION BY enterprise_id, effect, year(occurred_on)) AS shares
    FROM impact
    WHERE duplicate_of IS NULL AND status = 'verified' AND effect IN ('new_sales', 'new_jobs')
        AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
),

caps AS (
    SELECT effect, year, quantile_cont(value, $impact_cap_quantile) AS cap
    FROM valid
    WHERE evidence_class IN ('A', 'B')
    GROUP BY ALL
),

credited AS (
    SELECT
        coalesce(successor_id, valid.org_id) AS unit, effect, year,
        least(value, cap) * share * least(1, 100 / nullif(shares, 0)) / 100
        * CASE evidence_class WHEN 'A' THEN $evidence_a WHEN 'B' THEN $evidence_b WHEN 'C' THEN $evidence_c END AS credited
    FROM valid
    LEFT JOIN caps USING (effect, year)
    LEFT JOIN successors ON successors.org_id = valid.org_id AND occurred_on >= since AND occurred_on < until
    WHERE valid.org_id IS NOT NULL
)

SELECT
    unit,
    year,
    sum(credited) FILTER (WHERE effect = 'new_sales') AS new_sales,
    sum(credited) FILTER (WHERE effect = 'new_jobs') AS new_jobs
FROM credited
GROUP BY ALL
