"""Planted: control between parties, split and circular contracts, a rush at the year's end, round sums, one buyer, false links."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import ids
from kcz_metrics.records.sample.organisations import Bodies

Tables = dict[str, pl.DataFrame]
Cases = dict[str, object]
CONTROL = 50.0
RELATED = 90
SPLIT_BELOW = 300_000


def plant_dealings(rng: np.random.Generator, tables: Tables, found: Bodies) -> tuple[Tables, Cases]:
    contract = tables["contract"]
    contract, round_sums = _round_sums(contract)
    contract, one_buyer = _one_buyer(contract, tables)
    relation, pairs = _relations(rng, contract, found)
    extra, made = _extra(rng, contract, pairs)
    whole = pl.concat([contract, extra])
    whole, related = _mark_related(whole, relation, {b for kind, _, b in pairs if kind == "chain"})
    whole, links = _false_links(rng, whole, tables)
    return tables | {"contract": whole, "org_relation": relation}, {
        "related_pairs": [list(pair) for pair in pairs],
        "related_contracts": related,
        "round_sums": round_sums,
        "one_buyer": one_buyer,
        **made,
        **links,
    }


def relate(rng: np.random.Generator, tables: Tables, found: Bodies) -> Tables:
    """Who controls whom, and contracts between related parties marked, with nothing hidden and nothing made up."""
    relation, _ = _relations(rng, tables["contract"], found)
    contract, _ = _mark_related(tables["contract"], relation, set())
    return tables | {"contract": contract, "org_relation": relation}


def _relations(rng: np.random.Generator, contract: pl.DataFrame, found: Bodies) -> tuple[pl.DataFrame, list[tuple[str, str, str]]]:
    """Sellers and their buyers under one control: directly, as branches, by the same person, or through a third firm (not noticed)."""
    deals = (
        contract.filter((pl.col("seller_org_id") < "OR10000") & (pl.col("buyer_org_id") >= "OR10000"))
        .select("seller_org_id", "buyer_org_id")
        .unique(maintain_order=True)
    )
    n = min(RELATED, deals.height // 2)
    direct = n * 5 // 6
    chosen = deals[rng.choice(deals.height, n, replace=False)]
    firms = found.ids.gather(found.enterprises[found.enterprises >= found.evaluated])
    spare = firms.filter(~firms.is_in(contract["buyer_org_id"].implode()) & ~firms.is_in(contract["seller_org_id"].implode()))
    between = spare.gather(rng.choice(len(spare), n - direct, replace=False)).to_list()
    rows: list[tuple[str, str, str, float | None]] = []
    pairs: list[tuple[str, str, str]] = []
    for k, (seller, buyer) in enumerate(chosen.iter_rows()):
        share = float(rng.integers(51, 100))
        if k < n // 2:
            rows.append((seller, buyer, "control", share))
        elif k < n * 2 // 3:
            rows.append((seller, buyer, "same_person", None))
        elif k < direct:
            rows.append((seller, buyer, "branch", None))
        else:
            rows += [(seller, between[k - direct], "control", share), (between[k - direct], buyer, "control", 60.0)]
        pairs.append(("direct" if k < direct else "chain", seller, buyer))
    for _ in range(60):  # minor holdings, which relate nobody
        a, b = rng.choice(len(firms), 2, replace=False)
        rows.append((firms[int(a)], firms[int(b)], "share", float(rng.integers(3, 45))))
    frame = pl.DataFrame(rows, schema=["org_a", "org_b", "relation", "share_pct"], orient="row").unique(
        ["org_a", "org_b", "relation"], maintain_order=True
    )
    start = pl.Series(
        [
            dt.date(2010 + int(y), 1 + int(m), 1)
            for y, m in zip(rng.integers(0, 9, frame.height), rng.integers(0, 12, frame.height), strict=True)
        ]
    )
    return frame.with_columns(valid_from=start, valid_to=pl.lit(None, dtype=pl.Date)), pairs


def _mark_related(contract: pl.DataFrame, relation: pl.DataFrame, unnoticed: set[str]) -> tuple[pl.DataFrame, dict[str, list[str]]]:
    """``is_related`` where both parties lie in one group of control; buyers reached through a third firm were not noticed."""
    leader: dict[str, str] = {}

    def root(org: str) -> str:
        while leader.get(org, org) != org:
            org = leader[org]
        return org

    strong = relation.filter((pl.col("relation").is_in(["branch", "same_person"])) | (pl.col("share_pct") >= CONTROL))
    for a, b in strong.select("org_a", "org_b").iter_rows():
        leader[root(b)] = root(a)
    same = [root(a) == root(b) for a, b in contract.select("seller_org_id", "buyer_org_id").iter_rows()]
    missed = contract["buyer_org_id"].is_in(sorted(unnoticed))
    truly = pl.Series(same)
    marked = contract.with_columns(is_related=truly & ~missed)
    return marked, {
        "noticed": contract.filter(truly & ~missed)["contract_id"].to_list(),
        "unnoticed": contract.filter(truly & missed)["contract_id"].to_list(),
    }


def _extra(rng: np.random.Generator, contract: pl.DataFrame, pairs: list[tuple[str, str, str]]) -> tuple[pl.DataFrame, Cases]:
    """Further contracts that somebody made for the count: between related parties, split, circular, in the last week."""
    good = contract.filter(
        (pl.col("status") == "verified")
        & pl.col("registration_no").is_not_null()
        & pl.col("docking_id").is_null()
        & (pl.col("signed_at") < dt.date(2022, 11, 1))
    )
    deals: list[dict[str, object]] = []
    groups: dict[str, list[list[int]]] = {"inflated": [], "split": [], "circular": [], "year_end_rush": []}
    for _, seller, buyer in pairs[:8]:
        base = contract.filter((pl.col("seller_org_id") == seller) & (pl.col("buyer_org_id") == buyer))[0]
        groups["inflated"].append([len(deals) + i for i in range(5)])
        deals += [deal(rng, base, seller, buyer, 5.0, dt.date(2022, 2 + 2 * i, 11)) for i in range(5)]
    before = good.filter(pl.col("signed_at") < dt.date(2022, 1, 1))  # both cities were pilots by then
    for row in rng.choice(before.height, min(12, before.height), replace=False):
        base = before[int(row)]
        day = dt.date(2022, int(rng.integers(2, 11)), int(rng.integers(2, 8)))
        groups["split"].append([len(deals) + i for i in range(3)])
        for i in range(3):
            one = deal(rng, base, base["seller_org_id"][0], base["buyer_org_id"][0], 1.0, day + dt.timedelta(days=7 * i))
            amount = int(SPLIT_BELOW * rng.uniform(0.955, 0.995))
            deals.append(one | {"amount_cny": amount, "tech_amount_cny": amount})
    firms = before.filter(pl.col("seller_org_id") >= "OR10000")
    for row in rng.choice(firms.height, min(8, firms.height), replace=False):
        base = firms[int(row)]
        a, b = base["seller_org_id"][0], base["buyer_org_id"][0]
        first = dt.date(2022, int(rng.integers(1, 6)), 15)
        there = deal(rng, base, a, b, 4.0, first)
        back = deal(rng, base, b, a, 4.0, first + dt.timedelta(days=int(rng.integers(40, 170))))
        back |= {"amount_cny": int(int(str(there["amount_cny"])) * 0.97), "tech_amount_cny": int(int(str(there["tech_amount_cny"])) * 0.97)}
        back |= {"seller_city_id": there["buyer_city_id"], "buyer_city_id": there["seller_city_id"]}
        groups["circular"].append([len(deals), len(deals) + 1])
        deals += [there, back]
    year = good.filter((pl.col("signed_at").dt.year() == 2022) & pl.col("seller_city_id").is_not_null())
    counts = year.group_by("seller_city_id").len().sort((pl.col("len").cast(pl.Int64) - 40).abs(), "seller_city_id")
    city = counts["seller_city_id"][0]
    own = year.filter(pl.col("seller_city_id") == city)
    rush = range(len(deals), len(deals) + own.height)
    groups["year_end_rush"].append(list(rush))
    deals += [
        deal(rng, own[i], own["seller_org_id"][i], own["buyer_org_id"][i], 1.3, dt.date(2022, 12, 26 + i % 5)) for i in range(own.height)
    ]
    start = int(contract["contract_id"].str.slice(2).cast(pl.Int64).max()) + 1  # type: ignore[arg-type]
    names = ids("CT", len(deals), 5, start=start)
    number = pl.Series([f"{deal['signed_at']:%Y}990000{i:07d}" for i, deal in enumerate(deals)])
    extra = pl.DataFrame(deals, schema=contract.schema).with_columns(contract_id=names, registration_no=number)
    made: Cases = {name: [names.gather(np.array(group)).to_list() for group in found] for name, found in groups.items()}
    return extra, made | {"year_end_rush_city": city}


def deal(rng: np.random.Generator, model: pl.DataFrame, seller: str, buyer: str, times: float, day: dt.date) -> dict[str, object]:
    """A registered, verified contract like ``model`` between two parties."""
    row = model.row(0, named=True)
    amount = int(row["amount_cny"] * times * rng.uniform(0.8, 1.2)) + 10_000
    seen = dt.datetime.combine(min(day + dt.timedelta(days=4), dt.date(2022, 12, 31)), dt.time(10))
    return row | {
        "seller_org_id": seller,
        "buyer_org_id": buyer,
        "amount_cny": amount,
        "tech_amount_cny": amount,
        "signed_at": day,
        "registered_at": min(day + dt.timedelta(days=3), dt.date(2022, 12, 31)),
        "tm_id": None,
        "status": "verified",
        "docking_id": None,
        "period_id": str(day.year),
        "evidence_uri": f"doc://contract/{day:%Y%m}",
        "evidence_class": "A",
        "submitted_at": seen,
        "verified_at": min(seen + dt.timedelta(days=5), dt.datetime(2022, 12, 31, 12)),
    }


def _round_sums(contract: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The second busiest evaluated seller knows only tens of thousands."""
    seller = (
        contract.filter(pl.col("seller_org_id") < "OR10000")
        .group_by("seller_org_id")
        .len()
        .sort("len", "seller_org_id")["seller_org_id"][-2]
    )
    rounded = ((pl.col("amount_cny") + 9_999) // 10_000 * 10_000).alias("amount_cny")
    here = pl.col("seller_org_id") == seller
    return contract.with_columns(
        amount_cny=pl.when(here).then(rounded).otherwise("amount_cny"),
        tech_amount_cny=pl.when(here).then(rounded).otherwise("tech_amount_cny"),
    ), seller


def _one_buyer(contract: pl.DataFrame, tables: Tables) -> tuple[pl.DataFrame, dict[str, str]]:
    """A seller of middling size that sells nearly all to one buyer."""
    free = pl.col("docking_id").is_null() & ~pl.col("contract_id").is_in(tables["impact"]["contract_id"].drop_nulls().unique().implode())
    value = pl.col("tech_amount_cny")
    sellers = (
        contract.filter(pl.col("seller_org_id") < "OR10000")
        .group_by("seller_org_id")
        .agg(pl.len(), share=value.filter(free).sum() / value.sum())
    )
    likely = sellers.filter(pl.col("share") > 0.7).sort("len", "seller_org_id", descending=True)["seller_org_id"]
    seller = likely[min(6, len(likely) - 1)]
    buyers = contract.filter((pl.col("seller_org_id") == seller) & (pl.col("buyer_org_id") >= "OR10000"))
    buyer = buyers.sort("amount_cny", "contract_id")[-1]
    here = free & (pl.col("seller_org_id") == seller)
    return contract.with_columns(
        buyer_org_id=pl.when(here).then(pl.lit(buyer["buyer_org_id"][0])).otherwise("buyer_org_id"),
        buyer_city_id=pl.when(here).then(pl.lit(buyer["buyer_city_id"][0])).otherwise("buyer_city_id"),
    ), {"seller": seller, "buyer": buyer["buyer_org_id"][0]}


def _false_links(rng: np.random.Generator, contract: pl.DataFrame, tables: Tables) -> tuple[pl.DataFrame, Cases]:
    """Contracts said to come from a docking that met only afterwards, and some with the wrong place of the buyer."""
    met = (
        tables["docking"]
        .filter(pl.col("stage2_at").is_not_null() & (pl.col("stage") < 5))
        .select("docking_id", "provider_org_id", "stage2_at")
    )
    free = contract.filter(pl.col("docking_id").is_null() & (pl.col("status") == "verified")).select(
        "contract_id", "seller_org_id", "signed_at"
    )
    late = free.join(met, left_on="seller_org_id", right_on="provider_org_id").filter(
        pl.col("stage2_at").cast(pl.Date).is_between(pl.col("signed_at") - pl.duration(days=5), pl.col("signed_at") + pl.duration(days=60))
    )
    late = late.unique("contract_id", maintain_order=True).unique("docking_id", maintain_order=True).sort("contract_id")
    late = late[np.sort(rng.choice(late.height, min(14, late.height), replace=False))].select("contract_id", late_docking="docking_id")
    brokered = contract.filter(pl.col("docking_id").is_not_null() & (pl.col("buyer_city_id") != pl.col("seller_city_id")))
    wrong = brokered[np.sort(rng.choice(brokered.height, min(6, brokered.height), replace=False))]["contract_id"].to_list()
    linked = contract.join(late, on="contract_id", how="left", maintain_order="left").with_columns(
        docking_id=pl.coalesce("docking_id", "late_docking")
    )
    other = pl.col("buyer_city_id").str.slice(2).cast(pl.Int64) % 65 + 1
    moved = pl.lit("PC") + other.cast(pl.String).str.zfill(3)
    linked = linked.with_columns(
        buyer_city_id=pl.when(pl.col("contract_id").is_in(wrong) & (moved != pl.col("seller_city_id")))
        .then(moved)
        .otherwise("buyer_city_id")
    )
    return linked.select(contract.columns), {"late_links": late["contract_id"].to_list(), "wrong_places": wrong}
