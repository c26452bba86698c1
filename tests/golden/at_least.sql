-- 所读各表为业务记录的现行版本；_flaw 为空表示该行有效，否则为 duplicate（重复）或 unverified（未核验）

-- 评价对象：机构
CREATE TEMPORARY TABLE "units" AS
SELECT
  *
FROM (
  SELECT
    org.org_id AS unit,
    org.name_zh,
    COALESCE(org.name_en, org.name_zh) AS name_en,
    enterprise.founded_at AS active_from,
    CASE WHEN org.status = 'merged' THEN org.merged_at END AS active_to,
    org.org_class,
    org.province_code,
    org.city_id,
    org.status,
    society.discipline_group,
    enterprise.size
  FROM org
  LEFT JOIN society
    ON society.org_id = org.org_id
  LEFT JOIN enterprise
    ON enterprise.org_id = org.org_id
) AS dimension;

-- 评价期：2022 至 2022，起日计入、止日不计
CREATE TEMPORARY TABLE "periods" AS
SELECT
  0 AS "_period",
  '2022' AS "id",
  CAST('2022-01-01' AS DATE) AS "start_on",
  CAST('2023-01-01' AS DATE) AS "end_on";

-- 事实表 successors（机构合并）先行算出：每个已合并机构及其承继机构一行；合并日起的业务归承继机构
CREATE TEMPORARY TABLE "successors_fact" AS
WITH RECURSIVE merged AS MATERIALIZED (
  SELECT
    org_id,
    merged_into,
    COALESCE(merged_at, CAST('1900-01-01' AS DATE)) AS merged_at
  FROM org
  WHERE
    status = 'merged' AND NOT merged_into IS NULL
), chain AS (
  SELECT
    org_id,
    merged_into AS successor_id,
    merged_at AS since,
    1 AS steps
  FROM merged
  UNION ALL
  SELECT
    chain.org_id,
    merged.merged_into,
    GREATEST(chain.since, merged.merged_at),
    chain.steps + 1
  FROM chain
  JOIN merged
    ON merged.org_id = chain.successor_id
  WHERE
    merged.merged_into <> chain.org_id AND chain.steps < 10
)
SELECT
  org_id AS merged_org_id,
  successor_id,
  since AS succeeded_from,
  LEAD(since) OVER (PARTITION BY org_id ORDER BY since, steps) AS succeeded_to
FROM chain;

-- 事实表 dockings（对接）先行算出：每次对接一行，带上所属需求与站点的信息
CREATE TEMPORARY TABLE "dockings_fact" AS
SELECT
  *
FROM (
  WITH joined AS (
    SELECT
      docking.*,
      COALESCE(successors.successor_id, need.enterprise_id) AS enterprise_id,
      need.city_id,
      need.difficulty,
      need.posted_at
    FROM docking
    JOIN need
      ON need.need_id = docking.need_id
    LEFT JOIN "successors_fact" AS "successors"
      ON successors.merged_org_id = need.enterprise_id
      AND CAST(docking.stage2_at AS DATE) >= successors.succeeded_from
      AND COALESCE(CAST(docking.stage2_at AS DATE) < successors.succeeded_to, TRUE)
  ), numbered AS (
    SELECT
      *
    FROM joined
  )
  SELECT
    numbered.enterprise_id,
    numbered.city_id,
    numbered.provider_org_id,
    COALESCE(numbered.assigned_at, numbered.first_reply_at, numbered.stage2_at, numbered.posted_at) AS started_at,
    numbered.assigned_at,
    numbered.stage2_at AS met_at,
    numbered.stage2_at + INTERVAL '120' DAY AS matured_120d_at,
    numbered._flaw AS flaw
  FROM numbered
) AS "dockings_rows"
WHERE
  "flaw" IS NULL AND (
    "met_at" >= CAST('2022-01-01' AS DATE) AND "met_at" < CAST('2023-01-01' AS DATE)
  );

