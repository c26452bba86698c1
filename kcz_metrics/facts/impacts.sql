WITH shared AS (
    SELECT
        *,
        coalesce(share_pct, 100) * least(
            1,
            100 / nullif(sum(coalesce(share_pct, 100)) OVER (PARTITION BY enterprise_id, effect, year(occurred_on), _flaw), 0)
        ) AS credited_share_pct
    FROM impact
),

caps AS (
    SELECT effect, year(occurred_on) AS year, quantile_cont(value, $impact_cap_quantile) AS cap
    FROM impact
    WHERE _flaw IS NULL AND evidence_class IN ('A', 'B')
    GROUP BY effect, year(occurred_on)
)

SELECT
    impact.impact_id,
    impact.enterprise_id,
    impact.city_id,
    impact.team_id,
    impact.contract_id,
    impact.org_id,
    impact.effect,
    impact.evidence_class,
    impact.occurred_on,
    impact.value,
    impact.share_pct,
    impact.credited_share_pct,
    lookup($evidence_credit, impact.evidence_class) AS evidence_credit,
    least(impact.value, caps.cap) * impact.credited_share_pct / 100 * lookup($evidence_credit, impact.evidence_class) AS credited_value,
    impact._flaw AS flaw
FROM shared AS impact
LEFT JOIN caps ON caps.effect = impact.effect AND caps.year = year(impact.occurred_on)
