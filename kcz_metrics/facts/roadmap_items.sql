SELECT
    item_id,
    city_id,
    need_id,
    contract_id,
    docking_mode,
    cooperation_mode,
    original_due_date,
    due_date,
    done_at,
    published_at,
    coalesce(done_at <= original_due_date, FALSE) AS done_on_time,
    NOT coalesce(need_id, contract_id) IS NULL AS tied,
    _flaw AS flaw
FROM roadmap_item
