-- Needs in a body's field, and those it answered usefully in words of its own. Needs are counted by industry and day before they meet the
-- bodies of the industry: the rows of needs by bodies are never made.
WITH RECURSIVE {successors},

spoken AS (
    SELECT answer_id, need_id, org_id, answered_at, useful, regexp_replace(lower(text), '[^\p{L}]+', '', 'g') AS said
    FROM need_answer
    WHERE duplicate_of IS NULL AND status = 'verified'
),

pairs AS (
    SELECT answer_id, said, answered_at, lag(answer_id) OVER side AS other_id, lag(said) OVER side AS other, lag(answered_at) OVER side AS other_at
    FROM spoken
    WHERE said <> ''
    WINDOW side AS (PARTITION BY org_id ORDER BY said, answered_at, answer_id)
    UNION ALL
    SELECT answer_id, said, answered_at, lag(answer_id) OVER side, lag(said) OVER side, lag(answered_at) OVER side
    FROM spoken
    WHERE said <> ''
    WINDOW side AS (PARTITION BY org_id ORDER BY reverse(said), answered_at, answer_id)
),

near AS MATERIALIZED (
    SELECT CASE WHEN (other_at, other_id) > (answered_at, answer_id) THEN other_id ELSE answer_id END AS answer_id, said, other
    FROM pairs
    WHERE least(strlen(said), strlen(other)) >= $answer_similarity * greatest(strlen(said), strlen(other))
),

copies AS (
    SELECT DISTINCT answer_id
    FROM near
    WHERE 1 - levenshtein(said, other) / greatest(strlen(said), strlen(other)) >= $answer_similarity
),

fields AS (
    SELECT DISTINCT org_id, industry_code FROM org_field
),

posted AS MATERIALIZED (
    SELECT need_id, industry_code, CAST(posted_at AS DATE) AS day
    FROM need
    WHERE duplicate_of IS NULL AND status = 'verified' AND posted_at >= DATE '2020-01-01' AND posted_at < DATE '2023-01-01'
),

counted AS (
    SELECT org_id, day, needs, 0 AS answered
    FROM (SELECT industry_code, day, count(*) AS needs FROM posted GROUP BY ALL) JOIN fields USING (industry_code)
    UNION ALL
    SELECT org_id, day, 0, count(DISTINCT need_id)
    FROM spoken JOIN posted USING (need_id) SEMI JOIN fields USING (org_id, industry_code)
    WHERE useful AND answer_id NOT IN (SELECT answer_id FROM copies)
    GROUP BY ALL
)

SELECT
    coalesce(successors.successor_id, counted.org_id) AS unit,
    year(day) AS year,
    sum(needs) AS field_needs,
    sum(answered) AS field_needs_answered
FROM counted
LEFT JOIN successors ON successors.org_id = counted.org_id AND day >= since AND day < until
GROUP BY ALL
