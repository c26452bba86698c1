-- Contracts sold from pilots: five measures over the day of signing. Only creditable ones count, so that no other is looked at.
WITH RECURSIVE {related},

related_sales AS (
    SELECT contract_id
    FROM contract
    JOIN related ON org_id = seller_org_id AND related_id = buyer_org_id AND signed_at >= valid_from AND signed_at < valid_to
),

paired AS MATERIALIZED (
    SELECT
        contract_type, seller_city_id, buyer_city_id, docking_id, signed_at, tech_amount_cny,
        sum(tech_amount_cny) OVER pair AS pair_cny,
        count(*) OVER pair AS pair_contracts,
        row_number() OVER (pair ORDER BY contract_id) AS pair_number
    FROM contract
    ANTI JOIN related_sales USING (contract_id)
    WHERE duplicate_of IS NULL AND status = 'verified' AND registration_no IS NOT NULL AND NOT is_related
        AND signed_at >= DATE '2020-01-01' AND signed_at < DATE '2023-01-01'
    WINDOW pair AS (PARTITION BY seller_org_id, buyer_org_id, date_trunc('month', signed_at))
),

caps AS (
    SELECT year(signed_at) AS year, quantile_cont(pair_cny, $contract_cap_quantile) AS cap
    FROM paired
    WHERE pair_number = 1
    GROUP BY ALL
),

credited AS (
    SELECT
        seller_city_id AS unit,
        caps.year,
        contract_type,
        seller_city_id IS DISTINCT FROM buyer_city_id AS outward,
        1 / pair_contracts AS share,
        CAST(round(tech_amount_cny * least(1, cap / nullif(pair_cny, 0))) AS BIGINT) AS cny,
        docking.stage2_at + INTERVAL 7 DAY <= signed_at AS brokered
    FROM paired
    JOIN caps ON caps.year = year(signed_at)
    LEFT JOIN docking ON docking.docking_id = paired.docking_id AND docking.duplicate_of IS NULL AND docking.status = 'verified'
    WHERE seller_city_id IS NOT NULL
)

SELECT
    unit,
    year,
    sum(cny) AS contract_value,
    sum(share) FILTER (WHERE brokered) AS contracts_brokered,
    sum(share) AS contracts_counted,
    sum(cny) FILTER (WHERE contract_type IN ('development', 'transfer', 'licence')) AS development_value,
    sum(cny) FILTER (WHERE outward) AS outward_value
FROM credited
GROUP BY ALL
