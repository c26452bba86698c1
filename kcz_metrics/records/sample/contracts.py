"""Technology contracts: those that grew out of dockings and those that did not; what was paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import (
    Bools,
    Floats,
    Ints,
    choose,
    choose_within,
    codes,
    happens,
    ids,
    logistic,
    lognormal,
    repeat,
    take,
)
from kcz_metrics.records.sample.clock import DAY, GROWTH, HORIZON, YEARS, busy_day, dates, year_bounds, year_index
from kcz_metrics.records.sample.dockings import Dockings
from kcz_metrics.records.sample.needs import Needs
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.provinces import PROVINCES
from kcz_metrics.records.sample.tail import with_tail

TYPES = ("development", "transfer", "licence", "consulting", "service")
MEDIAN = np.array([520_000, 700_000, 560_000, 130_000, 430_000])


@dataclass(frozen=True)
class Contracts:
    """Contracts by position. ``docking`` and ``manager`` are -1 where there is none, cities -1 outside the pilots."""

    seller: Ints
    buyer: Ints
    seller_city: Ints
    buyer_city: Ints
    signed: Floats
    docking: Ints
    manager: Ints
    type: Ints
    amount: Ints
    technology: Ints
    equity: Bools
    registered: Floats
    related: Bools

    @property
    def ids(self) -> pl.Series:
        return ids("CT", len(self.seller), 5)

    @property
    def year(self) -> Ints:
        return year_index(self.signed)


def contracts(
    rng: np.random.Generator, cities: Cities, found: Bodies, asked: Needs, met: Dockings, managers: Ints, scale: float
) -> Contracts:
    done = np.flatnonzero((met.stage >= 5) & (met.org != asked.firm[met.need]))
    brokered = (met.org[done], asked.firm[met.need[done]], asked.city[met.need[done]], np.floor(met.at[done, 4] / DAY) * DAY, done)
    liking = np.exp(0.9 * rng.standard_normal((cities.n + 1, cities.n))) * cities.gdp[:, 1] ** 0.35  # whom each city usually sells to
    np.fill_diagonal(liking, 0.0)
    parts = [brokered, _direct(rng, cities, found, scale, liking), _between_firms(rng, cities, found, scale, liking)]
    seller, firm, firm_city, signed, docking = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((seller, signed))
    seller, firm, firm_city, signed, docking = (column[order] for column in (seller, firm, firm_city, signed, docking))
    n, year = len(seller), year_index(signed)
    seller_city = found.city[seller]
    seller_city = np.where((seller_city >= 0) & (cities.start[seller_city] * DAY <= signed), seller_city, -1)  # no pilot yet
    evaluated = seller < found.evaluated
    transfer = np.where(evaluated, found.abilities.of("transfer")[np.where(evaluated, seller, 0), year], 0.0)
    home = np.where(seller_city >= 0, seller_city, firm_city)
    effect = cities.abilities.of("effectiveness")[home, year]
    kind = _types(rng, 0.8 * transfer, effect)
    size = np.array([2.2, 1.4, 1.0, 0.75])[found.size[firm]]
    usual = 0.5 * rng.standard_normal(len(found.kind))  # some sell large contracts year after year, some small ones
    amount = (
        np.round(lognormal(rng, MEDIAN[kind] * size * np.exp(0.25 * transfer + 0.32 * effect + usual[seller]), 1.15), -2)
        .clip(8_000, 9e8)
        .astype(np.int64)
    )
    part = np.where(rng.random(n) < 0.55, 1.0, rng.beta(6, 2, n))
    manager = np.where(docking >= 0, met.manager[docking], -1)
    eager = happens(rng, logistic(-1.5 + 0.8 * transfer))
    own = choose_within(rng, managers, np.ones(len(managers)), seller)
    manager = np.where((manager < 0) & eager & (own >= 0), own, manager)
    registered = signed + DAY * np.maximum(lognormal(rng, 11.0, 0.7, n), 1).round()
    registered = np.where(happens(rng, 0.965, n) & (registered < HORIZON), registered, np.nan)
    return Contracts(
        seller,
        firm,
        seller_city,
        firm_city,
        signed,
        docking,
        manager,
        kind,
        amount,
        (amount * part).astype(np.int64),
        happens(rng, np.where(np.isin(kind, [1, 2]), 0.14, 0.02) * np.exp(0.2 * transfer)),
        registered,
        np.zeros(n, dtype=bool),
    )


def _types(rng: np.random.Generator, transfer: Floats, effect: Floats) -> Ints:
    """Service and development lead; bodies good at transfer sell more rights, cities that work have more development."""
    log = np.column_stack([0.0 + 0.5 * effect, -1.75 + transfer, -1.85 + transfer, -1.45 + 0 * effect, 0.12 + 0 * effect])
    return np.asarray((log + rng.gumbel(size=log.shape)).argmax(axis=1), dtype=np.int64)


Part = tuple[Ints, Ints, Ints, Floats, Ints]


def _direct(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float, liking: Floats) -> Part:
    """Evaluated bodies selling on their own account."""
    m = found.evaluated
    transfer = found.abilities.of("transfer")
    lam = np.column_stack(
        [0.78 * scale * found.rate("selling") * found.weight[:m] * np.exp(0.5 * transfer[:, y]) * GROWTH[y] for y in range(len(YEARS))]
    )
    row = repeat(rng.poisson(lam).ravel())
    return _sales(rng, cities, found, row // len(YEARS), row % len(YEARS), liking)


def _between_firms(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float, liking: Floats) -> Part:
    """Enterprises selling to enterprises: most of the market."""
    firms = found.enterprises
    seller_pool = firms[found.size[firms] <= 2]
    lam = np.column_stack(
        [
            20.0
            * scale
            * (cities.gdp[:, y] / 1200) ** 0.6
            * np.exp(0.4 * cities.abilities.of("effectiveness")[:, y])
            * GROWTH[y]
            * cities.active(y)
            for y in range(len(YEARS))
        ]
    )
    row = repeat(rng.poisson(lam).ravel())
    city, year = row // len(YEARS), row % len(YEARS)
    at = choose_within(rng, found.city[seller_pool], found.weight[seller_pool], city)
    ok = at >= 0
    return _sales(rng, cities, found, seller_pool[at[ok]], year[ok], liking)


def _sales(rng: np.random.Generator, cities: Cities, found: Bodies, seller: Ints, year: Ints, liking: Floats) -> Part:
    """A buyer and a day for each sale: at home, or in another pilot city that the seller's city usually reaches."""
    n = len(seller)
    home = found.city[seller]
    evaluated = seller < found.evaluated
    transfer = np.where(evaluated, found.abilities.of("transfer")[np.where(evaluated, seller, 0), year], 0.0)
    radiation = cities.abilities.of("radiation")[np.maximum(home, 0), year]
    away = (home < 0) | happens(rng, logistic(-0.6 + 0.9 * radiation + 0.35 * transfer))
    to_poor = happens(rng, logistic(-0.9 + 0.85 * radiation))
    open_by = np.where(cities.start[None, :] < year_bounds(np.arange(len(YEARS)))[1][:, None] - 60, 1.0, 0.0)
    allowed = np.where(to_poor[:, None], cities.poor[None, :], 1.0 - cities.poor[None, :] * 0.9)
    reach = np.cumsum(liking[home] * allowed * open_by[year], axis=1)
    target = np.minimum((reach < (rng.random(n) * reach[:, -1])[:, None]).sum(axis=1), cities.n - 1)
    city = np.where(away, target, home)
    small = happens(rng, logistic(0.4 + 0.8 * transfer))
    firms = found.enterprises
    group = found.city[firms] * 2 + (found.size[firms] >= 1)
    at = choose_within(rng, group, found.weight[firms], city * 2 + small)
    firm = firms[np.maximum(at, 0)]
    first, end = year_bounds(year)
    begin = np.maximum(first, np.maximum(cities.start[city], np.where(home >= 0, cities.start[home], 0)))
    ok = (at >= 0) & (firm != seller) & (begin < end - 5)
    day = busy_day(rng, begin[ok], end[ok], working_only=True)
    return seller[ok], firm[ok], city[ok], day * DAY, np.full(int(ok.sum()), -1)


