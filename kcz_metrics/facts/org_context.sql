SELECT
    org.org_id,
    context.year,
    make_date(context.year, 1, 1) AS valid_from,
    make_date(context.year + 1, 1, 1) AS valid_to,
    org.org_class,
    context.members,
    context.rd_staff,
    context.employees,
    region_context.rd_staff AS region_rd_staff,
    region_context.gdp_100m AS region_gdp_100m,
    CASE
        WHEN org.org_class IN ('NS', 'PS') THEN context.members
        WHEN org.org_class IN ('UN', 'RI', 'EN') THEN context.rd_staff
        WHEN org.org_class IN ('SO', 'FI', 'OT') THEN context.employees
        WHEN org.org_class = 'PA' THEN region_context.rd_staff
        WHEN org.org_class = 'LA' THEN city_context.rd_staff
    END AS size
FROM org
JOIN (
    SELECT org_id, year, members, rd_staff, employees FROM org_context

    UNION ALL

    SELECT org.org_id, region_context.year, NULL, NULL, NULL
    FROM org
    JOIN region_context ON region_context.province_code = org.province_code
    WHERE org.org_class IN ('PA', 'LA')
        AND NOT EXISTS (SELECT 1 FROM org_context WHERE org_context.org_id = org.org_id AND org_context.year = region_context.year)
) AS context ON context.org_id = org.org_id
LEFT JOIN region_context ON region_context.province_code = org.province_code AND region_context.year = context.year
LEFT JOIN city_context ON city_context.city_id = org.city_id AND city_context.year = context.year
