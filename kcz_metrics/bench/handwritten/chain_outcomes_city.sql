-- Enterprises of a pilot's chains that contracts, dockings and impacts reached; those under one control count once.
WITH RECURSIVE {related},

{creditable},

members AS (
    SELECT DISTINCT city_id, member_org_id FROM supply_link WHERE city_id IS NOT NULL
),

reached_members AS (
    SELECT buyer_org_id AS partner_id, signed_at AS day
    FROM creditable SEMI JOIN members ON member_org_id = buyer_org_id
    WHERE signed_at >= DATE '2020-01-01' AND signed_at < DATE '2023-01-01'

    UNION ALL

    SELECT need.enterprise_id, CAST(stage6_at AS DATE)
    FROM docking
    JOIN need USING (need_id)
    SEMI JOIN members ON member_org_id = need.enterprise_id
    ANTI JOIN (SELECT docking_id FROM contract WHERE duplicate_of IS NULL AND status = 'verified') AS signed ON signed.docking_id = docking.docking_id
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 6
        AND stage6_at >= DATE '2020-01-01' AND stage6_at < DATE '2023-01-01'

    UNION ALL

    SELECT enterprise_id, occurred_on
    FROM impact
    SEMI JOIN members ON member_org_id = enterprise_id
    ANTI JOIN creditable ON creditable.contract_id = impact.contract_id
    WHERE duplicate_of IS NULL AND status = 'verified' AND evidence_class IN ('A', 'B')
        AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
),

controlled AS (
    SELECT partner_id, day, min(related_id) AS related_id
    FROM reached_members
    LEFT JOIN related ON org_id = partner_id AND day >= valid_from AND day < valid_to
    GROUP BY ALL
)

SELECT city_id AS unit, year(day) AS year, count(DISTINCT least(partner_id, related_id)) AS chain_enterprises
FROM controlled
JOIN members ON member_org_id = partner_id
GROUP BY ALL
