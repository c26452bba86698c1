"""Who works together: consortia, agreements and their tasks, branches of societies for enterprises, bodies that hold an event jointly."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import (
    PERSONS,
    after,
    choice,
    day,
    flag,
    ident,
    integer,
    money,
    not_before,
    record,
    reference,
    rule,
    text,
)
from kcz_metrics.tables.labels import Label, labels

CONSORTIUM_KINDS = labels(
    main=("总联合体", "Consortium"),
    new_rd=("新型研发机构", "New R&D bodies"),
    youth=("青年创新创业", "Young innovators"),
    overseas=("海外创新创业", "Innovation from abroad"),
    key_industry=("重点产业", "Key industry"),
    open_source=("开源创新", "Open source"),
    investment=("投资", "Investment"),
)

TABLES = (
    reference(
        "consortium",
        "联合体",
        "Consortium",
        [
            ident("consortium_id", "联合体编号", "Consortium id"),
            text("name_zh", "名称", "Name", unique=True),
            text("name_en", "英文名", "English name", nullable=True),
            choice("consortium_kind", "联合体类型", "Kind", CONSORTIUM_KINDS, open=True),
            ident("parent_id", "上级联合体", "Part of", nullable=True),
            ident("lead_org_id", "牵头单位", "Lead body"),
            ident("industry_code", "产业", "Industry", nullable=True),
            day("founded_at", "成立日", "Founded on"),
        ],
        key=["consortium_id"],
        references={
            "parent_id": "consortium.consortium_id",
            "lead_org_id": "org.org_id",
            "industry_code": "industry.industry_code",
        },
        rules=[
            rule(
                "not_part_of_itself",
                "上级不得为自身",
                "A consortium is not part of itself",
                pl.col("parent_id") != pl.col("consortium_id"),
            )
        ],
        about=Label("联合体及其子联合体，一行一个", "Consortia and their sub-consortia, a row each"),
    ),
    reference(
        "consortium_member",
        "联合体成员",
        "Consortium member",
        [
            ident("consortium_id", "联合体", "Consortium"),
            ident("org_id", "成员单位", "Member"),
            day("from_date", "加入日", "From"),
            day("to_date", "退出日", "To", nullable=True),
        ],
        key=["consortium_id", "org_id"],
        references={"consortium_id": "consortium.consortium_id", "org_id": "org.org_id"},
        rules=[after("to_date", "from_date", "退出日须晚于加入日", "To must be after from")],
        about=Label("成员单位及进出日期；按机构类别看构成", "Member bodies and since when; composition by class of body"),
    ),
    record(
        "agreement",
        "战略合作协议",
        "Strategic agreement",
        [
            ident("agreement_id", "协议编号", "Agreement id"),
            text("title", "协议名称", "Title", min_chars=6),
            ident("party_org_id", "合作方", "Partner"),
            choice(
                "party_kind",
                "合作方类型",
                "Kind of partner",
                labels(
                    government=("部委与政府部门", "Government body"),
                    leading_firm=("科技领军企业", "Leading technology firm"),
                    central_university=("中管高校", "Centrally managed university"),
                    institution=("大型事业单位", "Large institution"),
                    other=("其他", "Other"),
                ),
            ),
            day("signed_at", "签订日", "Signed on"),
            day("ends_at", "到期日", "Ends on", nullable=True),
        ],
        key=["agreement_id"],
        references={"party_org_id": "org.org_id"},
        rules=[after("ends_at", "signed_at", "到期日须晚于签订日", "The end must be after signing")],
        about=Label("与部委、大型企事业单位的战略合作协议", "Agreements with government bodies, large firms and institutions"),
    ),
    record(
        "agreement_task",
        "协议任务",
        "Task of an agreement",
        [
            ident("task_id", "任务编号", "Task id"),
            ident("agreement_id", "协议", "Agreement"),
            text("title", "任务内容", "Task", min_chars=4),
            ident("owner_org_id", "责任单位", "Owner"),
            day("due_date", "期限", "Due"),
            day("done_at", "完成日", "Done on", nullable=True),
        ],
        key=["task_id"],
        references={"agreement_id": "agreement.agreement_id", "owner_org_id": "org.org_id"},
        about=Label(
            "协议细化出的任务；期限已过而未完成的为逾期", "What an agreement was broken down into; past its date and not done is overdue"
        ),
    ),
    reference(
        "society_branch",
        "学会服务企业分支",
        "Society branch for enterprises",
        [
            ident("branch_id", "分支编号", "Branch id"),
            ident("org_id", "学会", "Society"),
            text("name_zh", "名称", "Name"),
            text("name_en", "英文名", "English name", nullable=True),
            ident("industry_code", "服务产业", "Industry served"),
            day("founded_at", "成立日", "Founded on"),
            integer("members", "会员数", "Members", unit=PERSONS, minimum=0),
            integer("enterprise_members", "企业会员数", "Members from enterprises", unit=PERSONS, minimum=0),
        ],
        key=["branch_id"],
        references={"org_id": "society.org_id", "industry_code": "industry.industry_code"},
        rules=[
            rule(
                "enterprise_members_within_members",
                "企业会员不得多于会员",
                "Members from enterprises must not exceed all",
                pl.col("enterprise_members") <= pl.col("members"),
            )
        ],
        about=Label("全国学会设立的服务企业创新分支机构", "Branches that national societies set up to serve enterprises"),
    ),
    record(
        "activity_partner",
        "活动合办单位",
        "Partner of an activity",
        [
            ident("activity_id", "活动", "Activity"),
            ident("org_id", "合办单位", "Partner"),
            choice(
                "partner_role",
                "合办方式",
                "Part taken",
                labels(co_host=("联合主办", "Co-host"), organiser=("承办", "Executing"), supporter=("支持", "Supporting")),
            ),
        ],
        key=["activity_id", "org_id"],
        references={"activity_id": "activity.activity_id", "org_id": "org.org_id"},
        about=Label(
            "除主办外共同办活动的单位；合作交流网络由此而来", "Bodies that hold an event besides the organiser; the network of cooperation"
        ),
    ),
    record(
        "result_use",
        "评估结果运用",
        "Use of an assessment",
        [
            ident("use_id", "运用编号", "Use id"),
            choice(
                "subject_type",
                "对象类别",
                "Kind of subject",
                labels(city=("试点城市（园区）", "Pilot"), team=("服务团", "Team"), org=("机构", "Body")),
            ),
            ident("subject_id", "对象", "Subject"),
            choice(
                "use_kind",
                "运用方式",
                "Use made",
                labels(
                    commend=("通报表扬", "Commendation"),
                    support=("经费支持", "Support"),
                    society_evaluation=("纳入学会评价", "Society evaluation"),
                    remind=("提醒", "Reminder"),
                    talk=("约谈", "Talk"),
                    rectify=("限期整改", "Rectification"),
                ),
            ),
            ident("round_id", "评估轮次", "Round"),
            day("decided_on", "决定日", "Decided on"),
            money("amount_cny", "支持金额", "Support", nullable=True, minimum=0),
            text("document_no", "文号", "Document no.", nullable=True),
        ],
        key=["use_id"],
        about=Label("考核评估与排行的结果用在了哪里", "What the results of assessments and boards were used for"),
    ),
    record(
        "complaint",
        "投诉",
        "Complaint",
        [
            ident("complaint_id", "投诉编号", "Complaint id"),
            choice(
                "subject_type",
                "对象类别",
                "Kind of subject",
                labels(city=("试点城市（园区）", "Pilot"), team=("服务团", "Team"), org=("机构", "Body")),
            ),
            ident("subject_id", "对象", "Subject"),
            ident("complainant_org_id", "投诉单位", "Complainant", nullable=True),
            ident("docking_id", "对接", "Docking", nullable=True),
            choice(
                "complaint_kind",
                "投诉类别",
                "About",
                labels(
                    no_show=("爽约", "No-show"),
                    quality=("服务质量", "Quality of service"),
                    false_record=("虚报", "False record"),
                    charging=("违规收费", "Improper charging"),
                    other=("其他", "Other"),
                ),
            ),
            day("received_on", "受理日", "Received on"),
            day("decided_on", "办结日", "Decided on", nullable=True),
            flag("is_upheld", "成立", "Upheld", nullable=True),
        ],
        key=["complaint_id"],
        references={"complainant_org_id": "org.org_id", "docking_id": "docking.docking_id"},
        rules=[
            not_before("decided_on", "received_on", "办结不得早于受理", "The decision must not be before the receipt"),
            rule(
                "decided_says_whether_upheld",
                "办结的投诉须填是否成立",
                "A decided complaint must say whether it was upheld",
                pl.col("decided_on").is_null() == pl.col("is_upheld").is_null(),
            ),
        ],
        about=Label(
            "对试点、服务团、机构的投诉；匿名的没有投诉单位", "Complaints about pilots, teams and bodies; an anonymous one names nobody"
        ),
    ),
)
