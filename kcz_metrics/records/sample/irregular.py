"""Further planted cases, drawn by a generator of their own: contracts that go in circles, rush or depend on one buyer, invented amounts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import ids
from kcz_metrics.records.sample.dealings import deal
from kcz_metrics.records.sample.irregular_acts import plant_acts

Tables = dict[str, pl.DataFrame]
Cases = dict[str, object]
GOOD = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()
#: First digits are looked at from so many amounts on; a city with some more is taken.
DIGITS_FROM = 320


def plant_irregular(rng: np.random.Generator, tables: Tables, planted: Cases) -> tuple[Tables, dict[str, object]]:
    contract, taken = tables["contract"], _taken(planted)
    contract, round_sellers = _round(rng, contract, taken)
    contract, digits = _digits(rng, contract, {*taken, *round_sellers}, _made_up(planted))
    contract, made = _deals(rng, contract, {*taken, *round_sellers})
    changed, acts = plant_acts(rng, tables | {"contract": contract}, planted)
    return changed, {"irregular": {"round_sellers": round_sellers, "digits_city": digits, **made, **acts}}


def _taken(planted: Cases) -> set[str]:
    """Sellers of cases that are planted already."""
    one = planted["one_buyer"]
    assert isinstance(one, dict)
    return {str(planted["round_sums"]), str(one["seller"])}


def _made_up(planted: Cases) -> list[str]:
    """Contracts of cases that are planted already."""
    twins = planted["duplicates"]
    assert isinstance(twins, dict)
    groups = [planted[kind] for kind in ("inflated", "split", "circular", "year_end_rush")] + list(twins["contract"].values())
    return sorted({str(id) for kind in groups if isinstance(kind, list) for group in kind for id in group})


def _sellers(contract: pl.DataFrame, least: int, most: int, taken: set[str], year: int | None = None) -> pl.DataFrame:
    """``seller, n, total`` of evaluated sellers with so many good contracts, few firms among their buyers aside."""
    rows = contract.filter(GOOD & (pl.col("seller_org_id") < "OR10000") & ~pl.col("seller_org_id").is_in(sorted(taken)))
    if year is not None:
        rows = rows.filter(pl.col("signed_at").dt.year() == year)
    found = rows.group_by(seller="seller_org_id").agg(n=pl.len(), total=pl.col("tech_amount_cny").sum())
    return found.filter(pl.col("n").is_between(least, most)).sort("seller")


def _some(rng: np.random.Generator, frame: pl.DataFrame, n: int) -> pl.DataFrame:
    return frame[np.sort(rng.choice(frame.height, min(n, frame.height), replace=False))]


def _round(rng: np.random.Generator, contract: pl.DataFrame, taken: set[str]) -> tuple[pl.DataFrame, list[str]]:
    """Two more sellers that know only tens of thousands."""
    chosen = _some(rng, _sellers(contract, 20, 60, taken), 2)["seller"].to_list()
    even = (pl.col("amount_cny") + 9_999) // 10_000 * 10_000
    here = pl.col("seller_org_id").is_in(chosen)
    return contract.with_columns(
        amount_cny=pl.when(here).then(even).otherwise("amount_cny"), tech_amount_cny=pl.when(here).then(even).otherwise("tech_amount_cny")
    ), chosen


def _digits(rng: np.random.Generator, contract: pl.DataFrame, taken: set[str], kept: list[str]) -> tuple[pl.DataFrame, str | None]:
    """A city whose amounts somebody made up: of the usual size, every first digit as often as any other. None where no city has enough."""
    counts = contract.filter(GOOD).drop_nulls("seller_city_id").group_by("seller_city_id").len().sort("len", "seller_city_id")
    enough = counts.filter(pl.col("len") >= DIGITS_FROM)
    if enough.is_empty():
        return contract, None
    city = enough["seller_city_id"][0]
    here = (contract["seller_city_id"] == city).fill_null(False) & ~contract["seller_org_id"].is_in(sorted(taken))
    here &= ~contract["contract_id"].is_in(kept)
    amount = contract["amount_cny"].to_numpy()
    fresh = (10.0 ** np.floor(np.log10(amount)) * rng.uniform(1, 10, len(amount))).round(-2).astype(np.int64).clip(1_000)
    part = contract["tech_amount_cny"].to_numpy() / amount
    return contract.with_columns(
        amount_cny=pl.when(here).then(pl.Series(fresh)).otherwise("amount_cny"),
        tech_amount_cny=pl.when(here).then(pl.Series((fresh * part).astype(np.int64))).otherwise("tech_amount_cny"),
    ), city


def _deals(rng: np.random.Generator, contract: pl.DataFrame, taken: set[str]) -> tuple[pl.DataFrame, Cases]:
    deals: list[dict[str, object]] = []
    groups: dict[str, list[list[int]]] = {"split": [], "circles": []}
    before = contract.filter(GOOD & pl.col("docking_id").is_null() & (pl.col("signed_at") < dt.date(2022, 1, 1)))

    def add(kind: str, rows: list[dict[str, object]]) -> None:
        groups[kind].append([len(deals) + i for i in range(len(rows))])
        deals.extend(rows)

    for limit, row in zip((500_000, 500_000, 1_000_000), rng.choice(before.height, 3, replace=False), strict=True):
        base, day = before[int(row)], dt.date(2022, int(rng.integers(2, 11)), int(rng.integers(2, 12)))
        add("split", [_priced(_like(rng, base, day + dt.timedelta(days=5 * i)), limit * rng.uniform(0.955, 0.995)) for i in range(3)])
    firms = before.filter((pl.col("seller_org_id") >= "OR10000") & pl.col("seller_city_id").is_not_null()).unique(
        "seller_org_id", keep="first", maintain_order=True
    )
    for _ in range(4):
        three = firms[rng.choice(firms.height, 3, replace=False)]
        start, price = dt.date(2022, int(rng.integers(1, 7)), 12), float(rng.integers(600_000, 4_000_000))
        rows = []
        for i in range(3):
            one = _like(rng, three[i], start + dt.timedelta(days=45 * i)) | {
                "buyer_org_id": three["seller_org_id"][(i + 1) % 3], "buyer_city_id": three["seller_city_id"][(i + 1) % 3],
            }  # fmt: skip
            rows.append(_priced(one, price * 0.96**i))
        add("circles", rows)
    buyers, rushing = [], []
    sizes = _some(rng, _sellers(contract, 9, 25, taken, 2022), 6)
    for i, (seller, n, total) in enumerate(sizes.iter_rows()):
        own = contract.filter(GOOD & (pl.col("seller_org_id") == seller) & (pl.col("buyer_org_id") >= "OR10000"))
        if i % 2 == 0:  # sells on and on to one
            base = own[-1]
            buyers.append([seller, base["buyer_org_id"][0]])
            deals += [_priced(_like(rng, base, dt.date(2022, 3 + k, 17)), total * 0.35) for k in range(5)]
        else:  # signs in the last week what it had the whole year for
            rushing.append(seller)
            many = max(6, n // 2)
            days = [dt.date(2022, 12, 26 + k % 5) for k in range(many)]
            deals += [
                _priced(_like(rng, own[int(rng.integers(own.height))], day), total * 0.9 / many * rng.uniform(0.8, 1.2)) for day in days
            ]
    last = int(contract["contract_id"].str.extract(r"CT(\d+)").cast(pl.Int64).max())  # type: ignore[arg-type]
    names = ids("CT", len(deals), 5, start=last + 1)
    number = pl.Series([f"{one['signed_at']:%Y}980000{i:07d}" for i, one in enumerate(deals)])
    extra = pl.DataFrame(deals, schema=contract.schema).with_columns(contract_id=names, registration_no=number)
    made: Cases = {name: [names.gather(np.array(group)).to_list() for group in found] for name, found in groups.items()}
    return pl.concat([contract, extra]), made | {"buyers": buyers, "rushing_sellers": rushing}


def _like(rng: np.random.Generator, base: pl.DataFrame, day: dt.date) -> dict[str, object]:
    return deal(rng, base, base["seller_org_id"][0], base["buyer_org_id"][0], 1.0, day) | {"is_related": False}


def _priced(one: dict[str, object], price: float) -> dict[str, object]:
    amount = max(int(price), 1_000)
    return one | {"amount_cny": amount, "tech_amount_cny": amount}
