SELECT feedback_id, subject_type, subject_id, respondent_org_id, score, drawn_by_system, occurred_on, _flaw AS flaw
FROM feedback