def contract_table(
    rng: np.random.Generator, cities: Cities, found: Bodies, met: Dockings, sold: Contracts, managers: pl.Series
) -> pl.DataFrame:
    n = len(sold.seller)
    home = np.where(sold.seller_city >= 0, sold.seller_city, sold.buyer_city)
    province = pl.Series([PROVINCES[p].code for p in cities.province]).gather(home)
    year = pl.Series(np.array(YEARS)[sold.year]).cast(pl.String)
    number = pl.select(year + province + ids("", n, 7)).to_series()
    registered = np.isfinite(sold.registered)
    frame = pl.DataFrame(
        {
            "contract_id": sold.ids,
            "registration_no": take(number, np.where(registered, np.arange(n), -1)),
            "contract_type": codes(TYPES, sold.type),
            "seller_org_id": found.ids.gather(sold.seller),
            "buyer_org_id": found.ids.gather(sold.buyer),
            "seller_city_id": take(cities.ids, sold.seller_city),
            "buyer_city_id": take(cities.ids, sold.buyer_city),
            "amount_cny": sold.amount,
            "tech_amount_cny": sold.technology,
            "signed_at": dates(sold.signed),
            "registered_at": dates(sold.registered),
            "docking_id": take(met.ids, sold.docking),
            "tm_id": take(managers, sold.manager),
            "is_related": sold.related,
            "in_kind_equity": sold.equity,
        }
    )
    return with_tail(rng, "contract", frame, sold.signed, "registry", (0.82, 0.12, 0.06))


