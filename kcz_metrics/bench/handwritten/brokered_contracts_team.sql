-- Value of the contracts that teams brokered, unless the buyer is, or is related to, the lead body or the body of a member at signing.
WITH RECURSIVE {related},

related_sales AS (
    SELECT contract_id
    FROM contract
    JOIN related ON org_id = seller_org_id AND related_id = buyer_org_id AND signed_at >= valid_from AND signed_at < valid_to
),

paired AS (
    SELECT
        contract_id, buyer_org_id, docking_id, signed_at, tech_amount_cny,
        sum(tech_amount_cny) OVER pair AS pair_cny,
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

members AS (
    SELECT team_id, lead_org_id AS member_id, DATE '0001-01-01' AS from_date, DATE '9999-12-31' AS to_date FROM service_team
    UNION ALL
    SELECT team_id, expert.org_id, coalesce(from_date, DATE '0001-01-01'), coalesce(to_date, DATE '9999-12-31')
    FROM team_member JOIN expert USING (person_id)
),

brokered AS (
    SELECT
        team_id, buyer_org_id, signed_at, caps.year,
        CAST(round(tech_amount_cny * least(1, cap / nullif(pair_cny, 0))) AS BIGINT) AS cny
    FROM paired
    JOIN caps ON caps.year = year(signed_at)
    JOIN docking USING (docking_id)
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage2_at + INTERVAL 7 DAY <= signed_at AND team_id IS NOT NULL
)

SELECT team_id AS unit, year, sum(cny) AS brokered_value
FROM brokered
WHERE NOT EXISTS (
    SELECT 1 FROM members
    WHERE members.team_id = brokered.team_id AND member_id = buyer_org_id AND from_date <= signed_at AND to_date > signed_at
) AND NOT EXISTS (
    SELECT 1 FROM members JOIN related ON related.org_id = member_id
    WHERE members.team_id = brokered.team_id AND related_id = buyer_org_id AND from_date <= signed_at AND to_date > signed_at
        AND signed_at >= valid_from AND signed_at < valid_to
)
GROUP BY ALL