-- 事实表 dockings（对接）：每次对接一行，带上所属需求与站点的信息
-- cities: 不同需求所在试点的个数，双方会面时间在评价期内，只计至少有2条记录者，只计有效记录
CREATE TEMPORARY TABLE "dockings_cities_measures" AS
WITH "values_of" AS (
  SELECT
    COALESCE("successors_fact"."successor_id", "provider_org_id") AS "_unit",
    "periods"."_period",
    "city_id" AS "_value",
    COUNT(*) AS "_records",
    COUNT(*) AS "_kept_by"
  FROM "dockings_fact"
  INNER JOIN "periods"
    ON "met_at" >= "periods"."start_on" AND "met_at" < "periods"."end_on"
  LEFT JOIN "successors_fact"
    ON "successors_fact"."merged_org_id" = "provider_org_id"
    AND "successors_fact"."succeeded_from" <= CAST(COALESCE("met_at", "started_at", "assigned_at", "matured_120d_at") AS DATE)
    AND (
      "successors_fact"."succeeded_to" IS NULL
      OR "successors_fact"."succeeded_to" > CAST(COALESCE("met_at", "started_at", "assigned_at", "matured_120d_at") AS DATE)
    )
  WHERE
    NOT "city_id" IS NULL AND NOT "provider_org_id" IS NULL AND "flaw" IS NULL
  GROUP BY
    1,
    2,
    3
)
SELECT
  "_unit",
  "_period",
  COUNT(*) FILTER(WHERE
    "_kept_by" >= 2) AS "cities",
  COALESCE(SUM("_records") FILTER(WHERE
    "_kept_by" >= 2), 0) AS "_n_cities"
FROM "values_of"
GROUP BY
  1,
  2;

-- 事实表 dockings（对接）：每次对接一行，带上所属需求与站点的信息
-- spread: 需求所在试点的有效个数（香农熵的指数），双方会面时间在评价期内，只计至少有2条记录者，只计有效记录
CREATE TEMPORARY TABLE "dockings_spread_measures" AS
WITH "values_of" AS (
  SELECT
    COALESCE("successors_fact"."successor_id", "provider_org_id") AS "_unit",
    "periods"."_period",
    "city_id" AS "_value",
    COUNT(*) AS "_records",
    COUNT(*) AS "_kept_by"
  FROM "dockings_fact"
  INNER JOIN "periods"
    ON "met_at" >= "periods"."start_on" AND "met_at" < "periods"."end_on"
  LEFT JOIN "successors_fact"
    ON "successors_fact"."merged_org_id" = "provider_org_id"
    AND "successors_fact"."succeeded_from" <= CAST(COALESCE("met_at", "started_at", "assigned_at", "matured_120d_at") AS DATE)
    AND (
      "successors_fact"."succeeded_to" IS NULL
      OR "successors_fact"."succeeded_to" > CAST(COALESCE("met_at", "started_at", "assigned_at", "matured_120d_at") AS DATE)
    )
  WHERE
    NOT "city_id" IS NULL AND NOT "provider_org_id" IS NULL AND "flaw" IS NULL
  GROUP BY
    1,
    2,
    3
)
SELECT
  "_unit",
  "_period",
  CASE
    WHEN COUNT(*) FILTER(WHERE
      "_kept_by" >= 2) > 1
    THEN EXP(
      LN(SUM(CAST("_records" AS DOUBLE)) FILTER(WHERE
        "_kept_by" >= 2)) - CAST(SUM(CAST(CAST("_records" AS DOUBLE) * LN(CAST("_records" AS DOUBLE)) AS DECIMAL(38, 18))) FILTER(WHERE
        "_kept_by" >= 2) AS DOUBLE) / SUM(CAST("_records" AS DOUBLE)) FILTER(WHERE
        "_kept_by" >= 2)
    )
    WHEN COUNT(*) FILTER(WHERE
      "_kept_by" >= 2) = 1
    THEN 1e0
  END AS "spread",
  COALESCE(SUM("_records") FILTER(WHERE
    "_kept_by" >= 2), 0) AS "_n_spread"
FROM "values_of"
GROUP BY
  1,
  2;

