-- Needs in a body's field, and those it answered usefully in words of its own. Needs are counted by industry and day before they meet the
-- bodies of the industry: the rows of needs by bodies are never made.
WITH RECURSIVE {successors},

spoken AS (
    SELECT answer_id, need_id, org_id, answered_at, useful, regexp_replace(lower(text), '[^\p{L}]+', '', 'g') AS said
    FROM need_answer
    WHERE duplicate_of IS NULL AND status = 'verified'
),

laid AS (
    SELECT org_id, answer_id, said AS letters, 1 AS way FROM spoken WHERE said <> ''
    UNION ALL
    SELECT org_id, answer_id, reverse(said), 2 FROM spoken WHERE said <> ''
),

pairs AS (
    SELECT
        way, org_id, row_number() OVER side AS place, answer_id, letters,
        lag(answer_id) OVER side AS other_id, lag(letters) OVER side AS other,
        CAST(floor($answer_similarity / 4 * length(letters)) AS INTEGER) AS quarter, CAST(floor($answer_similarity / 2 * length(letters)) AS INTEGER) AS half
    FROM laid
    WINDOW side AS (PARTITION BY way, org_id ORDER BY letters, answer_id)
),

near AS MATERIALIZED (
    SELECT *
    FROM pairs
    WHERE starts_with(other, left(letters, half))
        AND (starts_with(other, left(letters, half + quarter)) OR ends_with(other, right(letters, quarter)))
        AND least(strlen(letters), strlen(other)) >= $answer_similarity * greatest(strlen(letters), strlen(other))
),

linked AS (
    SELECT *, place - row_number() OVER (PARTITION BY way, org_id ORDER BY place) AS run
    FROM near
    WHERE 1 - levenshtein(substr(letters, half + 1), substr(other, half + 1)) / greatest(strlen(letters), strlen(other)) >= $answer_similarity
),

copies AS (
    SELECT answer_id
    FROM (
        SELECT way, org_id, run, answer_id FROM linked
        UNION ALL
        SELECT way, org_id, run, other_id FROM linked
    )
    JOIN (SELECT answer_id, answered_at FROM spoken) USING (answer_id)
    QUALIFY (answered_at, answer_id) > min((answered_at, answer_id)) OVER (PARTITION BY way, org_id, run)
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
