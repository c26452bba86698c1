-- 所读各表为业务记录的现行版本；_flaw 为空表示该行有效，否则为 duplicate（重复）或 unverified（未核验）

-- 评价对象：科技服务团
CREATE TEMPORARY TABLE "units" AS
SELECT
  *
FROM (
  SELECT
    service_team.team_id AS unit,
    service_team.name_zh,
    COALESCE(service_team.name_en, service_team.name_zh) AS name_en,
    service_team.founded_at AS active_from,
    CAST(NULL AS DATE) AS active_to,
    service_team.team_kind,
    service_team.tech_field,
    service_team.lead_org_id,
    org.org_class,
    CASE
      WHEN org.org_class = 'NS'
      THEN 'national_society'
      WHEN org.org_class IN ('PS', 'PA', 'LA')
      THEN 'provincial_society'
      WHEN org.org_class IN ('UN', 'RI')
      THEN 'university_institute'
      WHEN org.org_class = 'SO'
      THEN 'service_organisation'
      ELSE 'other'
    END AS founder_class,
    org.province_code,
    COALESCE(society.discipline_group, expert.discipline_group) AS discipline_group
  FROM service_team
  LEFT JOIN org
    ON org.org_id = service_team.lead_org_id
  LEFT JOIN society
    ON society.org_id = service_team.lead_org_id
  LEFT JOIN expert
    ON expert.person_id = service_team.lead_person_id
) AS dimension;

-- 评价期：2022 至 2022，起日计入、止日不计
CREATE TEMPORARY TABLE "periods" AS
SELECT
  0 AS "_period",
  '2022' AS "id",
  CAST('2022-01-01' AS DATE) AS "start_on",
  CAST('2023-01-01' AS DATE) AS "end_on";

-- 事实表 team_members（服务团成员）：每名成员一行，自加入至退出有效
-- first: 记录的条数，评价期初有效
-- last: 记录的条数，评价期末有效
-- whole: 记录的条数，整个评价期内有效
CREATE TEMPORARY TABLE "team_members_measures" AS
WITH "team_members_fact" AS (
  SELECT
    team_id,
    from_date,
    to_date
  FROM team_member
)
SELECT
  "team_id" AS "_unit",
  "periods"."_period" AS "_period",
  COUNT(*) FILTER(WHERE
    (
      "from_date" IS NULL OR "from_date" <= "periods"."start_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" > "periods"."start_on"
    )) AS "first",
  COUNT(*) FILTER(WHERE
    (
      "from_date" IS NULL OR "from_date" <= "periods"."start_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" > "periods"."start_on"
    )) AS "_n_first",
  COUNT(*) FILTER(WHERE
    (
      "from_date" IS NULL OR "from_date" < "periods"."end_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" >= "periods"."end_on"
    )) AS "last",
  COUNT(*) FILTER(WHERE
    (
      "from_date" IS NULL OR "from_date" < "periods"."end_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" >= "periods"."end_on"
    )) AS "_n_last",
  COUNT(*) FILTER(WHERE
    (
      "from_date" IS NULL OR "from_date" <= "periods"."start_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" >= "periods"."end_on"
    )) AS "whole",
  COUNT(*) FILTER(WHERE
    (
      "from_date" IS NULL OR "from_date" <= "periods"."start_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" >= "periods"."end_on"
    )) AS "_n_whole"
FROM "team_members_fact"
INNER JOIN "periods"
  ON (
    (
      "from_date" IS NULL OR "from_date" <= "periods"."start_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" > "periods"."start_on"
    )
  )
  OR (
    (
      "from_date" IS NULL OR "from_date" < "periods"."end_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" >= "periods"."end_on"
    )
  )
  OR (
    (
      "from_date" IS NULL OR "from_date" <= "periods"."start_on"
    )
    AND (
      "to_date" IS NULL OR "to_date" >= "periods"."end_on"
    )
  )
WHERE
  NOT "team_id" IS NULL
GROUP BY
  1,
  2;

-- 把 1 个事实表的基础量合在一起：评价期内在册的评价对象各一行，没有记录的个数与合计为零
CREATE TEMPORARY TABLE "measures" AS
SELECT
  "units"."unit" AS "_unit",
  "periods"."_period" AS "_period",
  CASE
    WHEN COALESCE("team_members_measures"."_n_first", 0) = 0
    THEN 0
    ELSE CAST("team_members_measures"."first" AS DOUBLE)
  END AS "first",
  CAST(COALESCE("team_members_measures"."_n_first", 0) AS DOUBLE) AS "_n_first",
  CASE WHEN COALESCE("team_members_measures"."_n_last", 0) = 0 THEN 0 ELSE CAST("team_members_measures"."last" AS DOUBLE) END AS "last",
  CAST(COALESCE("team_members_measures"."_n_last", 0) AS DOUBLE) AS "_n_last",
  CASE
    WHEN COALESCE("team_members_measures"."_n_whole", 0) = 0
    THEN 0
    ELSE CAST("team_members_measures"."whole" AS DOUBLE)
  END AS "whole",
  CAST(COALESCE("team_members_measures"."_n_whole", 0) AS DOUBLE) AS "_n_whole"
FROM "units"
INNER JOIN "periods"
  ON (
    "units"."active_from" IS NULL OR "units"."active_from" < "periods"."end_on"
  )
  AND (
    "units"."active_to" IS NULL OR "units"."active_to" > "periods"."start_on"
  )
LEFT JOIN "team_members_measures"
  ON "team_members_measures"."_unit" = "units"."unit" AND "team_members_measures"."_period" = "periods"."_period";

-- 指标：由基础量按公式算出，除以零为缺失
-- A = first
-- B = last
-- C = whole
SELECT
  "now"."_unit",
  "now"."_period",
  "now"."first" AS "A",
  "now"."last" AS "B",
  "now"."whole" AS "C"
FROM "measures" AS "now";
