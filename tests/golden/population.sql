-- 所读各表为业务记录的现行版本；_flaw 为空表示该行有效，否则为 duplicate（重复）或 unverified（未核验）

-- 评价对象：试点城市（园区）
-- 范围：类别为“city”
CREATE TEMPORARY TABLE "units" AS
SELECT
  *
FROM (
  SELECT
    pilot_city.city_id AS unit,
    pilot_city.name_zh,
    pilot_city.name_en,
    pilot_city.active_from,
    pilot_city.active_to,
    pilot_city.kind,
    pilot_city.province_code,
    pilot_city.area_flag,
    pilot_city.batch,
    pilot_city.parent_city_id,
    pilot_city.old_revolutionary
  FROM pilot_city
) AS dimension
WHERE
  "kind" = 'city';

-- 评价期：2022 至 2022，起日计入、止日不计
CREATE TEMPORARY TABLE "periods" AS
SELECT
  0 AS "_period",
  '2022' AS "id",
  CAST('2022-01-01' AS DATE) AS "start_on",
  CAST('2023-01-01' AS DATE) AS "end_on";

-- 事实表 overseas_landings（海外项目与人才落地）：每个落地的海外项目或人才一行
-- landings: 记录的条数，落地日在评价期内，只计有效记录
CREATE TEMPORARY TABLE "overseas_landings_measures" AS
WITH "overseas_landings_fact" AS (
  SELECT
    city_id,
    landed_on,
    _flaw AS flaw
  FROM overseas_landing
)
SELECT
  "city_id" AS "_unit",
  YEAR("landed_on") - 2022 AS "_period",
  COUNT(*) AS "landings",
  COUNT(*) AS "_n_landings"
FROM "overseas_landings_fact"
WHERE
  (
    "landed_on" >= CAST('2022-01-01' AS DATE) AND "landed_on" < CAST('2023-01-01' AS DATE)
  )
  AND "flaw" IS NULL
  AND NOT "city_id" IS NULL
GROUP BY
  1,
  2;

-- 把 1 个事实表的基础量合在一起：评价期内在册的评价对象各一行，没有记录的个数与合计为零
CREATE TEMPORARY TABLE "measures" AS
SELECT
  "units"."unit" AS "_unit",
  "periods"."_period" AS "_period",
  CASE
    WHEN COALESCE("overseas_landings_measures"."_n_landings", 0) = 0
    THEN 0
    ELSE CAST("overseas_landings_measures"."landings" AS DOUBLE)
  END AS "landings",
  CAST(COALESCE("overseas_landings_measures"."_n_landings", 0) AS DOUBLE) AS "_n_landings"
FROM "units"
INNER JOIN "periods"
  ON (
    "units"."active_from" IS NULL OR "units"."active_from" < "periods"."end_on"
  )
  AND (
    "units"."active_to" IS NULL OR "units"."active_to" > "periods"."start_on"
  )
LEFT JOIN "overseas_landings_measures"
  ON "overseas_landings_measures"."_unit" = "units"."unit" AND "overseas_landings_measures"."_period" = "periods"."_period";

-- 指标：由基础量按公式算出，除以零为缺失
-- A = landings
SELECT
  "now"."_unit",
  "now"."_period",
  "now"."landings" AS "A"
FROM "measures" AS "now";
