-- Payments that selling bodies received with a voucher and good evidence.
WITH RECURSIVE {successors},

{related}

SELECT
    coalesce(successors.successor_id, seller_org_id) AS unit,
    year(paid_at) AS year,
    sum(paid_cny) AS paid_value
FROM contract_payment
JOIN contract USING (contract_id)
LEFT JOIN successors
    ON successors.org_id = seller_org_id
    AND CAST(coalesce(due_at, paid_at) AS DATE) >= since AND CAST(coalesce(due_at, paid_at) AS DATE) < until
WHERE contract_payment.duplicate_of IS NULL AND contract_payment.status = 'verified'
    AND voucher_no IS NOT NULL AND contract_payment.evidence_class IN ('A', 'B')
    AND contract.duplicate_of IS NULL AND contract.status = 'verified' AND registration_no IS NOT NULL AND NOT is_related
    AND paid_at >= DATE '2020-01-01' AND paid_at < DATE '2023-01-01' AND seller_org_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM related
        WHERE related.org_id = seller_org_id AND related_id = buyer_org_id AND signed_at >= valid_from AND signed_at < valid_to
    )
GROUP BY ALL
