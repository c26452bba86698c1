WITH due AS (
    SELECT
        'roadmap' AS kind,
        roadmap_item.item_id AS duty_id,
        'city' AS level,
        roadmap_item.city_id AS owner_id,
        pilot_city.province_code,
        roadmap_item.original_due_date AS due_on,
        roadmap_item.done_at AS done_on,
        roadmap_item._flaw
    FROM roadmap_item
    LEFT JOIN pilot_city ON pilot_city.city_id = roadmap_item.city_id

    UNION ALL

    SELECT
        'report',
        submission_log.submission_id,
        CASE
            WHEN NOT pilot_city.city_id IS NULL THEN 'city'
            WHEN org.org_class = 'PA' THEN 'province'
            ELSE 'body'
        END,
        submission_log.subject_id,
        coalesce(pilot_city.province_code, org.province_code, lead.province_code),
        CAST(submission_log.due_at AS DATE),
        CAST(CASE WHEN submission_log.passed_validation THEN submission_log.submitted_at END AS DATE),
        submission_log._flaw
    FROM submission_log
    LEFT JOIN pilot_city ON pilot_city.city_id = submission_log.subject_id
    LEFT JOIN org ON org.org_id = submission_log.subject_id
    LEFT JOIN service_team ON service_team.team_id = submission_log.subject_id
    LEFT JOIN org AS lead ON lead.org_id = service_team.lead_org_id

    UNION ALL

    SELECT
        'task',
        work_task.task_id,
        work_task.task_level,
        CASE WHEN work_task.task_level = 'city' THEN coalesce(work_task.city_id, work_task.owner_org_id) ELSE work_task.owner_org_id END,
        CASE WHEN work_task.task_level <> 'national' THEN coalesce(pilot_city.province_code, work_task.province_code) END,
        work_task.due_date,
        work_task.done_at,
        work_task._flaw
    FROM work_task
    LEFT JOIN pilot_city ON pilot_city.city_id = work_task.city_id
)

SELECT
    kind,
    duty_id,
    level,
    owner_id,
    province_code,
    due_on,
    done_on,
    NOT done_on IS NULL AS done,
    coalesce(done_on <= due_on, FALSE) AS done_on_time,
    _flaw AS flaw
FROM due
