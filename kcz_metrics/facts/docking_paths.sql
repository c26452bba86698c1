WITH effects AS (
    SELECT contract_id, min(occurred_on) AS effect_on, arg_min(impact_id, ROW(occurred_on, impact_id)) AS impact_id
    FROM impact
    WHERE _flaw IS NULL AND evidence_class IN ('A', 'B') AND value > 0 AND NOT contract_id IS NULL
    GROUP BY contract_id
),

paid AS (
    SELECT contract_id, min(paid_at) AS paid_on, arg_min(payment_id, ROW(paid_at, payment_id)) AS payment_id
    FROM contract_payment
    WHERE _flaw IS NULL AND paid_cny > 0 AND NOT paid_at IS NULL
    GROUP BY contract_id
),

signed AS (
    SELECT
        contract.docking_id,
        min(contract.signed_at) AS contracted_on,
        min(paid.paid_on) AS paid_on,
        min(effects.effect_on) FILTER (WHERE NOT paid.paid_on IS NULL) AS effect_on,
        arg_min(contract.contract_id, ROW(contract.signed_at, contract.contract_id)) AS contract_id,
        arg_min(paid.payment_id, ROW(paid.paid_on, paid.payment_id)) FILTER (WHERE NOT paid.paid_on IS NULL) AS payment_id,
        arg_min(effects.impact_id, ROW(effects.effect_on, effects.impact_id))
            FILTER (WHERE NOT paid.paid_on IS NULL AND NOT effects.effect_on IS NULL) AS impact_id
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
    signed.contracted_on,
    signed.paid_on,
    signed.effect_on,
    signed.contract_id,
    signed.payment_id,
    signed.impact_id
FROM docking
LEFT JOIN signed ON signed.docking_id = docking.docking_id AND docking.stage >= 2 AND NOT docking.stage2_at IS NULL
WHERE docking._flaw IS NULL
