"""Doubtful contracts found a second time for a recount, contract by contract, apart from the rules of :mod:`kcz_metrics.quality`.

Thresholds are those in force; the way to what they call doubtful is written anew, so that a count of flags proves its rule too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import log10
from typing import Any

from kcz_metrics.store.naming import record_name
from kcz_metrics.ui.behind import valid
from kcz_metrics.ui.context import Context

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doubt:
    """``anchor``: what tells it from others of its rule; ``subjects``: whom it concerns; ``records``: names of all its evidence."""

    rule: str
    anchor: str
    subjects: tuple[str, ...]
    records: tuple[str, ...]


def rows(ctx: Context, table: str) -> list[Row]:
    """The valid records, each with its ``name``."""
    assert ctx.snapshot is not None
    return valid(ctx, table)().with_columns(name=record_name(ctx.snapshot.tables[table])).to_dicts()


def by(found: Iterable[Row], *columns: str) -> dict[tuple[Any, ...], list[Row]]:
    parts: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in found:
        parts[tuple(row[c] for c in columns)].append(row)
    return parts


def spans(found: Iterable[Row], *columns: str, when: str) -> dict[tuple[Any, ...], list[Row]]:
    """Parts by ``columns`` and year, and by ``columns`` and ``all``."""
    parts: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in found:
        for span in (str(row[when].year), "all"):
            parts[(*(row[c] for c in columns), span)].append(row)
    return parts


def years_first(called: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Keys of spans without those over all years whose subject was found in one year already."""
    in_a_year = {key[:-1] for key in called if key[-1] != "all"}
    return [key for key in called if key[-1] != "all" or key[:-1] not in in_a_year]


def names(found: Iterable[Row]) -> tuple[str, ...]:
    return tuple(row["name"] for row in found)


def contracts(ctx: Context, given: Mapping[str, Any]) -> Iterator[Doubt]:
    found = sorted(rows(ctx, "contract"), key=lambda row: (row["signed_at"], row["contract_id"]))
    yield from split(found, given["split_contracts"])
    yield from circular(found, given["circular_value"])
    yield from one_buyer(found, given["one_buyer"])
    yield from last_week(found, given["last_week"])
    yield from round_amounts(found, given["round_amounts"])
    yield from first_digits(found, given["first_digits"])


