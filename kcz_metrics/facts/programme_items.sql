SELECT item_id, column_name, supplier_org_id, aired_at, _flaw AS flaw
FROM programme_item
