WITH uses AS (
    SELECT resource_id, min(used_at) AS used_at
    FROM resource_use
    JOIN resource USING (resource_id)
    WHERE resource_use._flaw IS NULL
        AND NOT resource_use.is_bot
        AND resource_use.user_org_id NOT IN (resource.entered_by_org_id, resource.holder_org_id)
    GROUP BY resource_id
),

furthest AS (
    SELECT
        docking_paths.resource_id,
        min(docking_paths.docked_at) AS docked_at,
        min(docking_paths.contracted_on) AS contracted_on,
        min(docking_paths.paid_on) AS paid_on,
        min(docking_paths.effect_on) AS effect_on
    FROM docking_paths
    JOIN need ON need.need_id = docking_paths.need_id AND need._flaw IS NULL
    WHERE NOT docking_paths.resource_id IS NULL
    GROUP BY docking_paths.resource_id
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
        furthest.effect_on
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
    _flaw AS flaw
FROM together
