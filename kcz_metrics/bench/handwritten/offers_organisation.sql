-- Offers of bodies that were accepted, and those for hard needs among them.
WITH RECURSIVE {successors}

SELECT
    coalesce(successors.successor_id, need_offer.org_id) AS unit,
    year(accepted_at) AS year,
    count_if(need.difficulty >= 3) AS hard_accepted,
    count(*) AS offers_accepted
FROM need_offer
JOIN need USING (need_id)
LEFT JOIN successors ON successors.org_id = need_offer.org_id AND CAST(offered_at AS DATE) >= since AND CAST(offered_at AS DATE) < until
WHERE need_offer.duplicate_of IS NULL AND need_offer.status = 'verified' AND need_offer.org_id IS NOT NULL
    AND year(accepted_at) BETWEEN 2020 AND 2022
GROUP BY ALL
