WITH effects AS (
    SELECT contract_id, min(occurred_on) AS effect_on
    FROM impact
    WHERE _flaw IS NULL AND evidence_class IN ('A', 'B') AND value > 0 AND NOT contract_id IS NULL
    GROUP BY contract_id
),

paid AS (
    SELECT contract_id, min(paid_at) AS paid_on
    FROM contract_payment
    WHERE _flaw IS NULL AND paid_cny > 0
    GROUP BY contract_id
),

signed AS (
    SELECT
        contract.docking_id,
        min(contract.signed_at) AS contracted_on,
        min(paid.paid_on) AS paid_on,
        min(CASE WHEN NOT paid.paid_on IS NULL THEN effects.effect_on END) AS effect_on
    FROM contract
    JOIN contracts ON contracts.contract_id = contract.contract_id AND contracts.creditable
    LEFT JOIN paid ON paid.contract_id = contract.contract_id
    LEFT JOIN effects ON effects.contract_id = contract.contract_id
    WHERE NOT contract.docking_id IS NULL
    GROUP BY contract.docking_id
)

SELECT
    docking.docking_id,
    docking.need_id,
    docking.provider_org_id,
    docking.team_id,
    docking.resource_id,
    coalesce(docking.assigned_at, docking.first_reply_at, docking.stage2_at) AS handed_at,
    CASE WHEN docking.stage >= 2 THEN docking.stage2_at END AS docked_at,
    CASE WHEN docking.stage >= 2 AND NOT docking.stage2_at IS NULL THEN signed.contracted_on END AS contracted_on,
    CASE WHEN docking.stage >= 2 AND NOT docking.stage2_at IS NULL THEN signed.paid_on END AS paid_on,
    CASE WHEN docking.stage >= 2 AND NOT docking.stage2_at IS NULL THEN signed.effect_on END AS effect_on
FROM docking
LEFT JOIN signed ON signed.docking_id = docking.docking_id
WHERE docking._flaw IS NULL
