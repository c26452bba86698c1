-- Enterprises that needed, met, bought or sold anything in a pilot: distinct bodies, merged ones as their successor.
WITH RECURSIVE {successors},

acts AS (
    SELECT city_id, enterprise_id, CAST(posted_at AS DATE) AS day
    FROM need
    WHERE duplicate_of IS NULL AND status = 'verified'
    UNION ALL
    SELECT need.city_id, need.enterprise_id, CAST(stage2_at AS DATE)
    FROM docking JOIN need USING (need_id)
    WHERE docking.duplicate_of IS NULL AND docking.status = 'verified' AND stage >= 2
    UNION ALL
    SELECT buyer_city_id, buyer_org_id, signed_at
    FROM contract SEMI JOIN enterprise ON enterprise.org_id = buyer_org_id
    WHERE duplicate_of IS NULL AND status = 'verified'
    UNION ALL
    SELECT seller_city_id, seller_org_id, signed_at
    FROM contract SEMI JOIN enterprise ON enterprise.org_id = seller_org_id
    WHERE duplicate_of IS NULL AND status = 'verified'
)

SELECT acts.city_id AS unit, year(day) AS year, count(DISTINCT org.org_id) AS enterprises_active
FROM acts
LEFT JOIN successors ON successors.org_id = enterprise_id AND day >= since AND day < until
JOIN org ON org.org_id = coalesce(successors.successor_id, enterprise_id) AND uscc IS NOT NULL AND org.status NOT IN ('closed', 'suspended')
WHERE acts.city_id IS NOT NULL AND day >= DATE '2020-01-01' AND day < DATE '2023-01-01'
GROUP BY ALL
