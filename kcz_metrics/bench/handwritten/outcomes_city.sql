-- What pilots achieved in other pilots: contracts, dockings and impacts together, and the pilots reached with two partners or more.
WITH RECURSIVE {related},

{creditable},

shared AS (
    SELECT
        impact_id, contract_id, org_id, team_id, city_id, enterprise_id, occurred_on, evidence_class,
        coalesce(share_pct, 100)
        * least(1, 100 / nullif(sum(coalesce(share_pct, 100)) OVER (PARTITION BY enterprise_id, effect, year(occurred_on)), 0)) AS share
    FROM impact
    WHERE duplicate_of IS NULL AND status = 'verified' AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
),

achieved AS (
    SELECT seller_city_id AS unit, buyer_city_id AS partner_city_id, buyer_org_id AS partner_org_id, signed_at AS day, 1 / pair_contracts AS credit
    FROM (
        SELECT *, count(*) OVER (PARTITION BY seller_org_id, buyer_org_id, date_trunc('month', signed_at)) AS pair_contracts
        FROM creditable
        WHERE signed_at >= DATE '2020-01-01' AND signed_at < DATE '2023-01-01'
    )
    WHERE seller_city_id <> buyer_city_id

    UNION ALL

    SELECT
        provider.city_id, need.city_id, need.enterprise_id, CAST(stage6_at AS DATE),
        CASE docking.evidence_class WHEN 'A' THEN $evidence_a WHEN 'B' THEN $evidence_b WHEN 'C' THEN $evidence_c END
    FROM docking
    JOIN need USING (need_id)
    JOIN org AS provider ON provider.org_id = provider_org_id
    ANTI JOIN (SELECT docking_id FROM contract WHERE duplicate_of IS NULL AND status = 'verified') AS signed ON signed.docking_id = docking.docking_id
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 6 AND provider.city_id <> need.city_id
        AND stage6_at >= DATE '2020-01-01' AND stage6_at < DATE '2023-01-01'

    UNION ALL

    SELECT
        coalesce(contract.seller_city_id, acting.city_id), shared.city_id, enterprise_id, occurred_on,
        CASE shared.evidence_class WHEN 'A' THEN $evidence_a WHEN 'B' THEN $evidence_b END * share / 100
    FROM shared
    LEFT JOIN contract ON contract.contract_id = shared.contract_id
    LEFT JOIN service_team ON service_team.team_id = shared.team_id
    LEFT JOIN org AS acting ON acting.org_id = coalesce(shared.org_id, lead_org_id)
    ANTI JOIN creditable ON creditable.contract_id = shared.contract_id
    WHERE shared.evidence_class IN ('A', 'B') AND coalesce(contract.seller_city_id, acting.city_id) <> shared.city_id
),

pilots AS (
    SELECT
        unit,
        year(day) AS year,
        partner_city_id,
        count(DISTINCT partner_org_id) >= 2 AS several,
        count(*) AS outcomes,
        sum(credit) AS credit,
        sum(credit) FILTER (WHERE partner_city.area_flag IN ('west', 'northeast') OR partner_city.old_revolutionary OR partner.old_revolutionary) AS aid
    FROM achieved
    LEFT JOIN pilot_city AS partner_city ON partner_city.city_id = partner_city_id
    LEFT JOIN org AS partner ON partner.org_id = partner_org_id
    GROUP BY ALL
)

SELECT
    unit,
    year,
    count_if(several) AS cities_reached,
    sum(aid) AS aid_credit,
    sum(credit) AS outward_credit,
    sum(outcomes) AS outward_outcomes
FROM pilots
GROUP BY ALL
