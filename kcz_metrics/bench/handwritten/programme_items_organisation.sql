-- Episodes that bodies supplied, each content when it first came out.
WITH RECURSIVE {successors},

aired AS (
    SELECT supplier_org_id, aired_at
    FROM programme_item
    WHERE duplicate_of IS NULL AND status = 'verified'
    QUALIFY row_number() OVER (PARTITION BY content_hash ORDER BY aired_at, item_id) = 1
)

SELECT coalesce(successor_id, supplier_org_id) AS unit, year(aired_at) AS year, count(*) AS columns_aired
FROM aired
LEFT JOIN successors ON successors.org_id = supplier_org_id AND CAST(aired_at AS DATE) >= since AND CAST(aired_at AS DATE) < until
WHERE supplier_org_id IS NOT NULL AND aired_at >= DATE '2020-01-01' AND aired_at < DATE '2023-01-01'
GROUP BY ALL
