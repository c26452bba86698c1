-- The size of bodies by their class: members, R&D staff, employees, or the R&D staff of their region.
SELECT
    org_id AS unit,
    year,
    CASE org_class
        WHEN 'NS' THEN members WHEN 'PS' THEN members WHEN 'UN' THEN context.rd_staff WHEN 'RI' THEN context.rd_staff WHEN 'EN' THEN context.rd_staff
        WHEN 'SO' THEN employees WHEN 'FI' THEN employees WHEN 'OT' THEN employees
    END AS size
FROM org_context AS context
JOIN org USING (org_id)
WHERE org_class NOT IN ('PA', 'LA') AND year BETWEEN 2020 AND 2022

UNION ALL

SELECT org_id, region_context.year, CASE org_class WHEN 'PA' THEN region_context.rd_staff ELSE city_context.rd_staff END
FROM org
JOIN region_context USING (province_code)
LEFT JOIN city_context ON city_context.city_id = org.city_id AND city_context.year = region_context.year
WHERE org_class IN ('PA', 'LA') AND region_context.year BETWEEN 2020 AND 2022
