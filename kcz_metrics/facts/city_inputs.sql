SELECT input_id, city_id, org_id, voucher_no, amount_cny, private_cny, occurred_on, _flaw AS flaw
FROM city_input
