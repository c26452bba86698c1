"""Technology managers with their evaluation beside their contracts, and strategic agreements with their tasks."""

from __future__ import annotations

from kcz_metrics.analysis import institutions as kernel
from kcz_metrics.ui import head, naming, number
from kcz_metrics.ui.behind import institutions as behind
from kcz_metrics.ui.coding import LIST, MOST, ONE, SHARE, WHOLE, amount, amounts, ratio, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.institution_parts import Way, frames
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table


def trainings(ctx: Context) -> None:
    """Trainings of technology managers by level: from trainees to those who passed."""
    found = frames(ctx)["trainings"]
    trained, passed = (int(found[c].sum()) for c in ("trainees", "passed"))
    title = ctx.tr("技术经理人培训")
    if trained:
        made = behind.trainings(ctx)
        n = says("trained", number.count(trained), made["trainees"], trained)
        m = says("passed", number.count(passed), made["passed"], passed)
        title = ctx.tr("参训 {n} 人，结业 {m} 人", n=n, m=m)
    head.finding(title, ctx.tr("本期以技术经理人为对象的培训，按级别；结业率以参训人数为分母"))
    columns = [
        Column("name", ctx.tr("培训级别"), "name"),
        Column("events", ctx.tr("场次"), "number", options=WHOLE),
        Column("days", ctx.tr("天数"), "number", options=ONE),
        Column("trainees", ctx.tr("参训"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
        Column("passed", ctx.tr("结业"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
        Column("share", ctx.tr("结业率"), "number", options=SHARE),
    ]
    called = words(ctx, "training_event", "training_level")
    rows = [
        {**row, "id": row["training_level"], "name": called.get(row["training_level"], row["training_level"]),
         "share": ratio(row["passed"], row["trainees"])}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "institutions.trainings",
        label=title,
        opens=False,
        nothing=ctx.tr("本期没有技术经理人培训。"),
        behind=behind.trainings(ctx),
    )


def grades(ctx: Context) -> None:
    """The yearly evaluation beside what was signed: managers, contracts and amounts by grade."""
    found = kernel.managers_by_grade(frames(ctx)["managers"])
    head.finding(ctx.tr("评价等次与促成的合同"), ctx.tr("等次取本期最近一次有效评价；合同为本期签订、载明经理人的有效合同"))
    called = words(ctx, "manager_review", "review_grade")
    columns = [
        Column("name", ctx.tr("评价等次"), "name"),
        Column("managers", ctx.tr("经理人"), "number", unit=number.each("名", ctx.lang), options=WHOLE),
        Column("score", ctx.tr("评价分中位"), "number", options=ONE),
        Column("share", ctx.tr("有合同"), "number", options=SHARE),
        Column("mean", ctx.tr("人均合同"), "number", options=ONE),
        amounts(ctx, "amount", ctx.tr("合同金额")),
    ]
    rows = [
        {"id": row["review_grade"] or "none", "name": called.get(row["review_grade"], ctx.tr("本期未评价")), "managers": row["managers"],
         "score": row["score"], "share": ratio(row["busy"], row["managers"]), "contracts": row["contracts"],
         "mean": ratio(row["contracts"], row["managers"]), "amount": amount(row["amount"], ctx)}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "institutions.grades",
        label=ctx.tr("评价等次"),
        opens=False,
        nothing=ctx.tr("没有认定的技术经理人。"),
        behind=behind.managers(ctx, "review_grade"),
    )
    total, whole = int(found["managers"].sum()), frames(ctx)["managers"].height
    mark = "✓" if total == whole else "✗"
    head.paragraph(ctx.tr("各等次相加 {a} = 认定 {b} {mark}", a=number.count(total), b=number.count(whole), mark=mark), muted=True)


def managers(ctx: Context) -> Way | None:
    """Managers by contracts, with score and grade; a row opens the certificate's record."""
    found = frames(ctx)["managers"]
    shown = found.head(MOST)
    title = ctx.tr("技术经理人名录")
    head.finding(title, ctx.tr("共 {n} 名，按本期合同数列前 {m} 名；点按一行打开记录", n=number.count(found.height), m=shown.height))
    body, called = naming.names(ctx, "org"), words(ctx, "manager_review", "review_grade")
    columns = [
        Column("name", ctx.tr("经理人"), "name"),
        Column("org", ctx.tr("单位"), options={"wrap": True}),
        Column("contracts", ctx.tr("合同"), "number", unit=number.each("份", ctx.lang), options=WHOLE),
        amounts(ctx, "amount", ctx.tr("合同金额")),
        Column("score", ctx.tr("评价分"), "number", options=ONE),
        Column("grade", ctx.tr("等次")),
    ]
    rows = [
        {"id": row["tm_id"], "name": {"t": row["tm_id"], "title": number.day(row["certified_at"])},
         "org": body.get(row["org_id"], row["org_id"]), "contracts": row["contracts"], "amount": amount(row["amount"], ctx),
         "score": row["score"], "grade": called.get(row["review_grade"], number.MISSING)}
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        rows,
        "institutions.managers",
        label=title,
        height=640,
        nothing=ctx.tr("没有认定的技术经理人。"),
        behind=behind.managers(ctx),
    )
    return ("records", {"table": "tech_manager", "record": opened}) if opened else None


def agreements(ctx: Context) -> Way | None:
    """Agreements with their tasks: done, overdue; a row opens the agreement."""
    found = frames(ctx)["agreements"]
    tasks, done = int(found["tasks"].sum()), int(found["done"].sum())
    title = ctx.tr("战略合作协议")
    if tasks:
        made = behind.tasks(ctx)
        n, m = says("agreements", found.height, made["agreements"], found.height), says("tasks", tasks, made["tasks"], tasks)
        share = says("done", number.share(done / tasks), made["share"], done / tasks)
        title = ctx.tr("{n} 份协议分解为 {m} 项任务，{share} 已完成", n=n, m=m, share=share)
    head.finding(title, ctx.tr("期末以前签订的协议；逾期指期限已过而未完成；点按一行打开记录"))
    body, kinds = naming.names(ctx, "org"), words(ctx, "agreement", "party_kind")
    columns = [
        Column("name", ctx.tr("合作方"), "name", options={"wrap": True}),
        Column("signed", ctx.tr("签订日")),
        Column("tasks", ctx.tr("任务"), "number", options=WHOLE),
        Column("done", ctx.tr("已办结"), "number", options=WHOLE),
        Column("overdue", ctx.tr("逾期"), "number", options=WHOLE),
        Column("late", ctx.tr("最长逾期"), "number", unit=ctx.tr("天"), options=WHOLE),
    ]
    rows = [
        {"id": row["agreement_id"], "signed": number.day(row["signed_at"]),
         "name": {"t": body.get(row["party_org_id"], row["party_org_id"]), "sub": kinds.get(row["party_kind"], row["party_kind"])},
         **{c: row[c] for c in ("tasks", "done", "overdue", "late")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        rows,
        "institutions.agreements",
        label=title,
        height=760,
        nothing=ctx.tr("没有战略合作协议。"),
        behind=behind.tasks(ctx, "agreement_id"),
    )
    return ("records", {"table": "agreement", "record": opened}) if opened else None


def overdue(ctx: Context) -> Way | None:
    """Tasks that are overdue, the longest first, with their owner; a row opens the task."""
    whole = frames(ctx)["tasks"]
    found = whole.filter(whole["overdue"])
    n = says("overdue", found.height, behind.tasks(ctx)["overdue"], found.height)
    title = ctx.tr("{n} 项协议任务逾期未办", n=n) if found.height else ctx.tr("没有逾期的协议任务")
    head.finding(title, ctx.tr("按逾期天数，截至期末；点按一行打开记录"))
    body = naming.names(ctx, "org")
    columns = [
        Column("owner", ctx.tr("责任单位"), "name", options={"wrap": True}),
        Column("task", ctx.tr("任务内容")),
        Column("due", ctx.tr("期限")),
        Column("late", ctx.tr("逾期"), "number", unit=ctx.tr("天"), options=WHOLE),
    ]
    rows = [
        {"id": row["task_id"], "owner": body.get(row["owner_org_id"], row["owner_org_id"]),
         # what a task is about is data and Chinese only
         "task": {"t": row["title"], "sub": row["task_id"]} if ctx.lang == "zh" else row["task_id"],
         "due": number.day(row["due_date"]), "late": row["late"]}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    nothing = ctx.tr("没有逾期的协议任务。")
    opened = table(ctx, columns, rows, "institutions.tasks", label=title, height=LIST if len(rows) > 8 else None, nothing=nothing)
    return ("records", {"table": "agreement_task", "record": opened}) if opened else None


def owners(ctx: Context) -> None:
    """Bodies that owe tasks of agreements: how many, done and overdue."""
    import polars as pl

    found = (
        frames(ctx)["tasks"]
        .group_by("owner_org_id")
        .agg(tasks=pl.len(), done=pl.col("done").sum(), overdue=pl.col("overdue").sum(), late=pl.col("late").max())
        .sort("overdue", "tasks", "owner_org_id", descending=[True, True, False])
    )
    title = ctx.tr("各责任单位")
    n = says("owners", found.height, behind.tasks(ctx)["owners"], found.height)
    head.finding(title, ctx.tr("{n} 个单位承担协议任务，有逾期的在前", n=n))
    body = naming.names(ctx, "org")
    columns = [
        Column("name", title, "name", options={"wrap": True}),
        Column("tasks", ctx.tr("任务"), "number", options=WHOLE),
        Column("done", ctx.tr("已办结"), "number", options=WHOLE),
        Column("overdue", ctx.tr("逾期"), "number", options=WHOLE),
        Column("late", ctx.tr("最长逾期"), "number", unit=ctx.tr("天"), options=WHOLE),
    ]
    rows = [
        {**row, "id": row["owner_org_id"], "name": body.get(row["owner_org_id"], row["owner_org_id"])}
        for row in found.iter_rows(named=True)
    ]
    table(
        ctx,
        columns,
        rows,
        "institutions.owners",
        label=title,
        opens=False,
        height=300,
        nothing=ctx.tr("没有战略合作协议。"),
        behind=behind.tasks(ctx, "owner_org_id"),
    )
