"""Lists and who is on them, titles of firms, contests, and how entries became showcase projects."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, codes, happens, ids, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, YEARS, dates, day_number, day_of, year_index
from kcz_metrics.records.sample.founding import after_founding
from kcz_metrics.records.sample.industries import FIELD, FIELDS, TAGS, TAGS_EACH
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.spread import COUNTRIES
from kcz_metrics.records.sample.tail import with_tail

Tables = dict[str, pl.DataFrame]
LISTED, SHORTLIST = 20, 40
CONTESTS = ("overseas_talent", "short_video", "startup")
ENTRIES = {"overseas_talent": (130, 210, 300), "short_video": (0, 150, 260), "startup": (180, 240, 320)}
OPENS = (dt.date(2020, 5, 11), dt.date(2021, 4, 12), dt.date(2022, 4, 6))
STAGE = ("entered", "preliminary", "decisive", "awarded")
NOUNS = ("关键技术", "装备研制", "应用示范", "系统平台", "新工艺")
THROUGH_CONTEST = 0.42  # of the showcase projects


def honour_tables(rng: np.random.Generator, cities: Cities, found: Bodies, tables: Tables) -> Tables:
    entry, showcase = _contests(rng, cities, found, tables["showcase_project"])
    entry = pl.concat(
        [entry.filter("sent_to_week"), after_founding(entry.filter(~pl.col("sent_to_week")), "org_id", "entered_on", tables["enterprise"])]
    )
    return {
        "award_entry": _awards(rng, found, tables["award_list"]),
        "title_award": _titles(rng, tables["enterprise"]),
        "contest_entry": entry.sort("entry_id"),
        "showcase_project": showcase,
    }


def _named(rng: np.random.Generator, n: int) -> tuple[pl.Series, np.ndarray]:
    """Titles and the fields they belong to."""
    tag = rng.integers(0, len(TAGS), n)
    return pl.select(codes(TAGS, tag) + codes(NOUNS, rng.integers(0, len(NOUNS), n))).to_series(), FIELD[tag // TAGS_EACH]


def _awards(rng: np.random.Generator, found: Bodies, lists: pl.DataFrame) -> pl.DataFrame:
    """Some forty to a hundred enter each list, forty are shortlisted, twenty listed; what is listed is talked about."""
    row = repeat(45 + rng.poisson(28.0, lists.height))
    n = len(row)
    large = found.enterprises[found.size[found.enterprises] <= 1]
    firm = happens(rng, 0.55, n)
    able = found.abilities.mean("drive")
    body = choose(rng, np.exp(0.4 * able), n)
    org = np.where(firm, large[choose(rng, found.weight[large], n)], body)
    merit = np.where(firm, 0.0, 0.6 * able[body]) + rng.standard_normal(n)
    place = (
        pl.DataFrame({"row": row, "merit": merit}).select(pl.col("merit").rank("ordinal", descending=True).over("row"))["merit"].to_numpy()
    )
    day = day_of(lists.select(pl.date(pl.col("list_id").str.slice(-4).cast(pl.Int32), 7, 1)).to_series())[row] + rng.integers(0, 60, n)
    title, field = _named(rng, n)
    media = np.where(place <= LISTED, rng.poisson(7.0, n), np.where(place <= SHORTLIST, rng.poisson(0.8, n), 0))
    sponsor = np.where(happens(rng, 0.8, n), rng.choice(np.flatnonzero(found.where("NS", "PS", "PA", "LA")), n), -1)
    frame = pl.DataFrame(
        {
            "entry_id": ids("AE", n, 5),
            "list_id": lists["list_id"].gather(row),
            "org_id": found.ids.gather(org),
            "nominated_by": take(found.ids, np.where(sponsor == org, -1, sponsor)),
            "title": title,
            "tech_field": codes(FIELDS, field),
            "entered_on": dates(day * DAY),
            "is_shortlisted": place <= SHORTLIST,
            "is_listed": place <= LISTED,
            "media_items": media,
            "media_views": np.round(media * lognormal(rng, 5200.0, 0.9, n)).astype(np.int64),
        }
    )
    return with_tail(rng, "award_entry", frame, day * DAY, "self_report", (0.1, 0.8, 0.1), status=(0.98, 0.0, 0.02, 0.0, 0.0))


def _titles(rng: np.random.Generator, enterprise: pl.DataFrame) -> pl.DataFrame:
    """The titles that the enterprises' own rows know of, gained in the three years."""
    long = pl.concat(
        [
            enterprise.select("org_id", firm_title=pl.lit(name), awarded_on=pl.col(column)).drop_nulls()
            for name, column in (("hi_tech", "title_hitech_at"), ("little_giant", "title_giant_at"))
        ]
    ).filter(pl.col("awarded_on") >= dt.date(YEARS[0], 1, 1))
    frame = long.sort("awarded_on", "org_id", "firm_title").with_columns(award_id=ids("TT", long.height, 5))
    event = np.floor(day_of(frame["awarded_on"])) * DAY
    return with_tail(rng, "title_award", frame, event, "registry", (0.9, 0.1, 0.0), status=(0.99, 0.01, 0.0, 0.0, 0.0))


