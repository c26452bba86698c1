creditable AS MATERIALIZED (
    SELECT contract_id, seller_org_id, buyer_org_id, seller_city_id, buyer_city_id, signed_at
    FROM contract
    WHERE duplicate_of IS NULL AND status = 'verified' AND registration_no IS NOT NULL AND NOT is_related
        AND NOT EXISTS (
            SELECT 1 FROM related
            WHERE org_id = seller_org_id AND related_id = buyer_org_id AND signed_at >= valid_from AND signed_at < valid_to
        )
)
