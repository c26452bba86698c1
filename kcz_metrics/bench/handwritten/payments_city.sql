-- Payments on contracts sold from pilots that fell due, and what of them came in with a voucher and good evidence.
WITH RECURSIVE {related}

SELECT
    seller_city_id AS unit,
    year(due_at) AS year,
    sum(paid_cny) FILTER (WHERE voucher_no IS NOT NULL AND contract_payment.evidence_class IN ('A', 'B')) AS due_paid_value,
    sum(due_cny) AS due_value
FROM contract_payment
JOIN contract USING (contract_id)
WHERE contract_payment.duplicate_of IS NULL AND contract_payment.status = 'verified'
    AND contract.duplicate_of IS NULL AND contract.status = 'verified' AND registration_no IS NOT NULL AND NOT is_related
    AND due_at >= DATE '2020-01-01' AND due_at < DATE '2023-01-01' AND seller_city_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM related
        WHERE org_id = seller_org_id AND related_id = buyer_org_id AND signed_at >= valid_from AND signed_at < valid_to
    )
GROUP BY ALL
