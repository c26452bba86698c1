SELECT
    item_id,
    column_name,
    supplier_org_id,
    aired_at,
    row_number() OVER (PARTITION BY content_hash, _flaw ORDER BY aired_at, item_id) = 1 AS first_airing,
    _flaw AS flaw
FROM programme_item