def _contests(rng: np.random.Generator, cities: Cities, found: Bodies, showcase: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Entries of the three contests. Those sent on to the national week are showcase projects of its year."""
    shown_title, _ = _named(rng, showcase.height)
    chosen = np.flatnonzero(happens(rng, THROUGH_CONTEST, showcase.height) & (showcase["status"] == "verified").to_numpy())
    shown_year = year_index(np.floor(day_of(showcase["occurred_on"]))[chosen] * DAY)
    plain = np.array([(c, y) for c, name in enumerate(CONTESTS) for y, k in enumerate(ENTRIES[name]) for _ in range(k)])
    n, m = len(plain), len(chosen)
    sent_contest = np.where(happens(rng, 0.6, m), 0, 2)
    contest, year = np.concatenate([plain[:, 0], sent_contest]), np.concatenate([plain[:, 1], shown_year])
    sent = np.arange(n + m) >= n
    stage = np.where(sent, choose(rng, np.array([0, 0, 0.55, 0.45]), n + m), choose(rng, np.array([0.62, 0.26, 0.09, 0.03]), n + m))
    title, field = _named(rng, n)
    title = pl.concat([title, shown_title.gather(chosen)])
    field = np.concatenate([field, rng.integers(0, len(FIELDS) - 1, m)])
    firms = found.enterprises
    org = firms[choose(rng, found.weight[firms], n)]
    abroad = contest[:n] == 0
    org_id = pl.concat([take(found.ids, np.where(abroad, -1, org)), showcase["org_id"].gather(chosen)])
    country = take(pl.Series(COUNTRIES), np.where(contest == 0, choose(rng, 1.0 / np.arange(1, len(COUNTRIES) + 1) ** 0.7, n + m), -1))
    day = np.array([day_number(d) for d in OPENS])[year] + rng.integers(0, 70, n + m)
    home = np.where(abroad, -1, found.city[org])
    home = np.where((home >= 0) & (cities.start[np.maximum(home, 0)] <= day[:n]), home, -1)
    views = np.where(contest == 1, lognormal(rng, 2400.0, 1.3, n + m).round(), np.nan)
    order = np.argsort(day, kind="stable")
    frame = pl.DataFrame(
        {
            "contest": codes(CONTESTS, contest),
            "title": title,
            "tech_field": codes(FIELDS, field),
            "org_id": org_id,
            "city_id": take(cities.ids, np.concatenate([home, np.full(m, -1)])),
            "country": country,
            "entered_on": dates(day * DAY),
            "contest_stage": codes(STAGE, stage),
            "sent_to_week": sent,
            "views": pl.Series(views).fill_nan(None).cast(pl.Int64),
        }
    )[order].with_columns(entry_id=ids("CN", n + m, 5))
    number = np.empty(n + m, dtype=np.int64)
    number[order] = np.arange(n + m)
    back = np.full(showcase.height, -1)
    back[chosen] = number[n:]
    entry = with_tail(rng, "contest_entry", frame, day[order] * DAY, "platform_log", (0.05, 0.9, 0.05), status=(0.98, 0.0, 0.02, 0.0, 0.0))
    sure = pl.col("sent_to_week")  # what was shown had been verified
    entry = entry.with_columns(
        status=pl.when(sure).then(pl.lit("verified")).otherwise("status"),
        verified_at=pl.when(sure)
        .then(pl.col("verified_at").fill_null(pl.col("submitted_at") + pl.duration(days=7)))
        .otherwise("verified_at"),
        verified_by=pl.when(sure).then(pl.col("verified_by").fill_null("HY01")).otherwise("verified_by"),
    )
    return entry, showcase.with_columns(title=shown_title, entry_id=take(frame["entry_id"], back))
