"""Consortia, agreements and their tasks, branches of societies; what assessments were used for; complaints."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, day_of, year_bounds
from kcz_metrics.records.sample.industries import INDUSTRIES, POPULARITY
from kcz_metrics.records.sample.names import BRANDS_EN, BRANDS_ZH, brands
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams
from kcz_metrics.tables import TABLES

#: kind, first day, members
CONSORTIA = (
    ("main", 250, 120),
    ("open_source", 270, 34),
    ("investment", 420, 22),
    ("key_industry", 520, 26),
    ("new_rd", 800, 38),
    ("youth", 830, 30),
    ("overseas", 860, 24),
    ("key_industry", 790, 20),
    ("key_industry", 880, 18),
    ("key_industry", 950, 14),
)
AGREEMENTS = (5, 8, 10)
PARTNERS = (("government", "OT"), ("leading_firm", "EN"), ("central_university", "UN"), ("institution", "RI"), ("other", "FI"))
TASKS = ("共建协作站点", "开放科研设施", "联合发布需求清单", "共同组织专场对接", "互派挂点干部", "共享成果数据", "联合培养技术经理人")


def alliance_tables(
    rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, tables: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    return {
        **_consortia(rng, found),
        **_agreements(rng, found),
        "society_branch": _branches(rng, tables["society"], tables["org_context"]),
        "result_use": _consequences(rng, cities, found, group),
        "complaint": _complaints(rng, cities, tables),
    }


def _consortia(rng: np.random.Generator, found: Bodies) -> dict[str, pl.DataFrame]:
    kind = [k for k, _, _ in CONSORTIA]
    n = len(kind)
    industry = np.where(np.array(kind) == "key_industry", rng.choice(len(INDUSTRIES), n, replace=False), -1)
    leading = np.flatnonzero(found.where("EN"))
    lead = np.where(industry >= 0, rng.choice(leading, n), rng.choice(np.flatnonzero(found.where("NS", "UN", "RI")), n))
    mark = brands(rng, np.zeros(n, dtype=np.int64))
    labels = TABLES["consortium"].columns["consortium_kind"].values
    about_zh = [INDUSTRIES[i].stem if i >= 0 else labels[k].zh for i, k in zip(industry.tolist(), kind, strict=True)]
    about_en = [INDUSTRIES[i].name_en if i >= 0 else labels[k].en for i, k in zip(industry.tolist(), kind, strict=True)]
    start = np.array([d for _, d, _ in CONSORTIA]) + rng.integers(0, 25, n)
    name = ids("CX", n, 2)
    table = pl.DataFrame(
        {
            "consortium_id": name,
            "name_zh": pl.select(BRANDS_ZH.gather(mark) + pl.Series(about_zh) + pl.lit("联合体"))
            .to_series()
            .str.replace("总联合体联合体", "联合体"),
            "name_en": pl.select(BRANDS_EN.gather(mark) + " " + pl.Series(about_en) + pl.lit(" Consortium"))
            .to_series()
            .str.replace("Consortium Consortium", "Consortium"),
            "consortium_kind": kind,
            "parent_id": pl.Series([None, *["CX01"] * (n - 1)]),
            "lead_org_id": found.ids.gather(lead),
            "industry_code": codes([i.code for i in INDUSTRIES], industry),
            "founded_at": dates(start * DAY),
        }
    )
    row = np.repeat(np.arange(n), [m for _, _, m in CONSORTIA])
    firms = found.enterprises[found.size[found.enterprises] == 0]
    weight = np.concatenate([np.exp(0.5 * found.abilities.mean("drive")), np.full(len(firms), 0.25)])
    pool = np.concatenate([np.arange(found.evaluated), firms])
    org = pool[choose(rng, weight, len(row))]
    since = np.minimum(start[row] + np.round(lognormal(rng, 90.0, 1.2, len(row))), DAYS - 3)
    left = np.where(happens(rng, 0.05, len(row)), since + 200 + rng.integers(0, 300, len(row)), DAYS)
    member = pl.DataFrame(
        {
            "consortium_id": name.gather(np.concatenate([np.arange(n), row])),
            "org_id": found.ids.gather(np.concatenate([lead, org])),
            "from_date": dates(np.concatenate([start, since]) * DAY),
            "to_date": dates(np.concatenate([np.full(n, DAYS), left]) * DAY),
        }
    )
    return {"consortium": table, "consortium_member": member.unique(["consortium_id", "org_id"], maintain_order=True)}


def _agreements(rng: np.random.Generator, found: Bodies) -> dict[str, pl.DataFrame]:
    """A good third of the partners are slow, so that some of their tasks are overdue."""
    year = np.repeat(np.arange(3), AGREEMENTS)
    n = len(year)
    first, end = year_bounds(year)
    signed = busy_day(rng, first + 20, end - 20, working_only=True)
    way = np.concatenate([np.arange(4), choose(rng, np.array([0.3, 0.3, 0.2, 0.15, 0.05]), n - 4)])
    party = np.array([rng.choice(np.flatnonzero(found.where(PARTNERS[w][1]))) for w in way])
    name = ids("AG", n, 3)
    agreement = pl.DataFrame(
        {
            "agreement_id": name,
            "title": pl.select("与" + found.names_zh.gather(party) + pl.lit("战略合作协议")).to_series(),
            "party_org_id": found.ids.gather(party),
            "party_kind": codes([k for k, _ in PARTNERS], way),
            "signed_at": dates(signed * DAY),
            "ends_at": dates((signed + 1096) * DAY, horizon=np.inf),
        }
    )
    row = repeat(3 + rng.integers(0, 6, n))
    pace = 0.9 * rng.standard_normal(n)
    due = signed[row] + 75 + np.round(lognormal(rng, 210.0, 0.6, len(row)))
    on_time = happens(rng, logistic(0.8 + pace[row]))
    late = due + 4 + np.round(lognormal(rng, 50.0, 0.8, len(row)))
    ends = np.where(on_time, due - rng.integers(0, 40, len(row)), np.where(happens(rng, 0.55, len(row)), late, np.nan))
    owner = np.where(happens(rng, 0.45, len(row)), party[row], rng.choice(np.flatnonzero(found.where("NS", "SO", "PA")), len(row)))
    task = pl.DataFrame(
        {
            "task_id": ids("AT", len(row), 4),
            "agreement_id": name.gather(row),
            "title": codes(TASKS, rng.integers(0, len(TASKS), len(row))),
            "owner_org_id": found.ids.gather(owner),
            "due_date": dates(due * DAY, horizon=np.inf),
            "done_at": dates(ends * DAY),
        }
    )
    return {
        "agreement": with_tail(rng, "agreement", agreement, signed * DAY, "self_report", (0.8, 0.2, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0)),
        "agreement_task": with_tail(
            rng, "agreement_task", task, signed[row] * DAY, "self_report", (0.2, 0.7, 0.1), status=(0.98, 0.02, 0.0, 0.0, 0.0)
        ),
    }


def _branches(rng: np.random.Generator, society: pl.DataFrame, context: pl.DataFrame) -> pl.DataFrame:
    having = society.filter(pl.col("enterprise_branch"))["org_id"]
    size = context.filter(pl.col("year") == 2022).select("org_id", "members")
    members = (
        pl.DataFrame({"org_id": having}).join(size, on="org_id", how="left", maintain_order="left")["members"].fill_null(3000).to_numpy()
    )
    row = repeat(1 + choose(rng, np.array([0.55, 0.3, 0.15]), len(having)))
    n = len(row)
    industry = choose(rng, POPULARITY, n)
    own = np.maximum((members[row] * rng.uniform(0.004, 0.03, n)).astype(np.int64), 25)
    frame = pl.DataFrame(
        {
            "branch_id": ids("SBR", n, 3),
            "org_id": having.gather(row),
            "name_zh": pl.select(codes([i.stem for i in INDUSTRIES], industry) + "企业创新服务分会").to_series(),
            "name_en": pl.select("Branch for Enterprises in " + codes([i.name_en for i in INDUSTRIES], industry)).to_series(),
            "industry_code": codes([i.code for i in INDUSTRIES], industry),
            "founded_at": dates(rng.integers(-300, DAYS - 20, n) * DAY),
            "members": own,
            "enterprise_members": (own * rng.beta(5, 4, n)).astype(np.int64),
        }
    )
    return frame


def _consequences(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams) -> pl.DataFrame:
    """In the spring after each assessment: praise and support for the best, a talk for the weakest, the societies' own evaluation."""
    rows: list[tuple[str, str, str, int, float]] = []
    able = cities.abilities
    team_place = group.abilities.of("performance") + 0.4 * group.abilities.of("practicality")
    for y in (0, 1):
        end = year_bounds(np.array([y]))[1][0]
        score = (able.of("engagement") + 2 * able.of("effectiveness") + able.of("radiation"))[:, y]
        known = np.flatnonzero(cities.start < end - 180)
        best = known[np.argsort(-score[known])]
        rows += [("city", cities.ids[int(c)], "commend", y, np.nan) for c in best[:12]]
        rows += [("city", cities.ids[int(c)], "remind", y, np.nan) for c in best[-5:]]
        rows += [("city", cities.ids[int(c)], "talk", y, np.nan) for c in best[-3:]]
        rows += [("city", cities.ids[int(c)], "rectify", y, np.nan) for c in best[-1:]]
        there = np.flatnonzero(group.start < end - 270)
        top = there[np.argsort(-team_place[there, y])]
        rows += [("team", group.ids[int(t)], "commend", y, np.nan) for t in top[:25]]
        rows += [("team", group.ids[int(t)], "support", y, 300_000.0) for t in top[: (18 if y == 0 else 12)]]
        rows += [("team", group.ids[int(t)], "remind", y, np.nan) for t in top[-6:]]
        rows += [("org", found.ids[int(o)], "society_evaluation", y, np.nan) for o in np.flatnonzero(found.where("NS"))]
        drive = found.abilities.of("drive")[:, y] + found.abilities.of("transfer")[:, y]
        rows += [("org", found.ids[int(o)], "commend", y, np.nan) for o in np.argsort(-drive)[:20]]
    kind, subject, use, year, amount = (list(c) for c in zip(*rows, strict=True))
    of = np.array(year)
    n = len(rows)
    day = busy_day(rng, year_bounds(of)[1] + 60, year_bounds(of)[1] + 150, working_only=True)
    money = np.array(amount) * np.round(rng.uniform(0.5, 1.5, n), 1)
    documented = happens(rng, 0.9, n)
    frame = pl.DataFrame(
        {
            "use_id": ids("UA", n, 4),
            "subject_type": kind,
            "subject_id": subject,
            "use_kind": use,
            "round_id": [f"{YEARS[i]}Y" for i in year],
            "decided_on": dates(day * DAY),
            "amount_cny": pl.Series(money).fill_nan(None).cast(pl.Int64),
            "document_no": take(ids("科协示例〔运用〕", n, 3), np.where(documented, np.arange(n), -1)),
        }
    )
    return with_tail(rng, "result_use", frame, day * DAY, "self_report", (0.9, 0.1, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _complaints(rng: np.random.Generator, cities: Cities, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Every docking with an upheld complaint has it here; about as many were not upheld; a few are about pilots."""
    docking = (
        tables["docking"]
        .filter(pl.col("duplicate_of").is_null())
        .join(tables["need"].select("need_id", "enterprise_id"), on="need_id", how="left", maintain_order="left")
    )
    upheld = docking.filter(pl.col("complaint_upheld"))
    quiet = docking.filter(~pl.col("complaint_upheld") & pl.col("first_reply_at").is_not_null())
    other = quiet[np.sort(rng.choice(quiet.height, min(int(upheld.height * 1.3), quiet.height), replace=False))]
    both = pl.concat([upheld.with_columns(good=pl.lit(True)), other.with_columns(good=pl.lit(False))])
    n = both.height
    begin = np.maximum(day_of(both["assigned_at"]), np.nan_to_num(day_of(both["first_reply_at"]), nan=0.0))
    received = np.floor(begin + 5 + lognormal(rng, 30.0, 0.7, n))
    pilots = rng.integers(0, cities.n, 24)
    pilot_day = np.maximum(cities.start[pilots] + 60, rng.integers(200, DAYS - 30, 24))
    received = np.minimum(np.concatenate([received, pilot_day]), DAYS - 2)
    m = n + 24
    good = np.concatenate([both["good"].to_numpy(), happens(rng, 0.35, 24)])
    decided = received + 6 + np.round(lognormal(rng, 16.0, 0.6, m))
    decided = np.where(np.concatenate([both["good"].to_numpy(), np.zeros(24, dtype=bool)]), np.minimum(decided, DAYS - 1), decided)
    decided = np.where(decided < DAYS, decided, np.nan)
    anonymous = happens(rng, 0.12, m)
    subject_team = both["team_id"].is_not_null().to_numpy()
    kind = pl.Series([*np.where(subject_team, "team", "org").tolist(), *["city"] * 24])
    subject = pl.concat([both.select(pl.coalesce("team_id", "provider_org_id")).to_series(), cities.ids.gather(pilots)])
    about = np.where(
        np.concatenate([both["no_show"].to_numpy(), np.zeros(24, dtype=bool)]), 0, choose(rng, np.array([0, 5, 1.5, 1, 2.0]), m)
    )
    from_whom = pl.concat([both["enterprise_id"], pl.Series([None] * 24, dtype=pl.String)])
    frame = pl.DataFrame(
        {
            "complaint_id": ids("CP", m, 4),
            "subject_type": kind,
            "subject_id": subject,
            "complainant_org_id": pl.select(pl.when(~pl.Series(anonymous)).then(from_whom)).to_series(),
            "docking_id": pl.concat([both["docking_id"], pl.Series([None] * 24, dtype=pl.String)]),
            "complaint_kind": codes(["no_show", "quality", "false_record", "charging", "other"], about),
            "received_on": dates(received * DAY),
            "decided_on": dates(decided * DAY),
            "is_upheld": pl.select(pl.when(pl.Series(np.isfinite(decided))).then(pl.Series(good))).to_series(),
            "received": received,
        }
    ).sort("received", maintain_order=True)
    frame = frame.with_columns(complaint_id=ids("CP", m, 4))
    return with_tail(rng, "complaint", frame, frame["received"].to_numpy() * DAY, "platform_log", (0.1, 0.8, 0.1))
