-- Advice of bodies that was adopted.
WITH RECURSIVE {successors}

SELECT coalesce(successor_id, advice_item.org_id) AS unit, year(occurred_on) AS year, count(*) AS advice_adopted
FROM advice_item
LEFT JOIN successors ON successors.org_id = advice_item.org_id AND occurred_on >= since AND occurred_on < until
WHERE duplicate_of IS NULL AND status = 'verified' AND adopted_doc_no IS NOT NULL AND advice_item.org_id IS NOT NULL
    AND occurred_on >= DATE '2020-01-01' AND occurred_on < DATE '2023-01-01'
GROUP BY ALL