def split(found: list[Row], given: Any) -> Iterator[Doubt]:
    """Of one pair under one limit: a contract that lies too far from the one before begins a new run, one too far from the run's first a
    new window."""
    for (seller, buyer), pair in by(found, "seller_org_id", "buyer_org_id").items():
        for limit in given.thresholds_cny:
            under = [row for row in pair if (1 - given.below) * limit <= row["amount_cny"] < limit]
            windows: dict[tuple[date, int], list[Row]] = defaultdict(list)
            first = last = None
            for row in under:
                if first is None or last is None or (row["signed_at"] - last).days > given.within_days:
                    first = row["signed_at"]
                last = row["signed_at"]
                windows[(first, (last - first).days // (given.within_days + 1))].append(row)
            for part in windows.values():
                if len(part) >= given.minimum_contracts:
                    yield Doubt("split_contracts", part[0]["name"], (seller, buyer), names(part))


def circular(found: list[Row], given: Any) -> Iterator[Doubt]:
    """From every contract on along those that its buyer signs as seller; of the circles of one first contract the shortest, then the
    soonest closed."""
    sold = by(found, "seller_org_id")

    def further(chain: list[Row]) -> Iterator[list[Row]]:
        for row in sold.get((chain[-1]["buyer_org_id"],), []):
            ratio = row["amount_cny"] / chain[-1]["amount_cny"]
            in_time = row["signed_at"] >= chain[-1]["signed_at"] and (row["signed_at"] - chain[0]["signed_at"]).days <= given.within_days
            if in_time and row["name"] != chain[-1]["name"] and given.least_return <= ratio <= 1 / given.least_return:
                yield [*chain, row]

    def closed(chain: list[Row]) -> bool:
        sellers = [row["seller_org_id"] for row in chain]
        return chain[-1]["buyer_org_id"] == sellers[0] and len(set(sellers)) == len(sellers)

    for row in found:
        two = list(further([row]))
        three = [longer for chain in two for longer in further(chain)] if given.longest >= 3 else []
        circles = [chain for chain in (*two, *three) if closed(chain)]
        if circles:
            one = min(circles, key=lambda chain: (len(chain), chain[-1]["signed_at"], " ".join(names(chain))))
            yield Doubt("circular_value", " ".join(names(one)), tuple(r["seller_org_id"] for r in one), names(one))


def one_buyer(found: list[Row], given: Any) -> Iterator[Doubt]:
    called: dict[tuple[Any, ...], list[Row]] = {}
    for (seller, span), sold in spans(found, "seller_org_id", when="signed_at").items():
        total = sum(row["tech_amount_cny"] for row in sold)
        if len(sold) < given.minimum_contracts or total < given.minimum_value_cny:
            continue
        for (buyer,), bought in by(sold, "buyer_org_id").items():
            if len(bought) >= given.minimum_from_buyer and sum(row["tech_amount_cny"] for row in bought) > given.share * total:
                called[(seller, buyer, span)] = bought
    for key in years_first(list(called)):
        yield Doubt("one_buyer", " ".join(key), key[:2], names(called[key]))


def last_week(found: list[Row], given: Any) -> Iterator[Doubt]:
    def late(row: Row) -> bool:
        return (date(row["signed_at"].year, 12, 31) - row["signed_at"]).days < given.days

    years = by([{**row, "year": row["signed_at"].year} for row in found], "year")
    tried: list[tuple[str, int, list[Row], list[Row]]] = []
    for (year,), whole in years.items():
        for column in ("seller_city_id", "seller_org_id"):
            for (subject,), own in by(whole, column).items():
                if subject is not None and len(own) >= given.minimum_records:
                    tried.append((subject, year, own, whole))
    surprises = [_tail(sum(map(late, own)), len(own), _rest(list(map(late, own)), list(map(late, whole)))) for *_, own, whole in tried]
    for (subject, year, own, _), called in zip(tried, discovered(surprises, given.false_discovery), strict=True):
        worth = sum(row["tech_amount_cny"] for row in own)
        if called and worth and sum(row["tech_amount_cny"] for row in own if late(row)) / worth > given.share:
            yield Doubt("last_week", f"{subject} {year}", (subject,), names(filter(late, own)))


def round_amounts(found: list[Row], given: Any) -> Iterator[Doubt]:
    def even(row: Row) -> bool:
        return bool(row["amount_cny"] % given.divisor_cny == 0)

    parts = spans(found, "seller_org_id", when="signed_at")
    whole: dict[str, list[bool]] = defaultdict(list)
    for (_, span), own in parts.items():
        whole[span] += map(even, own)
    tried = [(key, own, _rest(list(map(even, own)), whole[key[1]])) for key, own in parts.items() if len(own) >= given.minimum_records]
    surprises = [_tail(sum(map(even, own)), len(own), peers) for _, own, peers in tried]
    found_out = {
        key: own
        for (key, own, peers), called in zip(tried, discovered(surprises, given.false_discovery), strict=True)
        if called and sum(map(even, own)) / len(own) - peers >= given.above_peers
    }
    for key in years_first(list(found_out)):
        yield Doubt("round_amounts", " ".join(key), key[:1], names(filter(even, found_out[key])))


def first_digits(found: list[Row], given: Any) -> Iterator[Doubt]:
    """χ² against log₁₀(1 + 1/d), eight degrees of freedom."""
    from scipy.stats import chi2

    expected = [log10(1 + 1 / d) for d in range(1, 10)]
    tried: list[tuple[str, float, float]] = []
    for column in ("seller_city_id", "seller_org_id"):
        for (subject,), own in by(found, column).items():
            n = len(own)
            if subject is None or n < given.minimum_records:
                continue
            seen = [sum(str(row["amount_cny"])[0] == str(d) for row in own) for d in range(1, 10)]
            surprise = sum((k - n * e) ** 2 / (n * e) for k, e in zip(seen, expected, strict=True))
            away = sum(abs(k / n - e) for k, e in zip(seen, expected, strict=True)) / 9
            tried.append((subject, float(chi2.sf(surprise, 8)), away))
    for (subject, _, away), called in zip(tried, discovered([p for _, p, _ in tried], given.false_discovery), strict=True):
        if called and away > given.mean_deviation:
            yield Doubt("first_digits", subject, (subject,), ())


def _rest(own: list[bool], whole: list[bool]) -> float:
    """The share among all the others."""
    others = len(whole) - len(own)
    return (sum(whole) - sum(own)) / others if others else 0.0


def _tail(k: int, n: int, p: float) -> float:
    """P(X ≥ k) of a binomial X(n, p)."""
    from scipy.stats import binom

    return float(binom.sf(k - 1, n, p))


def discovered(surprises: list[float], rate: float) -> list[bool]:
    """Benjamini and Hochberg: up to the last of the ordered p that is no more than its place's share of the rate."""
    order = sorted(range(len(surprises)), key=surprises.__getitem__)
    passed = [place for place, i in enumerate(order, start=1) if surprises[i] <= rate * place / len(order)]
    called = set(order[: passed[-1]] if passed else [])
    return [i in called for i in range(len(surprises))]
