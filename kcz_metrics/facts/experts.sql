SELECT person_id, org_id, discipline_group, consent, CAST(NULL AS DATE) AS valid_from, CAST(NULL AS DATE) AS valid_to
FROM expert
