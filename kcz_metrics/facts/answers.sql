WITH spoken AS (
    SELECT org_id, answer_id, answered_at, regexp_replace(lower(text), '[^\p{L}]+', '', 'g') AS said
    FROM need_answer
    WHERE _flaw IS NULL AND NOT text IS NULL
),

laid AS (
    SELECT org_id, answer_id, said AS letters, 'forwards' AS way
    FROM spoken
    WHERE said <> ''

    UNION ALL

    SELECT org_id, answer_id, reverse(said), 'backwards'
    FROM spoken
    WHERE said <> ''
),

pairs AS (
    SELECT
        way,
        org_id,
        row_number() OVER side AS place,
        answer_id,
        letters,
        lag(answer_id) OVER side AS other_id,
        lag(letters) OVER side AS other_letters
    FROM laid
    WINDOW side AS (PARTITION BY way, org_id ORDER BY letters, answer_id)
),

begun_alike AS (
    SELECT
        *,
        CAST(floor($answer_similarity / 2 * length(letters)) AS INTEGER) AS half,
        CAST(floor($answer_similarity / 4 * length(letters)) AS INTEGER) AS quarter
    FROM pairs
    WHERE starts_with(other_letters, left(letters, CAST(floor($answer_similarity / 2 * length(letters)) AS INTEGER)))
),

alike AS (
    SELECT
        way,
        org_id,
        place,
        answer_id,
        other_id,
        1 - levenshtein(substr(letters, half + 1), substr(other_letters, half + 1)) / greatest(strlen(letters), strlen(other_letters))
            AS similarity
    FROM begun_alike
    WHERE
        least(strlen(letters), strlen(other_letters)) >= $answer_similarity * greatest(strlen(letters), strlen(other_letters))
        AND (starts_with(other_letters, left(letters, half + quarter)) OR ends_with(other_letters, right(letters, quarter)))
),

linked AS (
    SELECT *, place - row_number() OVER (PARTITION BY way, org_id ORDER BY place) AS run
    FROM alike
    WHERE similarity >= $answer_similarity
),

members AS (
    SELECT way, org_id, run, answer_id, similarity FROM linked

    UNION ALL

    SELECT way, org_id, run, other_id, similarity FROM linked
),

later AS (
    SELECT
        members.answer_id,
        members.similarity,
        (spoken.answered_at, spoken.answer_id)
        > min((spoken.answered_at, spoken.answer_id)) OVER (PARTITION BY members.way, members.org_id, members.run) AS copied
    FROM members
    JOIN spoken ON spoken.answer_id = members.answer_id
),

copies AS (
    SELECT answer_id, max(similarity) AS similarity
    FROM later
    WHERE copied
    GROUP BY answer_id
)

SELECT
    need_answer.answer_id,
    need_answer.need_id,
    need_answer.org_id,
    need_answer.person_id,
    need_answer.answered_at,
    need_answer.useful,
    copies.similarity,
    NOT copies.answer_id IS NULL AS copied,
    coalesce(need_answer.useful, FALSE) AND copies.answer_id IS NULL AS counts,
    need_answer._flaw AS flaw
FROM need_answer
LEFT JOIN copies ON copies.answer_id = need_answer.answer_id
