SELECT
    submission_id,
    subject_id,
    due_at,
    submitted_at,
    passed_validation,
    coalesce(submitted_at <= due_at, FALSE) AS on_time,
    coalesce(submitted_at <= due_at AND passed_validation, FALSE) AS complete_on_time,
    _flaw AS flaw
FROM submission_log
