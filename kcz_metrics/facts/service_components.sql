SELECT city_id, component, active_from, CAST(NULL AS DATE) AS active_to
FROM service_component
