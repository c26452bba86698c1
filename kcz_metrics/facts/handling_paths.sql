WITH handed AS (
    SELECT offer.need_id, offer.org_id, offer.team_id, offer.offered_at AS handed_at
    FROM need_offer AS offer
    WHERE offer._flaw IS NULL AND NOT offer.org_id IS NULL

    UNION ALL

    SELECT offer.need_id, service_team.lead_org_id, offer.team_id, offer.offered_at
    FROM need_offer AS offer
    JOIN service_team ON service_team.team_id = offer.team_id
    WHERE offer._flaw IS NULL AND offer.org_id IS NULL

    UNION ALL

    SELECT need_id, provider_org_id, team_id, handed_at
    FROM docking_paths
),

pairs AS (
    SELECT need_id, org_id, max(team_id) AS team_id, min(handed_at) AS handed_at
    FROM handed
    GROUP BY need_id, org_id
),

furthest AS (
    SELECT
        need_id,
        provider_org_id AS org_id,
        max(team_id) AS team_id,
        min(docked_at) AS docked_at,
        min(contracted_on) AS contracted_on,
        min(paid_on) AS paid_on,
        min(effect_on) AS effect_on,
        arg_min(docking_id, ROW(docked_at, docking_id)) FILTER (WHERE NOT docked_at IS NULL) AS docking_id,
        arg_min(contract_id, ROW(contracted_on, contract_id)) FILTER (WHERE NOT contracted_on IS NULL) AS contract_id,
        arg_min(payment_id, ROW(paid_on, payment_id)) FILTER (WHERE NOT paid_on IS NULL) AS payment_id,
        arg_min(impact_id, ROW(effect_on, impact_id)) FILTER (WHERE NOT effect_on IS NULL) AS impact_id
    FROM docking_paths
    GROUP BY need_id, provider_org_id
)

SELECT
    pairs.need_id,
    pairs.org_id,
    coalesce(furthest.team_id, pairs.team_id) AS team_id,
    org.org_class,
    need.city_id,
    need.posted_at,
    pairs.handed_at,
    furthest.docked_at,
    furthest.contracted_on,
    furthest.paid_on,
    furthest.effect_on,
    CAST(1 + (NOT furthest.docked_at IS NULL)::INT + (NOT furthest.contracted_on IS NULL)::INT + (NOT furthest.paid_on IS NULL)::INT
    + (NOT furthest.effect_on IS NULL)::INT AS BIGINT) AS reached,
    date_diff('day', CAST(pairs.handed_at AS DATE), CAST(furthest.docked_at AS DATE)) AS days_to_docking,
    date_diff('day', CAST(furthest.docked_at AS DATE), furthest.contracted_on) AS days_to_contract,
    date_diff('day', furthest.contracted_on, furthest.paid_on) AS days_to_payment,
    date_diff('day', furthest.paid_on, furthest.effect_on) AS days_to_effect,
    furthest.docking_id,
    furthest.contract_id,
    furthest.payment_id,
    furthest.impact_id
FROM pairs
JOIN need ON need.need_id = pairs.need_id AND need._flaw IS NULL
LEFT JOIN furthest ON furthest.need_id = pairs.need_id AND furthest.org_id = pairs.org_id
LEFT JOIN org ON org.org_id = pairs.org_id
