SELECT province_code, approved_at
FROM province_pilot
