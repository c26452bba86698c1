SELECT
    adoption.case_id,
    adoption.adopter_id,
    adoption.adopted_at,
    case_study.owner_type,
    case_study.owner_id,
    CAST(CASE WHEN EXISTS (
        SELECT 1
        FROM case_adoption AS back
        JOIN case_study AS theirs ON theirs.case_id = back.case_id
        WHERE back._flaw IS NULL AND theirs._flaw IS NULL AND theirs.owner_id = adoption.adopter_id AND back.adopter_id = case_study.owner_id
    ) THEN 0.5 ELSE 1 END AS DOUBLE) AS credit,
    adoption._flaw AS flaw
FROM case_adoption AS adoption
JOIN case_study ON case_study.case_id = adoption.case_id AND case_study._flaw IS NULL
