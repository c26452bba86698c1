"""The tables around a need: the need itself, the offers made of it, and what experts answered."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, choose_within, happens, ids, logistic, lognormal, take
from kcz_metrics.records.sample.clock import DAY, HORIZON, half_hour, moments, year_index
from kcz_metrics.records.sample.needs import Needs, Offers
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams


def need_table(rng: np.random.Generator, asked: Needs, columns: Mapping[str, object], ends: pl.DataFrame) -> pl.DataFrame:
    frame = pl.DataFrame(columns).with_columns(
        posted_at=moments(asked.posted),
        first_response_at=moments(asked.answered),
        assigned_at=moments(asked.assigned),
    )
    return with_tail(rng, "need", frame.hstack(ends), asked.posted, "self_report", (0.10, 0.70, 0.20))


def offer_table(rng: np.random.Generator, found: Bodies, group: Teams, asked: Needs, given: Offers) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "offer_id": ids("NO", len(given.need), 5),
            "need_id": asked.ids.gather(given.need),
            "team_id": take(group.ids, given.team),
            "org_id": found.ids.gather(given.org),
            "offered_at": moments(given.offered),
            "accepted_at": moments(given.accepted),
        }
    )
    return with_tail(rng, "need_offer", frame, given.offered, "platform_log", (0.0, 1.0, 0.0), status=(0.97, 0.01, 0.01, 0.0, 0.01))


def answer_table(rng: np.random.Generator, found: Bodies, group: Teams, asked: Needs) -> pl.DataFrame:
    """Experts answer needs of their body's field; able bodies answer more and are found useful more often."""
    m = found.evaluated
    n = len(asked.city) * 3 // 2  # about three answers to two needs
    need = rng.integers(0, len(asked.city), n)
    docking = found.abilities.of("docking")
    year = year_index(asked.posted[need])
    org = np.full(n, -1)
    for y in range(docking.shape[1]):
        pull = found.rate("docking") * found.weight[:m] ** 0.6 * np.exp(0.6 * docking[:, y])
        here = np.flatnonzero(year == y)
        org[here] = choose_within(rng, found.industry[:m], pull, asked.industry[need[here]])
    org = np.where(org >= 0, org, choose(rng, found.rate("docking"), n))
    people = group.people
    person = choose_within(rng, people.org, rng.pareto(1.3, len(people.org)) + 0.12, org)
    ability = docking[org, year]
    when = half_hour(asked.posted[need] + DAY * lognormal(rng, 6.0 * np.exp(-0.4 * ability), 0.9))
    ok = (when < HORIZON) & (person >= 0)
    need, org, person, when, ability = need[ok], org[ok], person[ok], when[ok], ability[ok]
    order = np.lexsort((need, when))
    need, org, person, when, ability = need[order], org[order], person[order], when[order], ability[order]
    rated = happens(rng, 0.7, len(need))
    useful = happens(rng, logistic(0.7 + 0.6 * ability))
    frame = pl.DataFrame(
        {
            "answer_id": ids("NA", len(need), 5),
            "need_id": asked.ids.gather(need),
            "org_id": found.ids.gather(org),
            "person_id": people.ids.gather(person),
            "answered_at": moments(when),
            "useful": pl.select(pl.when(pl.Series(rated)).then(pl.Series(useful))).to_series(),
        }
    )
    return with_tail(rng, "need_answer", frame, when, "platform_log", (0.0, 1.0, 0.0), status=(0.96, 0.01, 0.02, 0.0, 0.01))
