WITH worked AS (
    SELECT team_id, year(date) AS year, city_id, evidence_class, onsite
    FROM service_day
    WHERE _flaw IS NULL
),

days AS (
    SELECT
        team_id,
        year,
        count(*) AS service_days,
        count(*) FILTER (WHERE evidence_class = 'A') AS a,
        count(*) FILTER (WHERE evidence_class = 'B') AS b,
        count(*) FILTER (WHERE evidence_class = 'C') AS c
    FROM worked
    GROUP BY team_id, year
),

by_city AS (
    SELECT team_id, year, city_id, count(*) AS days_there, count(*) FILTER (WHERE onsite) AS days_onsite
    FROM worked
    GROUP BY team_id, year, city_id
),

main_city AS (
    SELECT
        team_id,
        year,
        city_id,
        row_number() OVER (PARTITION BY team_id, year ORDER BY days_there DESC, days_onsite DESC, city_id) AS place
    FROM by_city
),

reviewed AS (
    SELECT
        team_id,
        year(reviewed_at) AS year,
        reg_status,
        min(CASE WHEN reg_status = 'registered' THEN reviewed_at END) OVER (PARTITION BY team_id) AS first_registered_at,
        row_number() OVER (PARTITION BY team_id, year(reviewed_at) ORDER BY reviewed_at DESC, reg_id) AS place
    FROM team_registration
    WHERE reg_status IN ('registered', 'revoked') AND NOT reviewed_at IS NULL
),

registered AS (
    SELECT
        team_id,
        year,
        12 * (year + 1 - year(first_registered_at)) + 1 - month(first_registered_at)
        - CASE WHEN day(first_registered_at) > 1 THEN 1 ELSE 0 END AS months
    FROM reviewed
    WHERE place = 1 AND reg_status = 'registered'
),

cities AS (
    SELECT team_id, year, count(DISTINCT CASE WHEN NOT agreement_signed_at IS NULL THEN city_id END) AS signed
    FROM team_city
    GROUP BY team_id, year
),

plans AS (
    SELECT team_id, year, round(avg(attainment), 6) AS attainment
    FROM team_targets
    GROUP BY team_id, year
),

years AS (
    SELECT team_id, year FROM days
    UNION
    SELECT team_id, year FROM registered
    UNION
    SELECT team_id, year FROM cities
    UNION
    SELECT team_id, year FROM plans
)

SELECT
    years.team_id,
    years.year,
    make_date(years.year, 12, 31) AS ended_on,
    registered.months AS registered_months,
    coalesce(days.service_days, 0) AS service_days,
    days.a / days.service_days AS evidence_a_share,
    days.b / days.service_days AS evidence_b_share,
    days.c / days.service_days AS evidence_c_share,
    main_city.city_id AS main_city_id,
    pilot_city.area_flag,
    coalesce(cities.signed, 0) AS signed_cities,
    EXISTS (
        SELECT 1
        FROM team_support
        WHERE team_support.team_id = years.team_id
        AND team_support.start_year <= years.year
        AND team_support.support_status <> 'stopped'
    ) AS supported_before,
    plans.attainment
FROM years
JOIN service_team ON service_team.team_id = years.team_id
LEFT JOIN days ON days.team_id = years.team_id AND days.year = years.year
LEFT JOIN main_city ON main_city.team_id = years.team_id AND main_city.year = years.year AND main_city.place = 1
LEFT JOIN pilot_city ON pilot_city.city_id = main_city.city_id
LEFT JOIN registered ON registered.team_id = years.team_id AND registered.year = years.year
LEFT JOIN cities ON cities.team_id = years.team_id AND cities.year = years.year
LEFT JOIN plans ON plans.team_id = years.team_id AND plans.year = years.year
