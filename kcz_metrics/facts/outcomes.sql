WITH achieved AS (
    SELECT
        'contract' AS kind,
        contract.contract_id AS outcome_id,
        contract.signed_at AS occurred_on,
        contract.seller_city_id AS city_id,
        contract.buyer_city_id AS partner_city_id,
        contract.seller_org_id AS org_id,
        contract.team_id,
        contract.buyer_org_id AS partner_org_id,
        contract.merged_share AS credit
    FROM contracts AS contract
    WHERE contract.creditable

    UNION ALL

    SELECT
        'docking',
        docking.docking_id,
        CAST(docking.stage6_at AS DATE),
        provider.city_id,
        need.city_id,
        docking.provider_org_id,
        docking.team_id,
        need.enterprise_id,
        lookup($evidence_credit, docking.evidence_class)
    FROM docking
    JOIN need ON need.need_id = docking.need_id
    LEFT JOIN org AS provider ON provider.org_id = docking.provider_org_id
    ANTI JOIN (SELECT docking_id FROM contract WHERE _flaw IS NULL) AS signed ON signed.docking_id = docking.docking_id
    WHERE docking._flaw IS NULL AND docking.stage >= 6

    UNION ALL

    SELECT
        'impact',
        impact.impact_id,
        impact.occurred_on,
        coalesce(seller.seller_city_id, acting.city_id),
        impact.city_id,
        coalesce(impact.org_id, service_team.lead_org_id),
        impact.team_id,
        impact.enterprise_id,
        impact.evidence_credit * impact.credited_share_pct / 100
    FROM impacts AS impact
    LEFT JOIN contract AS seller ON seller.contract_id = impact.contract_id
    LEFT JOIN service_team ON service_team.team_id = impact.team_id
    LEFT JOIN org AS acting ON acting.org_id = coalesce(impact.org_id, service_team.lead_org_id)
    ANTI JOIN (SELECT contract_id FROM contracts WHERE creditable) AS counted ON counted.contract_id = impact.contract_id
    WHERE impact.flaw IS NULL AND impact.evidence_class IN ('A', 'B')
)

SELECT
    achieved.kind,
    achieved.outcome_id,
    achieved.occurred_on,
    achieved.city_id,
    achieved.partner_city_id,
    achieved.org_id,
    achieved.team_id,
    achieved.partner_org_id,
    coalesce(partner_city.province_code, partner.province_code) AS partner_province_code,
    achieved.credit,
    NOT achieved.city_id IS NULL AND NOT achieved.partner_city_id IS NULL AND achieved.city_id <> achieved.partner_city_id AS is_outward,
    coalesce(
        partner_city.area_flag IN ('west', 'northeast') OR partner_city.old_revolutionary OR partner.old_revolutionary,
        FALSE
    ) AS less_developed
FROM achieved
LEFT JOIN pilot_city AS partner_city ON partner_city.city_id = achieved.partner_city_id
LEFT JOIN org AS partner ON partner.org_id = achieved.partner_org_id
