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

-- 事实表 stations（协作站点）先行算出：每个站点开放的每一年一行，记其活动与成果；最近一年的行在撤站前一直有效
CREATE TEMPORARY TABLE "stations_fact" AS
WITH events AS (
  SELECT
    station_id,
    YEAR(start_at) AS year,
    COUNT(*) AS activities,
    0 AS outcomes
  FROM activity
  WHERE
    _flaw IS NULL AND NOT station_id IS NULL
  GROUP BY
    station_id,
    YEAR(start_at)
  UNION ALL
  SELECT
    station_id,
    YEAR(stage4_at),
    0,
    COUNT(*)
  FROM docking
  WHERE
    _flaw IS NULL AND stage >= 4 AND NOT station_id IS NULL
  GROUP BY
    station_id,
    YEAR(stage4_at)
), latest AS (
  SELECT
    GREATEST(COALESCE((
      SELECT
        MAX(year)
      FROM events
    ), 0), MAX(YEAR(opened_at)), COALESCE(MAX(YEAR(closed_at)), 0)) AS year
  FROM station
), years AS (
  SELECT
    station.*,
    UNNEST(GENERATE_SERIES(YEAR(opened_at), COALESCE(YEAR(closed_at - INTERVAL '1' DAY), latest.year))) AS year
  FROM station
  CROSS JOIN latest
)
SELECT
  years.station_id,
  years.city_id
FROM years;

-- 事实表 successors（机构合并）先行算出：每个已合并机构及其承继机构一行；合并日起的业务归承继机构
CREATE TEMPORARY TABLE "successors_fact" AS
WITH RECURSIVE chain AS (
  SELECT
    org_id,
    merged_into AS successor_id,
    COALESCE(merged_at, CAST('1900-01-01' AS DATE)) AS since,
    1 AS steps
  FROM org
  WHERE
    status = 'merged' AND NOT merged_into IS NULL
  UNION ALL
  SELECT
    chain.org_id,
    org.merged_into,
    GREATEST(chain.since, COALESCE(org.merged_at, CAST('1900-01-01' AS DATE))),
    chain.steps + 1
  FROM chain
  JOIN org
    ON org.org_id = chain.successor_id
  WHERE
    org.status = 'merged' AND NOT org.merged_into IS NULL AND org.merged_into <> chain.org_id AND chain.steps < 10
)
SELECT
  org_id AS merged_org_id,
  successor_id,
  since AS succeeded_from,
  LEAD(since) OVER (PARTITION BY org_id ORDER BY since, steps) AS succeeded_to
FROM chain;

-- 事实表 dockings（对接）先行算出：每次对接一行，带上所属需求与站点的信息
CREATE TEMPORARY TABLE "dockings_fact" AS
WITH numbered AS (
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
)
SELECT
  numbered.city_id,
  station.city_id AS station_city_id,
  numbered.stage2_at AS met_at,
  numbered._flaw AS flaw
FROM numbered
LEFT JOIN station
  ON station.station_id = numbered.station_id;

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
