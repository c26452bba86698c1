WITH furthest AS (
    SELECT
        need_id,
        min(docked_at) AS docked_at,
        min(contracted_on) AS contracted_on,
        min(paid_on) AS paid_on,
        min(effect_on) AS effect_on,
        arg_min(docking_id, ROW(docked_at, docking_id)) FILTER (WHERE NOT docked_at IS NULL) AS docking_id,
        arg_min(contract_id, ROW(contracted_on, contract_id)) FILTER (WHERE NOT contracted_on IS NULL) AS contract_id,
        arg_min(payment_id, ROW(paid_on, payment_id)) FILTER (WHERE NOT paid_on IS NULL) AS payment_id,
        arg_min(impact_id, ROW(effect_on, impact_id)) FILTER (WHERE NOT effect_on IS NULL) AS impact_id
    FROM docking_paths
    GROUP BY need_id
)

SELECT
    need.need_id,
    need.city_id,
    pilot_city.province_code,
    need.enterprise_id,
    need.tech_field,
    need.posted_at,
    furthest.docked_at,
    furthest.contracted_on,
    furthest.paid_on,
    furthest.effect_on,
    CAST(1 + (NOT furthest.docked_at IS NULL)::INT + (NOT furthest.contracted_on IS NULL)::INT + (NOT furthest.paid_on IS NULL)::INT
    + (NOT furthest.effect_on IS NULL)::INT AS BIGINT) AS reached,
    date_diff('day', CAST(need.posted_at AS DATE), CAST(furthest.docked_at AS DATE)) AS days_to_docking,
    date_diff('day', CAST(furthest.docked_at AS DATE), furthest.contracted_on) AS days_to_contract,
    date_diff('day', furthest.contracted_on, furthest.paid_on) AS days_to_payment,
    date_diff('day', furthest.paid_on, furthest.effect_on) AS days_to_effect,
    furthest.docking_id,
    furthest.contract_id,
    furthest.payment_id,
    furthest.impact_id,
    need._flaw AS flaw
FROM need
LEFT JOIN pilot_city ON pilot_city.city_id = need.city_id
LEFT JOIN furthest ON furthest.need_id = need.need_id
