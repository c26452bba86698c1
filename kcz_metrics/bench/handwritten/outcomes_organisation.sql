-- Provinces in which a body achieved two things or more: contracts, dockings and impacts together.
WITH RECURSIVE {successors},

{related},

{creditable},

achieved AS (
    SELECT seller_org_id AS org_id, buyer_city_id AS city_id, buyer_org_id AS partner_id, signed_at AS day
    FROM creditable
    WHERE signed_at >= DATE '2020-01-01' AND signed_at < DATE '2023-01-01'

    UNION ALL

    SELECT provider_org_id, need.city_id, need.enterprise_id, CAST(stage6_at AS DATE)
    FROM docking
    JOIN need USING (need_id)
    ANTI JOIN (SELECT docking_id FROM contract WHERE duplicate_of IS NULL AND status = 'verified') AS signed ON signed.docking_id = docking.docking_id
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 6
        AND stage6_at >= DATE '2020-01-01' AND stage6_at < DATE '2023-01-01'

    UNION ALL

    SELECT coalesce(impact.org_id, lead_org_id), impact.city_id, enterprise_id, occurred_on
    FROM impact
    LEFT JOIN service_team USING (team_id)
    ANTI JOIN creditable ON creditable.contract_id = impact.contract_id
    WHERE impact.duplicate_of IS NULL AND impact.status = 'verified' AND impact.evidence_class IN ('A', 'B')
        AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
),

provinces AS (
    SELECT
        coalesce(successors.successor_id, achieved.org_id) AS unit,
        year(day) AS year,
        coalesce(pilot_city.province_code, partner.province_code) AS province
    FROM achieved
    LEFT JOIN successors ON successors.org_id = achieved.org_id AND day >= since AND day < until
    LEFT JOIN pilot_city ON pilot_city.city_id = achieved.city_id
    LEFT JOIN org AS partner ON partner.org_id = partner_id
    WHERE achieved.org_id IS NOT NULL AND province IS NOT NULL
    GROUP BY ALL
    HAVING count(*) >= 2
)

SELECT unit, year, count(*) AS provinces_reached
FROM provinces
GROUP BY ALL
