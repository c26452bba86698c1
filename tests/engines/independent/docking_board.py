"""BD01 to BD09."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import polars as pl

from independent.bodies import size
from independent.engagement import kept_events
from independent.ground import (
    Given,
    Year,
    by_unit,
    classes,
    counted,
    dockings_met,
    every,
    met,
    of_heirs,
    plain,
    ratings,
    ratio,
    share,
    valid,
    with_need,
)  # fmt: skip

BODY = "provider_org_id"


def volume(year: Year, units: list[str]) -> Given:
    return ratio(counted(dockings_met(year), BODY), size(year), units, 1000)


def edits(a: bytes, b: bytes) -> int:
    """The fewest bytes to insert, delete or change; what both begin and end with needs none."""
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def alike(a: str, b: str) -> bool:
    """Whether ``b`` has the first 45% of its letters from ``a`` and of the rest the next or the last 22.5% of all, and nine tenths of the
    bytes of the longer need no edit."""
    half, quarter = int(0.45 * len(b)), int(0.225 * len(b))
    if not (a.startswith(b[:half]) and (a.startswith(b[: half + quarter]) or a.endswith(b[len(b) - quarter :]))):
        return False
    x, y = a.encode(), b.encode()
    return min(len(x), len(y)) >= 0.9 * max(len(x), len(y)) and 1 - edits(x, y) / max(len(x), len(y)) >= 0.9


def copies(rows: pl.DataFrame) -> set[str]:
    """Of answers of one body that lie in a row, each like the one before, in order of the text or of the text read backwards, all but the
    earliest."""
    found: set[str] = set()
    if "text" not in rows.columns:
        return found
    for body in rows.drop_nulls("text").partition_by("org_id"):
        said = [
            ("".join(letter for letter in text.lower() if letter.isalpha()), at, id)
            for text, at, id in body.select("text", "answered_at", "answer_id").iter_rows()
        ]
        for way in (1, -1):
            line = sorted(((text[::way], at, id) for text, at, id in said if text), key=lambda each: (each[0].encode(), each[2]))
            runs = [line[:1]]
            for one, two in pairwise(line):
                if alike(one[0], two[0]):
                    runs[-1].append(two)
                else:
                    runs.append([two])
            found |= {id for run in runs for _, id in sorted((at, id) for _, at, id in run)[1:]}
    return found


def answered(year: Year, units: list[str]) -> Given:
    fields = every("org_field").select("org_id", "industry_code").unique()
    asked = valid("need").filter(year.has("posted_at")).select("need_id", "industry_code", "posted_at").join(fields, on="industry_code")
    given = valid("need_answer")
    good = given.filter(pl.col("useful") & ~pl.col("answer_id").is_in(sorted(copies(given))))
    there = asked.join(good, on=["need_id", "org_id"], how="semi")
    asked, there = (of_heirs(rows, "org_id", "posted_at") for rows in (asked, there))
    return share(counted(there, "org_id"), counted(asked, "org_id"), units, classes())


def reply(year: Year, units: list[str]) -> Given:
    days = (pl.col("first_reply_at") - pl.col("assigned_at")).dt.total_seconds() / 86400
    rows = of_heirs(valid("docking").filter(year.has("assigned_at")), BODY, "stage2_at", "assigned_at")
    return by_unit(rows, BODY, days.fill_null(999).median())


def agreed(year: Year, units: list[str]) -> Given:
    due = of_heirs(met().filter(year.has("stage2_at", 120)), BODY, "stage2_at")
    there = due.filter((pl.col("stage") >= 4) & (pl.col("stage4_at") <= pl.col("stage2_at") + timedelta(days=120)))
    return share(counted(there, BODY), counted(due, BODY), units, classes())


def hard(year: Year, units: list[str]) -> Given:
    rows = of_heirs(with_need(valid("need_offer").filter(year.has("accepted_at")), "difficulty"), "org_id", "offered_at")
    return share(counted(rows.filter(pl.col("difficulty") >= 3), "org_id"), counted(rows, "org_id"), units, classes())


def cities(year: Year, units: list[str]) -> Given:
    pairs = dockings_met(year).group_by(BODY, "city_id").len().filter(pl.col("len") >= 2)
    return plain(counted(pairs, BODY), units)


def fusions(year: Year, units: list[str]) -> Given:
    rows = of_heirs(kept_events().filter(year.has("start_at", 90) & (pl.col("activity_type") == "fusion")), "organiser_org_id", "start_at")
    first = met().drop_nulls("activity_id").group_by("activity_id").agg(pl.col("stage2_at").min())
    there = rows.join(first, on="activity_id").filter(pl.col("stage2_at") <= pl.col("end_at") + timedelta(days=90))
    return share(counted(there, "organiser_org_id"), counted(rows, "organiser_org_id"), units, classes())


def rated(year: Year, units: list[str]) -> Given:
    return ratings(year, units, classes())


def failures(year: Year, units: list[str]) -> Given:
    began = pl.coalesce("assigned_at", "first_reply_at", "stage2_at", "posted_at").alias("began")
    rows = with_need(valid("docking"), "posted_at").with_columns(began).filter(year.has("began"))
    rows = of_heirs(rows, BODY, "stage2_at", "began")
    return share(counted(rows.filter(pl.col("no_show") | pl.col("complaint_upheld")), BODY), counted(rows, BODY), units, classes())


SECOND = {
    "BD01": volume,
    "BD02": answered,
    "BD03": reply,
    "BD04": agreed,
    "BD05": hard,
    "BD06": cities,
    "BD07": fusions,
    "BD08": rated,
    "BD09": failures,
}
