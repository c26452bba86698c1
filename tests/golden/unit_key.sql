-- 所读各表为业务记录的现行版本；_flaw 为空表示该行有效，否则为 duplicate（重复）或 unverified（未核验）

-- 评价对象：试点城市（园区）
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
) AS dimension;

-- 评价期：2022 至 2022，起日计入、止日不计
CREATE TEMPORARY TABLE "periods" AS
SELECT
  0 AS "_period",
  '2022' AS "id",
  CAST('2022-01-01' AS DATE) AS "start_on",
  CAST('2023-01-01' AS DATE) AS "end_on";

-- 事实表 dockings（对接）先行算出：每次对接一行，带上所属需求与站点的信息
CREATE TEMPORARY TABLE "dockings_fact" AS
SELECT
  *
FROM (
  WITH joined AS (
    SELECT
      docking.*,
      need.city_id,
      need.difficulty,
      need.posted_at
    FROM docking
    JOIN need
      ON need.need_id = docking.need_id
  ), numbered AS (
    SELECT
      *
    FROM joined
  )
  SELECT
    numbered.city_id,
    station.city_id AS station_city_id,
    numbered.stage2_at AS met_at,
    numbered._flaw AS flaw
  FROM numbered
  LEFT JOIN station
    ON station.station_id = numbered.station_id
) AS "dockings_rows"
WHERE
  "flaw" IS NULL AND (
    "met_at" >= CAST('2022-01-01' AS DATE) AND "met_at" < CAST('2023-01-01' AS DATE)
  );

-- 事实表 dockings（对接）：每次对接一行，带上所属需求与站点的信息
-- at_home: 记录的条数，双方会面时间在评价期内，只计有效记录
CREATE TEMPORARY TABLE "dockings_measures" AS
SELECT
  "city_id" AS "_unit",
  YEAR("met_at") - 2022 AS "_period",
  COUNT(*) AS "at_home",
  COUNT(*) AS "_n_at_home"
FROM "dockings_fact"
WHERE
  (
    "met_at" >= CAST('2022-01-01' AS DATE) AND "met_at" < CAST('2023-01-01' AS DATE)
  )
  AND "flaw" IS NULL
  AND NOT "city_id" IS NULL
GROUP BY
  1,
  2;

-- 事实表 dockings（对接）：每次对接一行，带上所属需求与站点的信息
-- by_station: 记录的条数，双方会面时间在评价期内，只计有效记录
CREATE TEMPORARY TABLE "dockings_by_station_city_id_measures" AS
SELECT
  "station_city_id" AS "_unit",
  YEAR("met_at") - 2022 AS "_period",
  COUNT(*) AS "by_station",
  COUNT(*) AS "_n_by_station"
FROM "dockings_fact"
WHERE
  (
    "met_at" >= CAST('2022-01-01' AS DATE) AND "met_at" < CAST('2023-01-01' AS DATE)
  )
  AND "flaw" IS NULL
  AND NOT "station_city_id" IS NULL
GROUP BY
  1,
  2;

-- 把 1 个事实表的基础量合在一起：评价期内在册的评价对象各一行，没有记录的个数与合计为零
CREATE TEMPORARY TABLE "measures" AS
SELECT
  "units"."unit" AS "_unit",
  "periods"."_period" AS "_period",
  CASE WHEN COALESCE("dockings_measures"."_n_at_home", 0) = 0 THEN 0 ELSE CAST("dockings_measures"."at_home" AS DOUBLE) END AS "at_home",
  CAST(COALESCE("dockings_measures"."_n_at_home", 0) AS DOUBLE) AS "_n_at_home",
  CASE
    WHEN COALESCE("dockings_by_station_city_id_measures"."_n_by_station", 0) = 0
    THEN 0
    ELSE CAST("dockings_by_station_city_id_measures"."by_station" AS DOUBLE)
  END AS "by_station",
  CAST(COALESCE("dockings_by_station_city_id_measures"."_n_by_station", 0) AS DOUBLE) AS "_n_by_station"
FROM "units"
INNER JOIN "periods"
  ON (
    "units"."active_from" IS NULL OR "units"."active_from" < "periods"."end_on"
  )
  AND (
    "units"."active_to" IS NULL OR "units"."active_to" > "periods"."start_on"
  )
LEFT JOIN "dockings_measures"
  ON "dockings_measures"."_unit" = "units"."unit" AND "dockings_measures"."_period" = "periods"."_period"
LEFT JOIN "dockings_by_station_city_id_measures"
  ON "dockings_by_station_city_id_measures"."_unit" = "units"."unit"
  AND "dockings_by_station_city_id_measures"."_period" = "periods"."_period";

-- 指标：由基础量按公式算出，除以零为缺失
-- A = at_home
-- B = by_station
SELECT
  "now"."_unit",
  "now"."_period",
  "now"."at_home" AS "A",
  "now"."by_station" AS "B"
FROM "measures" AS "now";
