SELECT advice_id, org_id, adopted_doc_no, occurred_on, NOT adopted_doc_no IS NULL AS adopted, _flaw AS flaw
FROM advice_item
