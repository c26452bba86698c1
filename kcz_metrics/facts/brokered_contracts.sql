WITH member_orgs AS (
    SELECT team_id, lead_org_id AS org_id, CAST(NULL AS DATE) AS from_date, CAST(NULL AS DATE) AS to_date
    FROM service_team

    UNION ALL

    SELECT team_member.team_id, expert.org_id, team_member.from_date, team_member.to_date
    FROM team_member
    JOIN expert ON expert.person_id = team_member.person_id
),

brokered AS (
    SELECT contract_id, team_id, seller_org_id, buyer_org_id, signed_at, credited_cny
    FROM contracts
    WHERE creditable AND brokered AND NOT team_id IS NULL
),

own AS (
    SELECT DISTINCT contracts.contract_id
    FROM brokered AS contracts
    JOIN member_orgs
        ON member_orgs.team_id = contracts.team_id
        AND coalesce(member_orgs.from_date <= contracts.signed_at, TRUE)
        AND coalesce(member_orgs.to_date > contracts.signed_at, TRUE)
    LEFT JOIN related_orgs
        ON related_orgs.org_id = member_orgs.org_id
        AND related_orgs.related_org_id = contracts.buyer_org_id
        AND contracts.signed_at >= related_orgs.valid_from
        AND contracts.signed_at < related_orgs.valid_to
    WHERE member_orgs.org_id = contracts.buyer_org_id OR NOT related_orgs.org_id IS NULL
)

SELECT
    contracts.contract_id,
    contracts.team_id,
    contracts.seller_org_id,
    contracts.buyer_org_id,
    contracts.signed_at,
    CASE WHEN own.contract_id IS NULL THEN contracts.credited_cny ELSE 0 END AS credited_cny
FROM brokered AS contracts
LEFT JOIN own ON own.contract_id = contracts.contract_id
