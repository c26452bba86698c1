SELECT person_id, org_id, discipline_group, consent
FROM expert
