WITH answered AS (
    SELECT need_id FROM docking WHERE _flaw IS NULL

    UNION

    SELECT need_id FROM need_offer WHERE _flaw IS NULL

    UNION

    SELECT need_id FROM need_answer WHERE _flaw IS NULL
),

judged AS (
    SELECT
        need.*,
        coalesce(successors.successor_id, need.enterprise_id) AS capped_enterprise_id,
        CASE WHEN need.outcome = 'rejected' OR NOT answered.need_id IS NULL THEN need.first_response_at END AS real_response_at
    FROM need
    LEFT JOIN answered ON answered.need_id = need.need_id
    LEFT JOIN successors
        ON successors.merged_org_id = need.enterprise_id
        AND CAST(need.posted_at AS DATE) >= successors.succeeded_from
        AND coalesce(CAST(need.posted_at AS DATE) < successors.succeeded_to, TRUE)
)

SELECT
    need.need_id,
    need.city_id,
    need.enterprise_id,
    need.industry_code,
    need.tech_field,
    need.difficulty,
    lookup($difficulty_weight, need.difficulty) AS difficulty_weight,
    need.budget_cny,
    need.posted_at,
    need.posted_at + INTERVAL 60 DAY AS matured_60d_at,
    need.posted_at + INTERVAL 180 DAY AS matured_180d_at,
    need.closed_at,
    need.outcome,
    need.real_response_at IS NOT NULL AS responded,
    date_diff('second', need.posted_at, need.real_response_at) / 86400 AS first_reply_days,
    coalesce(date_diff('second', need.posted_at, need.real_response_at) / 86400, $unanswered_days) AS waiting_days,
    coalesce(best.first_met_at IS NOT NULL, FALSE) AS docked,
    coalesce(best.first_met_at <= need.posted_at + INTERVAL 60 DAY, FALSE) AS docked_within_60d,
    coalesce(best.stage, 0) AS longest_stage,
    need.outcome = 'solved' AND coalesce(need.confirmed_by_enterprise, FALSE) AS solved,
    need.outcome = 'solved' AND coalesce(need.confirmed_by_enterprise, FALSE)
        AND coalesce(need.closed_at <= need.posted_at + INTERVAL 180 DAY, FALSE) AS solved_within_180d,
    coalesce(best.agreed_with_team, FALSE) AS agreed_with_team,
    row_number() OVER (
        PARTITION BY need.capped_enterprise_id, date_trunc('quarter', need.posted_at), need._flaw
        ORDER BY need.posted_at, need.need_id
    ) <= $needs_per_enterprise_quarter AS within_enterprise_cap,
    need._flaw AS flaw
FROM judged AS need
LEFT JOIN (
    SELECT
        need_id,
        max(stage) AS stage,
        min(stage2_at) FILTER (WHERE stage >= 2) AS first_met_at,
        bool_or(stage >= 4 AND NOT team_id IS NULL) AS agreed_with_team
    FROM docking
    WHERE _flaw IS NULL
    GROUP BY need_id
) AS best ON best.need_id = need.need_id
