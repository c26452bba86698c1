WITH acts AS (
    SELECT 'need' AS kind, need_id AS activity_id, city_id, enterprise_id, CAST(posted_at AS DATE) AS occurred_on
    FROM need
    WHERE _flaw IS NULL

    UNION ALL

    SELECT 'docking', docking.docking_id, need.city_id, need.enterprise_id, CAST(docking.stage2_at AS DATE)
    FROM docking
    JOIN need ON need.need_id = docking.need_id
    WHERE docking._flaw IS NULL AND docking.stage >= 2

    UNION ALL

    SELECT 'contract', contract.contract_id, contract.buyer_city_id, contract.buyer_org_id, contract.signed_at
    FROM contract
    JOIN enterprise ON enterprise.org_id = contract.buyer_org_id
    WHERE contract._flaw IS NULL AND NOT contract.buyer_city_id IS NULL

    UNION ALL

    SELECT 'sale', contract.contract_id, contract.seller_city_id, contract.seller_org_id, contract.signed_at
    FROM contract
    JOIN enterprise ON enterprise.org_id = contract.seller_org_id
    WHERE contract._flaw IS NULL AND NOT contract.seller_city_id IS NULL
)

SELECT acts.kind, acts.activity_id, acts.city_id, org.org_id AS enterprise_id, acts.occurred_on
FROM acts
LEFT JOIN successors
    ON successors.merged_org_id = acts.enterprise_id
    AND acts.occurred_on >= successors.succeeded_from
    AND coalesce(acts.occurred_on < successors.succeeded_to, TRUE)
JOIN org
    ON org.org_id = coalesce(successors.successor_id, acts.enterprise_id)
    AND NOT org.uscc IS NULL
    AND NOT org.status IN ('closed', 'suspended')
