SELECT
    outcome.kind,
    outcome.outcome_id,
    link.lead_org_id,
    link.city_id,
    link.member_org_id,
    least(
        link.member_org_id,
        (
            SELECT min(related_orgs.related_org_id)
            FROM related_orgs
            WHERE related_orgs.org_id = link.member_org_id
                AND outcome.occurred_on >= related_orgs.valid_from
                AND outcome.occurred_on < related_orgs.valid_to
        )
    ) AS controller_id,
    outcome.occurred_on
FROM supply_link AS link
JOIN outcomes AS outcome ON outcome.partner_org_id = link.member_org_id
