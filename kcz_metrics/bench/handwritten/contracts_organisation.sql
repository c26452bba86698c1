-- Contracts of selling bodies: ten measures over the day of signing and the day two years later.
WITH RECURSIVE {successors},

{related},

creditable AS (
    SELECT
        *,
        registration_no IS NOT NULL AND NOT is_related AND NOT EXISTS (
            SELECT 1 FROM related
            WHERE org_id = seller_org_id AND related_id = buyer_org_id AND signed_at >= valid_from AND signed_at < valid_to
        ) AS creditable
    FROM contract
    WHERE duplicate_of IS NULL AND status = 'verified'
),

paired AS (
    SELECT
        *,
        sum(tech_amount_cny) OVER pair AS pair_cny,
        count(*) OVER pair AS pair_contracts,
        row_number() OVER (pair ORDER BY contract_id) AS pair_number,
        row_number() OVER (PARTITION BY tm_id, year(signed_at), creditable ORDER BY signed_at, contract_id) AS manager_number
    FROM creditable
    WINDOW pair AS (PARTITION BY seller_org_id, buyer_org_id, date_trunc('month', signed_at), creditable)
),

caps AS (
    SELECT year(signed_at) AS year, quantile_cont(pair_cny, $contract_cap_quantile) AS cap
    FROM paired
    WHERE creditable AND pair_number = 1
    GROUP BY ALL
),

sold AS (
    SELECT DISTINCT contract_id
    FROM impact JOIN contract USING (contract_id)
    WHERE impact.duplicate_of IS NULL AND impact.status = 'verified' AND effect = 'new_sales' AND value > 0
        AND impact.evidence_class IN ('A', 'B') AND occurred_on < signed_at + INTERVAL 24 MONTH
),

judged AS MATERIALIZED (
    SELECT
        coalesce(successors.successor_id, paired.seller_org_id) AS unit,
        paired.signed_at,
        paired.creditable,
        CASE
            WHEN creditable THEN CAST(round(tech_amount_cny * least(1, caps.cap / nullif(pair_cny, 0))) AS BIGINT) ELSE 0
        END AS credited_cny,
        1 / pair_contracts AS share,
        creditable AND pair_cny >= $contract_floor_cny AS above_floor,
        contract_type IN ('transfer', 'licence') OR coalesce(in_kind_equity, FALSE) AS transferred,
        enterprise.size IN ('medium', 'small', 'micro') AS to_sme,
        seller.province_code <> buyer.province_code AND NOT EXISTS (
            SELECT 1 FROM related JOIN org AS kin ON kin.org_id = related.related_id
            WHERE related.org_id = buyer_org_id AND kin.province_code = seller.province_code AND signed_at >= valid_from AND signed_at < valid_to
        ) AS far,
        CASE
            WHEN creditable AND docking.stage2_at + INTERVAL 7 DAY <= signed_at
                THEN date_diff('day', CAST(need.posted_at AS DATE), signed_at)
        END AS brokered_days,
        creditable AND tech_manager.certified_at <= signed_at AND manager_number <= $contracts_per_tech_manager AS managed,
        creditable AND contract_id IN (SELECT contract_id FROM sold) AS selling
    FROM paired
    LEFT JOIN caps ON caps.year = year(signed_at)
    LEFT JOIN docking ON docking.docking_id = paired.docking_id AND docking.duplicate_of IS NULL AND docking.status = 'verified'
    LEFT JOIN need ON need.need_id = docking.need_id
    LEFT JOIN org AS seller ON seller.org_id = seller_org_id
    LEFT JOIN org AS buyer ON buyer.org_id = buyer_org_id
    LEFT JOIN enterprise ON enterprise.org_id = buyer_org_id
    LEFT JOIN tech_manager ON tech_manager.tm_id = paired.tm_id
    LEFT JOIN successors ON successors.org_id = seller_org_id AND signed_at >= since AND signed_at < until
    WHERE seller_org_id IS NOT NULL
),

signed AS (
    SELECT
        unit,
        year(signed_at) AS year,
        sum(credited_cny) AS contract_value,
        sum(share) FILTER (WHERE above_floor) AS contracts_above_floor,
        sum(credited_cny) FILTER (WHERE transferred) AS transferred_value,
        sum(credited_cny) FILTER (WHERE to_sme) AS sme_value,
        sum(credited_cny) FILTER (WHERE far) AS far_value,
        median(brokered_days) AS days_to_contract,
        sum(share) FILTER (WHERE managed) AS contracts_by_manager,
        sum(share) FILTER (WHERE creditable) AS contracts_counted
    FROM judged
    GROUP BY ALL
),

ripe AS (
    SELECT unit, year(signed_at + INTERVAL 24 MONTH) AS year, count_if(selling) AS projects_selling, count_if(creditable) AS projects_due_2y
    FROM judged
    GROUP BY ALL
)

SELECT * FROM signed FULL JOIN ripe USING (unit, year) WHERE year BETWEEN 2020 AND 2022
