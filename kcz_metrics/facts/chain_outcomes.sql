WITH same_controller AS (
    SELECT org_id, least(org_id, min(related_org_id)) AS controller_id
    FROM related_orgs
    GROUP BY org_id
)

SELECT
    outcome.kind,
    outcome.outcome_id,
    link.lead_org_id,
    link.city_id,
    link.member_org_id,
    coalesce(same_controller.controller_id, link.member_org_id) AS controller_id,
    outcome.occurred_on
FROM supply_link AS link
JOIN outcomes AS outcome ON outcome.partner_org_id = link.member_org_id
LEFT JOIN same_controller ON same_controller.org_id = link.member_org_id