def payment_table(rng: np.random.Generator, cities: Cities, found: Bodies, sold: Contracts) -> pl.DataFrame:
    """One to three instalments; whether and when they are paid follows the city and the seller."""
    n = len(sold.seller)
    count = 1 + choose(rng, np.array([0.35, 0.42, 0.23]), n)
    row = repeat(count)
    part = np.arange(len(row)) - np.searchsorted(row, row, side="left")
    share = 1.0 / count[row]
    due = sold.signed[row] + DAY * (np.array([20, 150, 330])[part] + rng.integers(0, 40, len(row)))
    amount = np.maximum((sold.amount[row] * share).astype(np.int64), 1)
    evaluated = sold.seller < found.evaluated
    transfer = np.where(evaluated, found.abilities.of("transfer")[np.where(evaluated, sold.seller, 0), sold.year], 0.0)
    home = np.where(sold.seller_city >= 0, sold.seller_city, sold.buyer_city)
    ability = 1.0 * cities.abilities.of("effectiveness")[home, sold.year] + 0.35 * transfer
    pays = happens(rng, logistic(1.35 + 0.7 * ability)[row])
    paid = due + DAY * (np.round(lognormal(rng, 16 * np.exp(-0.3 * ability)[row], 0.9)) - 6)
    paid = np.where(pays & (paid < HORIZON), paid, np.nan)
    whole = happens(rng, 0.9, len(row))
    value = np.where(whole, amount, (amount * rng.uniform(0.3, 0.95, len(row))).astype(np.int64))
    number = ids("V-", len(row), 6)
    known = np.isfinite(paid)
    frame = pl.DataFrame(
        {
            "payment_id": ids("PY", len(row), 6),
            "contract_id": sold.ids.gather(row),
            "due_at": dates(due, horizon=np.inf),
            "due_cny": amount,
            "paid_at": dates(paid),
            "paid_cny": pl.select(pl.when(pl.Series(known)).then(pl.Series(value))).to_series(),
            "voucher_no": take(number, np.where(known, np.arange(len(row)), -1)),
        }
    )
    event = np.where(known, paid, np.minimum(due, HORIZON - 60))
    return with_tail(rng, "contract_payment", frame, event, "registry", (0.85, 0.10, 0.05))
