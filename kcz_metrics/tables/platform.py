"""The platform's own work: pushes, zones, releases and features, running costs, how a project went from call to landing."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import choice, day, ident, integer, moment, moment_not_before, money, record, reference, rule, text
from kcz_metrics.tables.labels import Label, labels
from kcz_metrics.tables.resources import MONTH

TIMES = Label("次", "times")

TABLES = (
    record(
        "push_event",
        "推送",
        "Push",
        [
            ident("push_id", "推送编号", "Push id"),
            ident("user_org_id", "接收单位", "Sent to"),
            ident("resource_id", "资源", "Resource"),
            choice(
                "push_reason",
                "推送依据",
                "Why pushed",
                labels(
                    industry=("同产业", "Same industry"),
                    field=("同领域", "Same field"),
                    history=("浏览记录", "Earlier use"),
                    popular=("热门", "Popular"),
                ),
            ),
            moment("sent_at", "发送时间", "Sent at"),
            moment("opened_at", "打开时间", "Opened at", nullable=True),
            moment("accepted_at", "接受时间", "Accepted at", nullable=True),
        ],
        key=["push_id"],
        references={"user_org_id": "org.org_id", "resource_id": "resource.resource_id"},
        rules=[
            moment_not_before("opened_at", "sent_at", "打开不得早于发送", "Opening must not be before sending"),
            moment_not_before("accepted_at", "opened_at", "接受不得早于打开", "Accepting must not be before opening"),
            rule(
                "accepted_was_opened",
                "接受须先打开",
                "What was accepted was opened",
                pl.col("accepted_at").is_null() | pl.col("opened_at").is_not_null(),
            ),
        ],
        about=Label("平台按用户特征推送的资源：发送、打开、接受", "Resources pushed by the traits of users: sent, opened, accepted"),
    ),
    record(
        "zone_month",
        "创业就业专区",
        "Start-up and jobs zone",
        [
            text("month", "月份", "Month", pattern=MONTH),
            choice(
                "zone_service",
                "服务",
                "Service",
                labels(
                    finding=("成果匹配", "Findings"),
                    talent=("人才匹配", "Talent"),
                    policy=("政策咨询", "Policy advice"),
                    job=("岗位匹配", "Jobs"),
                ),
            ),
            integer("visits", "访问", "Visits", unit=TIMES, minimum=0),
            integer("requests", "申请", "Requests", unit=TIMES, minimum=0),
            integer("matched", "匹配成功", "Matched", unit=TIMES, minimum=0),
        ],
        key=["month", "zone_service"],
        rules=[
            rule(
                "narrowing",
                "匹配不得多于申请，申请不得多于访问",
                "Matched, requests and visits must not grow",
                (pl.col("matched") <= pl.col("requests")) & (pl.col("requests") <= pl.col("visits")),
            )
        ],
        about=Label("创业就业服务专区每月的访问、申请与匹配", "Visits, requests and matches of the zone by month"),
    ),
    reference(
        "platform_release",
        "平台版本",
        "Release of the platform",
        [
            ident("release_id", "版本编号", "Release id"),
            choice("client", "终端", "Client", labels(pc=("电脑端", "PC"), app=("移动端", "App"))),
            text("version", "版本号", "Version"),
            day("released_at", "发布日", "Released on"),
        ],
        key=["release_id"],
        about=Label("电脑端与移动端的迭代", "Releases of the two clients"),
    ),
    reference(
        "platform_feature",
        "平台功能",
        "Feature of the platform",
        [
            ident("feature_id", "功能编号", "Feature id"),
            text("name_zh", "名称", "Name"),
            text("name_en", "英文名", "English name", nullable=True),
            choice(
                "feature_area",
                "功能方面",
                "Area",
                labels(
                    team=("服务团支撑", "Teams"),
                    trade=("技术服务与交易", "Service and trading"),
                    zone=("创业就业专区", "Zone"),
                    push=("智能推送", "Push"),
                    library=("资源库", "Libraries"),
                    event=("活动支撑", "Events"),
                ),
            ),
            day("planned_for", "计划上线", "Planned for"),
            ident("release_id", "上线版本", "Released in", nullable=True),
        ],
        key=["feature_id"],
        references={"release_id": "platform_release.release_id"},
        about=Label(
            "计划的线上功能与上线它的版本；未上线的没有版本", "Planned features and the release that brought them; none where not yet there"
        ),
    ),
    record(
        "platform_operation_month",
        "平台运营",
        "Running of the platform",
        [
            text("month", "月份", "Month", pattern=MONTH),
            money("cost_cny", "运营支出", "Cost", minimum=0),
            money("revenue_cny", "市场收入", "Revenue", minimum=0),
            integer("free_services", "公益服务", "Free services", unit=TIMES, minimum=0),
            integer("paid_services", "市场服务", "Paid services", unit=TIMES, minimum=0),
            integer("staff", "运营人员", "Staff", unit=Label("人", "persons"), minimum=0),
        ],
        key=["month"],
        about=Label(
            "公益属性与市场拓展：每月支出、收入、免费与收费服务",
            "Public service and market: cost, revenue, free and paid services by month",
        ),
    ),
    record(
        "project_stage",
        "项目阶段",
        "Stage of a project",
        [
            ident("resource_id", "项目", "Project"),
            choice(
                "project_step",
                "阶段",
                "Step",
                labels(
                    collected=("征集", "Collected"),
                    online=("上线", "Put online"),
                    matched=("对接", "Matched"),
                    followed=("跟进服务", "Followed up"),
                    signed=("签约", "Signed"),
                    landed=("落地", "Landed"),
                ),
            ),
            day("reached_on", "到达日", "Reached on"),
            ident("owner_org_id", "责任单位", "Owner"),
        ],
        key=["resource_id", "project_step"],
        references={"resource_id": "resource.resource_id", "owner_org_id": "org.org_id"},
        about=Label("双创项目从征集到落地走到了哪一步", "How far a project has come from the call to landing"),
    ),
)
