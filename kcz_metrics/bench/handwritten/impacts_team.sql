-- Impacts of teams: sales and savings, capped by kind and year, shared where shares exceed the whole, by the credit of their evidence.
WITH valid AS MATERIALIZED (
    SELECT
        team_id, effect, value, evidence_class, year(occurred_on) AS year, coalesce(share_pct, 100) AS share,
        sum(coalesce(share_pct, 100)) OVER (PARTITION BY enterprise_id, effect, year(occurred_on)) AS shares
    FROM impact
    WHERE duplicate_of IS NULL AND status = 'verified' AND effect IN ('new_sales', 'cost_saving')
        AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
),

caps AS (
    SELECT effect, year, quantile_cont(value, $impact_cap_quantile) AS cap
    FROM valid
    WHERE evidence_class IN ('A', 'B')
    GROUP BY ALL
)

SELECT
    team_id AS unit,
    year,
    sum(
        least(value, cap) * share * least(1, 100 / nullif(shares, 0)) / 100
        * CASE evidence_class WHEN 'A' THEN $evidence_a WHEN 'B' THEN $evidence_b WHEN 'C' THEN $evidence_c END
    ) AS gains
FROM valid LEFT JOIN caps USING (effect, year)
WHERE team_id IS NOT NULL
GROUP BY ALL
