"""Three levels at work: liaison groups and their visits, tasks with an owner and a date, construction plans, links between teams."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import (
    PERCENT,
    after,
    choice,
    day,
    flag,
    ident,
    integer,
    not_before,
    number,
    record,
    reference,
    rule,
    text,
    year,
)
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.places import CITY, PROVINCE_CODE

ITEMS = 14  # of the notice

TABLES = (
    reference(
        "liaison_group",
        "挂点工作组",
        "Liaison group",
        [
            ident("group_id", "工作组编号", "Group id"),
            text("city_id", "挂点试点", "Pilot", unique=True, pattern=CITY),
            ident("lead_org_id", "牵头单位", "Lead body"),
            day("formed_at", "组建日", "Formed on"),
            day("standing_since", "机制化起", "Standing since", nullable=True),
        ],
        key=["group_id"],
        references={"city_id": "pilot_city.city_id", "lead_org_id": "org.org_id"},
        rules=[not_before("standing_since", "formed_at", "机制化不得早于组建", "Standing must not be before forming")],
        about=Label(
            "每个试点一个挂点工作组；由专班转为机制化的有日期", "One group a pilot; a date where it turned from ad hoc to standing"
        ),
    ),
    reference(
        "liaison_member",
        "挂点工作组成员",
        "Liaison member",
        [
            ident("group_id", "工作组", "Group"),
            ident("person_id", "人员", "Person"),
            choice(
                "member_kind",
                "派出类别",
                "Sent by",
                labels(
                    association=("省级科协", "Provincial association"),
                    society=("全国学会", "National society"),
                    university=("高校院所", "University or institute"),
                    local=("地方科协", "Local association"),
                    other=("其他", "Other"),
                ),
            ),
            choice(
                "liaison_role", "组内职责", "Duty", labels(head=("组长", "Head"), deputy=("副组长", "Deputy"), cadre=("挂点干部", "Cadre"))
            ),
            day("from_date", "加入日", "From"),
            day("to_date", "离任日", "To", nullable=True),
        ],
        key=["group_id", "person_id"],
        references={"group_id": "liaison_group.group_id", "person_id": "expert.person_id"},
        rules=[after("to_date", "from_date", "离任日须晚于加入日", "To must be after from")],
        about=Label("工作组由哪些单位的人组成", "Who the groups are made of"),
    ),
    reference(
        "liaison_appraisal",
        "挂点干部考核",
        "Appraisal of a cadre",
        [
            ident("group_id", "工作组", "Group"),
            ident("person_id", "人员", "Person"),
            year("year"),
            choice(
                "appraisal",
                "考核等次",
                "Appraisal",
                labels(excellent=("优秀", "Excellent"), good=("良好", "Good"), fair=("一般", "Fair")),
            ),
        ],
        key=["group_id", "person_id", "year"],
        references={"group_id": "liaison_group.group_id", "person_id": "expert.person_id"},
        about=Label("挂点干部的年度考核", "Yearly appraisal of those sent to the pilots"),
    ),
    record(
        "liaison_visit",
        "挂点走访",
        "Liaison visit",
        [
            ident("visit_id", "走访编号", "Visit id"),
            ident("group_id", "工作组", "Group"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            day("visited_on", "走访日", "Visited on"),
            choice(
                "purpose",
                "事由",
                "Purpose",
                labels(
                    survey=("需求调研", "Survey of needs"),
                    docking=("对接推动", "Docking"),
                    plan=("方案督导", "Plan supervision"),
                    policy=("政策宣介", "Policy briefing"),
                ),
            ),
            integer("enterprises_met", "走访企业", "Enterprises met", unit=Label("家", "firms"), minimum=0),
            text("minutes_uri", "纪要", "Minutes", nullable=True),
        ],
        key=["visit_id"],
        references={"group_id": "liaison_group.group_id", "city_id": "pilot_city.city_id"},
        about=Label("挂点工作组到试点的走访", "Visits of the liaison groups to their pilots"),
    ),
    record(
        "work_task",
        "工作任务",
        "Task",
        [
            ident("task_id", "任务编号", "Task id"),
            integer("item", "要点序号", "Item of the notice", minimum=1, maximum=ITEMS),
            text("title", "任务内容", "Task", min_chars=4),
            choice(
                "task_level",
                "责任层级",
                "Level",
                labels(national=("国家级统筹", "National"), province=("省级推动", "Province"), city=("试点实施", "Pilot")),
            ),
            ident("owner_org_id", "责任单位", "Owner"),
            text("province_code", "省", "Province", nullable=True, pattern=PROVINCE_CODE),
            text("city_id", "试点", "Pilot", nullable=True, pattern=CITY),
            ident("parent_task_id", "上级任务", "Part of task", nullable=True),
            day("assigned_on", "下达日", "Assigned on"),
            day("due_date", "期限", "Due"),
            day("done_at", "完成日", "Done on", nullable=True),
        ],
        key=["task_id"],
        references={
            "owner_org_id": "org.org_id",
            "province_code": "province.province_code",
            "city_id": "pilot_city.city_id",
            "parent_task_id": "work_task.task_id",
        },
        rules=[
            not_before("due_date", "assigned_on", "期限不得早于下达", "The date due must not be before assigning"),
            not_before("done_at", "assigned_on", "完成不得早于下达", "Doing must not be before assigning"),
            rule(
                "place_of_level",
                "省级任务须填省，试点任务须填试点",
                "A provincial task names its province, a pilot's task its pilot",
                pl.when(pl.col("task_level") == "province")
                .then(pl.col("province_code").is_not_null())
                .when(pl.col("task_level") == "city")
                .then(pl.col("city_id").is_not_null()),
            ),
        ],
        about=Label(
            "要点分解到国家、省、试点三级的任务；期限已过而未完成的为逾期",
            "The notice broken down to three levels; past its date and not done is overdue",
        ),
    ),
    record(
        "city_plan_item",
        "建设方案事项",
        "Plan item",
        [
            ident("item_id", "事项编号", "Item id"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            choice(
                "plan_area",
                "建设方面",
                "Area",
                labels(
                    platform=("平台建设", "Platform"),
                    industry=("产业对接", "Industry"),
                    talent=("人才引育", "Talent"),
                    mechanism=("机制建设", "Mechanism"),
                    outreach=("辐射带动", "Outreach"),
                ),
            ),
            text("title", "事项", "Item", min_chars=4),
            day("due_date", "期限", "Due"),
            number("progress_pct", "进度", "Progress", unit=PERCENT, minimum=0, maximum=100),
            day("done_at", "完成日", "Done on", nullable=True),
        ],
        key=["item_id"],
        references={"city_id": "pilot_city.city_id"},
        rules=[
            rule(
                "done_is_whole",
                "已完成的事项进度须为 100",
                "An item done has a progress of 100",
                pl.col("done_at").is_null() | (pl.col("progress_pct") == 100),
            )
        ],
        about=Label("各试点建设方案的事项与完成情况", "Items of each pilot's construction plan and how far they are"),
    ),
    reference(
        "team_link",
        "服务团衔接",
        "Link of teams",
        [
            ident("team_a", "区域服务团", "Regional team"),
            ident("team_b", "衔接服务团", "Linked team"),
            choice(
                "link_kind",
                "衔接方式",
                "Kind of link",
                labels(joint=("联合服务", "Joint service"), referral=("需求转介", "Referral"), training=("帮带", "Mentoring")),
            ),
            day("since", "起", "Since"),
        ],
        key=["team_a", "team_b"],
        references={"team_a": "service_team.team_id", "team_b": "service_team.team_id"},
        rules=[rule("two_teams", "两个服务团不得相同", "The two teams must differ", pl.col("team_a") != pl.col("team_b"))],
        about=Label("区域服务团与产业、专业服务团的衔接", "Regional teams linked to industry and specialist teams"),
    ),
    record(
        "team_application",
        "服务团申报",
        "Application of a team",
        [
            ident("application_id", "申报编号", "Application id"),
            text("name_zh", "申报名称", "Name applied for"),
            text("name_en", "英文名", "English name", nullable=True),
            ident("lead_org_id", "牵头单位", "Lead body"),
            ident("team_id", "服务团", "Team", nullable=True, unique=True),
            number("completeness", "材料完整度", "Completeness", minimum=0, maximum=1),
            day("applied_on", "申报日", "Applied on"),
            day("returned_on", "退回日", "Returned on", nullable=True),
            choice(
                "return_reason",
                "退回原因",
                "Why returned",
                labels(
                    members=("成员不足", "Too few members"),
                    charter=("章程不全", "Charter incomplete"),
                    match=("需求不对应", "No matching need"),
                    materials=("材料缺失", "Papers missing"),
                ),
                nullable=True,
            ),
            day("resubmitted_on", "补正日", "Handed in again on", nullable=True),
            day("registered_on", "注册日", "Registered on", nullable=True),
            flag("is_withdrawn", "放弃申报", "Given up"),
        ],
        key=["application_id"],
        references={"lead_org_id": "org.org_id", "team_id": "service_team.team_id"},
        rules=[
            not_before("returned_on", "applied_on", "退回不得早于申报", "Returning must not be before applying"),
            not_before("resubmitted_on", "returned_on", "补正不得早于退回", "Handing in again must not be before returning"),
            not_before("registered_on", "applied_on", "注册不得早于申报", "Registering must not be before applying"),
            not_before("registered_on", "resubmitted_on", "注册不得早于补正", "Registering must not be before handing in again"),
            rule(
                "returned_says_why",
                "退回须填原因",
                "A return needs its reason",
                pl.col("returned_on").is_null() == pl.col("return_reason").is_null(),
            ),
            rule(
                "registered_is_a_team",
                "已注册的申报须填服务团",
                "A registered application names its team",
                pl.col("registered_on").is_null() == pl.col("team_id").is_null(),
            ),
        ],
        about=Label(
            "服务团首次注册的漏斗：申报、退回、补正、注册；未成为服务团的也在内",
            "The funnel of first registration: applied, returned, handed in again, registered; those that never became a team included",
        ),
    ),
)
