ends AS (
    SELECT unnest([2020, 2021, 2022]) AS year, make_date(year + 1, 1, 1) AS day
)
