WITH uses AS (
    SELECT resource_id, min(used_at) AS used_at, arg_min(use_id, ROW(used_at, use_id)) AS use_id
    FROM resource_use
    JOIN resource USING (resource_id)
    WHERE resource_use._flaw IS NULL
        AND NOT resource_use.is_bot
        AND resource_use.user_org_id NOT IN (resource.entered_by_org_id, resource.holder_org_id)
    GROUP BY resource_id
),

furthest AS (
    SELECT
        path.resource_id,
        min(path.docked_at) AS docked_at,
        min(path.contracted_on) AS contracted_on,
        min(path.paid_on) AS paid_on,
        min(path.effect_on) AS effect_on,
        arg_min(path.docking_id, ROW(path.docked_at, path.docking_id)) FILTER (WHERE NOT path.docked_at IS NULL) AS docking_id,
        arg_min(path.contract_id, ROW(path.contracted_on, path.contract_id)) FILTER (WHERE NOT path.contracted_on IS NULL) AS contract_id,
        arg_min(path.payment_id, ROW(path.paid_on, path.payment_id)) FILTER (WHERE NOT path.paid_on IS NULL) AS payment_id,
        arg_min(path.impact_id, ROW(path.effect_on, path.impact_id)) FILTER (WHERE NOT path.effect_on IS NULL) AS impact_id
    FROM docking_paths AS path
    JOIN need ON need.need_id = path.need_id AND need._flaw IS NULL
    WHERE NOT path.resource_id IS NULL
    GROUP BY path.resource_id
),

together AS (
    SELECT
        resource.resource_id,
        resource.library_type,
        resource.grade,
        resource.tech_field,
        resource.entered_by_org_id,
        org.org_class,
        resource.city_id,
        resource.entered_at,
        resource._flaw,
        least(uses.used_at, furthest.docked_at) AS used_at,
        furthest.docked_at,
        furthest.contracted_on,
        furthest.paid_on,
        furthest.effect_on,
        uses.use_id,
        furthest.docking_id,
        furthest.contract_id,
        furthest.payment_id,
        furthest.impact_id
    FROM resource
    LEFT JOIN uses ON uses.resource_id = resource.resource_id
    LEFT JOIN furthest ON furthest.resource_id = resource.resource_id
    LEFT JOIN org ON org.org_id = resource.entered_by_org_id
)

SELECT
    resource_id,
    library_type,
    grade,
    tech_field,
    entered_by_org_id,
    org_class,
    city_id,
    entered_at,
    used_at,
    docked_at,
    contracted_on,
    paid_on,
    effect_on,
    CAST(1 + (NOT used_at IS NULL)::INT + (NOT docked_at IS NULL)::INT + (NOT contracted_on IS NULL)::INT + (NOT paid_on IS NULL)::INT
    + (NOT effect_on IS NULL)::INT AS BIGINT) AS reached,
    date_diff('day', CAST(entered_at AS DATE), CAST(used_at AS DATE)) AS days_to_use,
    date_diff('day', CAST(used_at AS DATE), CAST(docked_at AS DATE)) AS days_to_docking,
    date_diff('day', CAST(docked_at AS DATE), contracted_on) AS days_to_contract,
    date_diff('day', contracted_on, paid_on) AS days_to_payment,
    date_diff('day', paid_on, effect_on) AS days_to_effect,
    use_id,
    docking_id,
    contract_id,
    payment_id,
    impact_id,
    _flaw AS flaw
FROM together
