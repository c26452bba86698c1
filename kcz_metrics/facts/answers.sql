WITH spoken AS (
    SELECT *, regexp_replace(lower(text), '[^\p{L}]+', '', 'g') AS said
    FROM need_answer
),

laid AS (
    SELECT org_id, answer_id, answered_at, said, said AS letters, 'forwards' AS way
    FROM spoken
    WHERE _flaw IS NULL AND said <> ''

    UNION ALL

    SELECT org_id, answer_id, answered_at, said, reverse(said), 'backwards'
    FROM spoken
    WHERE _flaw IS NULL AND said <> ''
),

pairs AS (
    SELECT
        *,
        row_number() OVER side AS place,
        lag(answer_id) OVER side AS other_id,
        lag(answered_at) OVER side AS other_at,
        lag(said) OVER side AS other_said,
        lag(letters) OVER side AS other_letters
    FROM laid
    WINDOW side AS (PARTITION BY way, org_id ORDER BY letters, answered_at, answer_id)
),

alike AS (
    SELECT
        *,
        1 - levenshtein(said, other_said) / greatest(strlen(said), strlen(other_said)) AS similarity
    FROM pairs
    WHERE
        starts_with(other_letters, left(letters, CAST(floor($answer_similarity / 2 * length(letters)) AS INTEGER)))
        AND least(strlen(said), strlen(other_said)) >= $answer_similarity * greatest(strlen(said), strlen(other_said))
),

linked AS (
    SELECT *, place - row_number() OVER (PARTITION BY way, org_id ORDER BY place) AS run
    FROM alike
    WHERE similarity >= $answer_similarity
),

members AS (
    SELECT way, org_id, run, answer_id, answered_at, similarity FROM linked

    UNION ALL

    SELECT way, org_id, run, other_id, other_at, similarity FROM linked
),

later AS (
    SELECT
        answer_id,
        similarity,
        (answered_at, answer_id) > min((answered_at, answer_id)) OVER (PARTITION BY way, org_id, run) AS copied
    FROM members
),

copies AS (
    SELECT answer_id, max(similarity) AS similarity
    FROM later
    WHERE copied
    GROUP BY answer_id
)

SELECT
    spoken.answer_id,
    spoken.need_id,
    spoken.org_id,
    spoken.person_id,
    spoken.answered_at,
    spoken.useful,
    copies.similarity,
    NOT copies.answer_id IS NULL AS copied,
    coalesce(spoken.useful, FALSE) AND copies.answer_id IS NULL AS counts,
    spoken._flaw AS flaw
FROM spoken
LEFT JOIN copies ON copies.answer_id = spoken.answer_id
