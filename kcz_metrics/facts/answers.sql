WITH spoken AS (
    SELECT *, regexp_replace(lower(text), '[^\p{L}]+', '', 'g') AS said
    FROM need_answer
),

pairs AS (
    SELECT answer_id, said, answered_at, lag(answer_id) OVER side AS other_id, lag(said) OVER side AS other_said, lag(answered_at) OVER side AS other_at
    FROM spoken
    WHERE _flaw IS NULL AND said <> ''
    WINDOW side AS (PARTITION BY org_id ORDER BY said, answered_at, answer_id)

    UNION ALL

    SELECT answer_id, said, answered_at, lag(answer_id) OVER side, lag(said) OVER side, lag(answered_at) OVER side
    FROM spoken
    WHERE _flaw IS NULL AND said <> ''
    WINDOW side AS (PARTITION BY org_id ORDER BY reverse(said), answered_at, answer_id)
),

likened AS (
    SELECT
        CASE WHEN other_at > answered_at OR (other_at = answered_at AND other_id > answer_id) THEN other_id ELSE answer_id END AS answer_id,
        1 - levenshtein(said, other_said) / greatest(strlen(said), strlen(other_said)) AS similarity
    FROM pairs
    WHERE least(strlen(said), strlen(other_said)) >= $answer_similarity * greatest(strlen(said), strlen(other_said))
),

nearest AS (
    SELECT answer_id, max(similarity) AS similarity
    FROM likened
    GROUP BY answer_id
)

SELECT
    spoken.answer_id,
    spoken.need_id,
    spoken.org_id,
    spoken.person_id,
    spoken.answered_at,
    spoken.useful,
    nearest.similarity,
    coalesce(nearest.similarity >= $answer_similarity, FALSE) AS copied,
    coalesce(spoken.useful, FALSE) AND NOT coalesce(nearest.similarity >= $answer_similarity, FALSE) AS counts,
    spoken._flaw AS flaw
FROM spoken
LEFT JOIN nearest ON nearest.answer_id = spoken.answer_id
