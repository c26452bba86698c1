WITH related AS (
    SELECT contract.contract_id
    FROM contract
    JOIN related_orgs
        ON related_orgs.org_id = contract.seller_org_id
        AND related_orgs.related_org_id = contract.buyer_org_id
        AND contract.signed_at >= related_orgs.valid_from
        AND contract.signed_at < related_orgs.valid_to
    GROUP BY contract.contract_id
),

judged AS (
    SELECT
        contract.*,
        NOT contract.registration_no IS NULL AS registered,
        NOT contract.is_related AND related.contract_id IS NULL AS arms_length
    FROM contract
    LEFT JOIN related ON related.contract_id = contract.contract_id
),

told AS (
    SELECT *, _flaw IS NULL AND registered AND arms_length AS creditable FROM judged
),

paired AS (
    SELECT
        *,
        sum(tech_amount_cny) OVER pair AS pair_month_cny,
        count(*) OVER pair AS pair_month_contracts,
        row_number() OVER (pair ORDER BY contract_id) AS pair_month_number
    FROM told
    WINDOW pair AS (PARTITION BY seller_org_id, buyer_org_id, date_trunc('month', signed_at), creditable)
),

caps AS (
    SELECT year(signed_at) AS year, quantile_cont(pair_month_cny, $contract_cap_quantile) AS cap_cny
    FROM paired
    WHERE creditable AND pair_month_number = 1
    GROUP BY year(signed_at)
)

SELECT
    paired.contract_id,
    paired.registration_no,
    paired.contract_type AS type,
    paired.seller_org_id,
    paired.buyer_org_id,
    paired.seller_city_id,
    paired.buyer_city_id,
    docking.team_id,
    paired.tm_id,
    paired.signed_at,
    paired.signed_at + INTERVAL 24 MONTH AS matured_2y_at,
    paired.amount_cny,
    paired.tech_amount_cny,
    paired.registered,
    paired.arms_length,
    paired.creditable,
    CASE
        WHEN paired.creditable
            THEN CAST(round(paired.tech_amount_cny * least(1, caps.cap_cny / nullif(paired.pair_month_cny, 0))) AS BIGINT)
        ELSE 0
    END AS credited_cny,
    1 / paired.pair_month_contracts AS merged_share,
    paired.creditable AND paired.pair_month_cny >= $contract_floor_cny AS above_floor,
    coalesce(docking.stage2_at + INTERVAL 7 DAY <= paired.signed_at, FALSE) AS brokered,
    NOT paired.seller_city_id IS NULL AND paired.seller_city_id IS DISTINCT FROM paired.buyer_city_id AS to_other_city,
    coalesce(seller.province_code <> buyer.province_code, FALSE) AND NOT EXISTS (
        SELECT 1
        FROM related_orgs
        JOIN org AS kin ON kin.org_id = related_orgs.related_org_id
        WHERE related_orgs.org_id = paired.buyer_org_id
            AND kin.province_code = seller.province_code
            AND paired.signed_at >= related_orgs.valid_from
            AND paired.signed_at < related_orgs.valid_to
    ) AS to_other_province,
    coalesce(enterprise.size IN ('medium', 'small', 'micro'), FALSE) AS sme_buyer,
    paired.contract_type IN ('transfer', 'licence') OR coalesce(paired.in_kind_equity, FALSE) AS transferred,
    coalesce(
        tech_manager.certified_at <= paired.signed_at
        AND row_number() OVER (PARTITION BY paired.tm_id, year(paired.signed_at), paired.creditable ORDER BY paired.signed_at, paired.contract_id)
        <= $contracts_per_tech_manager,
        FALSE
    ) AS by_tech_manager,
    date_diff('day', CAST(need.posted_at AS DATE), paired.signed_at) AS days_from_need,
    EXISTS (
        SELECT 1
        FROM impact
        WHERE impact.contract_id = paired.contract_id
            AND impact._flaw IS NULL
            AND impact.effect = 'new_sales'
            AND impact.value > 0
            AND impact.evidence_class IN ('A', 'B')
            AND impact.occurred_on < paired.signed_at + INTERVAL 24 MONTH
    ) AS reached_sales,
    paired._flaw AS flaw
FROM paired
LEFT JOIN caps ON caps.year = year(paired.signed_at)
LEFT JOIN docking ON docking.docking_id = paired.docking_id AND docking._flaw IS NULL
LEFT JOIN need ON need.need_id = docking.need_id
LEFT JOIN org AS seller ON seller.org_id = paired.seller_org_id
LEFT JOIN org AS buyer ON buyer.org_id = paired.buyer_org_id
LEFT JOIN enterprise ON enterprise.org_id = paired.buyer_org_id
LEFT JOIN tech_manager ON tech_manager.tm_id = paired.tm_id
