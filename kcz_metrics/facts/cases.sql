SELECT case_id, owner_type, owner_id, selected_on, _flaw AS flaw
FROM case_study
WHERE NOT selected_on IS NULL
