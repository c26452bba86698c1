SELECT
    contract_payment.payment_id,
    contract_payment.contract_id,
    contract.seller_org_id,
    contract.seller_city_id,
    contract_payment.due_at,
    contract_payment.paid_at,
    contract_payment.due_cny,
    CASE
        WHEN contract_payment.voucher_no IS NULL OR contract_payment.evidence_class NOT IN ('A', 'B') THEN 0
        ELSE coalesce(contract_payment.paid_cny, 0)
    END AS paid_cny,
    contract.registered AND contract.arms_length AND contract.flaw IS NULL AS counted_contract,
    contract_payment._flaw AS flaw
FROM contract_payment
JOIN contracts AS contract ON contract.contract_id = contract_payment.contract_id
