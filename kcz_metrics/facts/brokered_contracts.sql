SELECT
    contracts.contract_id,
    contracts.team_id,
    contracts.seller_org_id,
    contracts.buyer_org_id,
    contracts.signed_at,
    CASE
        WHEN contracts.buyer_org_id = service_team.lead_org_id OR EXISTS (
            SELECT 1
            FROM related_orgs
            WHERE related_orgs.org_id = service_team.lead_org_id
                AND related_orgs.related_org_id = contracts.buyer_org_id
                AND contracts.signed_at >= related_orgs.valid_from
                AND contracts.signed_at < related_orgs.valid_to
        ) THEN 0
        ELSE contracts.credited_cny
    END AS credited_cny
FROM contracts
JOIN service_team ON service_team.team_id = contracts.team_id
WHERE contracts.creditable AND contracts.brokered
