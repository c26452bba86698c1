SELECT project_id, org_id, mode, occurred_on, _flaw AS flaw
FROM showcase_project
