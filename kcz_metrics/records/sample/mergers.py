"""Bodies that were merged into others, and from when: what is reported under the old name afterwards belongs to the new one."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.clock import DAY, busy_day, dates
from kcz_metrics.records.sample.organisations import KINDS, Bodies

EVALUATED = ("PS", "RI")  # one of each
FIRMS = 8


def merge(rng: np.random.Generator, found: Bodies, org: pl.DataFrame, need: pl.DataFrame) -> tuple[pl.DataFrame, list[list[str]]]:
    """The bodies with some merged, and who went into whom and when. Only firms that post needs are taken, so that it can be seen."""
    pairs = []
    for code in EVALUATED:
        kind = [k.code for k in KINDS].index(code)
        of_class = np.flatnonzero(found.kind[: found.evaluated] == kind)
        weak = of_class[np.argsort(found.weight[of_class])]
        pairs.append((int(weak[0]), int(rng.choice(weak[len(weak) // 2 :]))))
    busy = need.group_by("enterprise_id").len().filter(pl.col("len") >= 4).sort("enterprise_id")["enterprise_id"]
    place = {name: i for i, name in enumerate(found.ids.to_list())}
    asking = np.array([place[name] for name in busy])
    asking = asking[asking >= found.evaluated]
    chosen = asking[rng.permutation(len(asking))]
    taken: set[int] = set()
    for firm in chosen.tolist():
        same = chosen[(found.city[chosen] == found.city[firm]) & (found.industry[chosen] == found.industry[firm]) & (chosen != firm)]
        free = [int(f) for f in same if int(f) not in taken]
        if firm in taken or not free:
            continue
        pairs.append((firm, free[0]))
        taken |= {firm, free[0]}
        if len(pairs) == FIRMS + len(EVALUATED):
            break
    day = busy_day(rng, np.full(len(pairs), 480), np.full(len(pairs), 960), working_only=True)
    old, new = found.ids.gather([a for a, _ in pairs]), found.ids.gather([b for _, b in pairs])
    when = pl.DataFrame({"org_id": old, "into": new, "on": dates(day * DAY)})
    both = org.join(when, on="org_id", how="left", maintain_order="left")
    gone = pl.col("into").is_not_null()
    merged = both.with_columns(
        status=pl.when(gone).then(pl.lit("merged")).otherwise("status"),
        merged_into=pl.coalesce("into", "merged_into"),
        merged_at=pl.col("on"),
    )
    return merged.drop("into", "on"), [[a, b, str(d)] for a, b, d in when.iter_rows()]
