SELECT
    resource.resource_id,
    resource.library_type,
    resource.holder_org_id,
    resource.entered_by_org_id,
    resource.city_id,
    resource.tech_field,
    resource.grade,
    coalesce(lookup($grade_weight, resource.grade), $ungraded_weight) AS grade_weight,
    NOT resource.grade IS NULL AS graded,
    resource.programme,
    resource.entered_at,
    resource.entered_at + INTERVAL 30 DAY AS matured_30d_at,
    coalesce(resource.retired_at >= resource.entered_at + INTERVAL 30 DAY, TRUE) AS past_quarantine,
    resource.retired_at,
    resource.last_confirmed_at,
    resource.is_shared,
    resource._flaw AS flaw
FROM resource