-- 事实表 dockings（对接）：每次对接一行，带上所属需求与站点的信息
-- reached: 不同需求所在试点的个数，双方会面时间在评价期内，只计至少有2个不同的企业（合并后为承继企业）者，只计有效记录
CREATE TEMPORARY TABLE "dockings_reached_measures" AS
WITH "values_of" AS (
  SELECT
    COALESCE("successors_fact"."successor_id", "provider_org_id") AS "_unit",
    "periods"."_period",
    "city_id" AS "_value",
    COUNT(*) AS "_records",
    COUNT(DISTINCT "enterprise_id") AS "_kept_by"
  FROM "dockings_fact"
  INNER JOIN "periods"
    ON "met_at" >= "periods"."start_on" AND "met_at" < "periods"."end_on"
  LEFT JOIN "successors_fact"
    ON "successors_fact"."merged_org_id" = "provider_org_id"
    AND "successors_fact"."succeeded_from" <= CAST(COALESCE("met_at", "started_at", "assigned_at", "matured_120d_at") AS DATE)
    AND (
      "successors_fact"."succeeded_to" IS NULL
      OR "successors_fact"."succeeded_to" > CAST(COALESCE("met_at", "started_at", "assigned_at", "matured_120d_at") AS DATE)
    )
  WHERE
    NOT "city_id" IS NULL AND NOT "provider_org_id" IS NULL AND "flaw" IS NULL
  GROUP BY
    1,
    2,
    3
)
SELECT
  "_unit",
  "_period",
  COUNT(*) FILTER(WHERE
    "_kept_by" >= 2) AS "reached",
  COALESCE(SUM("_records") FILTER(WHERE
    "_kept_by" >= 2), 0) AS "_n_reached"
FROM "values_of"
GROUP BY
  1,
  2;

-- 把 1 个事实表的基础量合在一起：评价期内在册的评价对象各一行，没有记录的个数与合计为零
CREATE TEMPORARY TABLE "measures" AS
SELECT
  "units"."unit" AS "_unit",
  "periods"."_period" AS "_period",
  CASE
    WHEN COALESCE("dockings_cities_measures"."_n_cities", 0) = 0
    THEN 0
    ELSE CAST("dockings_cities_measures"."cities" AS DOUBLE)
  END AS "cities",
  CAST(COALESCE("dockings_cities_measures"."_n_cities", 0) AS DOUBLE) AS "_n_cities",
  CASE
    WHEN ABS(CAST("dockings_spread_measures"."spread" AS DOUBLE)) <= 1e60
    THEN CAST("dockings_spread_measures"."spread" AS DOUBLE)
  END AS "spread",
  CAST(COALESCE("dockings_spread_measures"."_n_spread", 0) AS DOUBLE) AS "_n_spread",
  CASE
    WHEN COALESCE("dockings_reached_measures"."_n_reached", 0) = 0
    THEN 0
    ELSE CAST("dockings_reached_measures"."reached" AS DOUBLE)
  END AS "reached",
  CAST(COALESCE("dockings_reached_measures"."_n_reached", 0) AS DOUBLE) AS "_n_reached"
FROM "units"
INNER JOIN "periods"
  ON (
    "units"."active_from" IS NULL OR "units"."active_from" < "periods"."end_on"
  )
  AND (
    "units"."active_to" IS NULL OR "units"."active_to" > "periods"."start_on"
  )
LEFT JOIN "dockings_cities_measures"
  ON "dockings_cities_measures"."_unit" = "units"."unit" AND "dockings_cities_measures"."_period" = "periods"."_period"
LEFT JOIN "dockings_spread_measures"
  ON "dockings_spread_measures"."_unit" = "units"."unit" AND "dockings_spread_measures"."_period" = "periods"."_period"
LEFT JOIN "dockings_reached_measures"
  ON "dockings_reached_measures"."_unit" = "units"."unit" AND "dockings_reached_measures"."_period" = "periods"."_period";

-- 指标：由基础量按公式算出，除以零为缺失
-- A = cities
-- B = spread
-- C = reached
SELECT
  "now"."_unit",
  "now"."_period",
  "now"."cities" AS "A",
  "now"."spread" AS "B",
  "now"."reached" AS "C"
FROM "measures" AS "now";
