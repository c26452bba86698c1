"""The bodies that are evaluated, about 330 in ten classes, and the enterprises that post needs and buy technology.

Only the evaluated ones have a size (``org_context``); an enterprise without one is a buyer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from kcz_metrics.records.sample.abilities import Abilities
from kcz_metrics.records.sample.chance import Bools, Floats, Ints, choose, choose_within, codes, happens, ids, lognormal, zipf_weights
from kcz_metrics.records.sample.clock import YEARS
from kcz_metrics.records.sample.industries import FIELD, FIELDS, INDUSTRIES, POPULARITY
from kcz_metrics.records.sample.names import BRANDS_EN, BRANDS_ZH, brands, credit_codes
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.provinces import PROVINCES
from kcz_metrics.records.sample.topics import TOPICS
from kcz_metrics.tables.vocabularies import DISCIPLINES


class Kind(NamedTuple):
    """How a class appears in the sample: how many, how often in a pilot city, what its size is, how much of each kind of work it does."""

    code: str
    number: int
    in_city: float
    credit: int
    size: str
    median_size: float
    docking: float
    selling: float
    resources: float


KINDS = (
    Kind("NS", 56, 0.0, 51, "members", 22_000, 1.3, 2.6, 1.5),
    Kind("PS", 48, 0.35, 51, "members", 4_500, 0.8, 1.8, 0.8),
    Kind("PA", 32, 0.0, 12, "", 0, 0.6, 0.8, 1.2),
    Kind("LA", 65, 1.0, 12, "", 0, 0.6, 0.7, 0.9),
    Kind("UN", 44, 0.75, 12, "rd_staff", 1_900, 1.7, 11.0, 1.2),
    Kind("RI", 30, 0.75, 12, "rd_staff", 520, 1.5, 9.0, 1.0),
    Kind("SO", 24, 0.75, 91, "employees", 70, 1.3, 6.0, 0.9),
    Kind("FI", 12, 0.5, 91, "employees", 110, 0.5, 1.2, 0.4),
    Kind("EN", 14, 1.0, 91, "rd_staff", 420, 1.1, 9.0, 0.6),
    Kind("OT", 12, 0.5, 51, "employees", 45, 0.5, 1.5, 0.6),
)
GROUP_OF_TOPIC = [list(DISCIPLINES).index(topic.discipline) for topic in TOPICS]
SIZES = ("large", "medium", "small", "micro")
BEIJING = next(i for i, p in enumerate(PROVINCES) if p.code == "110000")


@dataclass(frozen=True)
class Bodies:
    """All bodies by position, the evaluated ones first (``evaluated`` of them). ``city`` is -1 outside the pilots."""

    ids: pl.Series
    names_zh: pl.Series
    names_en: pl.Series
    kind: Ints
    province: Ints
    city: Ints
    industry: Ints
    discipline: Ints
    weight: Floats
    size: Ints
    evaluated: int
    abilities: Abilities
    credit_code: pl.Series

    def where(self, *classes: str) -> Bools:
        """Which evaluated bodies are of these classes."""
        return np.isin(np.array([k.code for k in KINDS])[self.kind[: self.evaluated]], classes)

    def rate(self, name: str) -> Floats:
        """How much work of a kind (``docking``, ``selling``, ``resources``) each evaluated body's class does."""
        return np.array([getattr(k, name) for k in KINDS])[self.kind[: self.evaluated]]

    @property
    def enterprises(self) -> Ints:
        """Positions of all enterprises, evaluated or not."""
        return np.flatnonzero(self.kind == [k.code for k in KINDS].index("EN"))


def bodies(rng: np.random.Generator, cities: Cities, key: Ints, abilities: Abilities, scale: float, part: int = 0) -> Bodies:
    """Evaluated bodies first, then the enterprises of this ``part`` of the sample."""
    evaluated = _evaluated(rng, cities, key)
    if part:
        rng = np.random.default_rng([part, *rng.integers(0, 2**32, 4)])
    buyers = _buyers(rng, cities, key, scale)
    kind, province, city, industry, discipline, weight, size = (
        np.concatenate(parts) for parts in zip(evaluated[:7], buyers[:7], strict=True)
    )
    n, m = len(kind), len(evaluated[0])
    code = credit_codes(rng, np.array([k.credit for k in KINDS])[kind], np.array([int(p.code) for p in PROVINCES])[province], part)
    return Bodies(
        ids=pl.concat([ids("OR", m, 5), ids("OR", n - m, 5, start=10001)]),
        names_zh=pl.concat([evaluated[7], buyers[7]]),
        names_en=pl.concat([evaluated[8], buyers[8]]),
        kind=kind,
        province=province,
        city=city,
        industry=industry,
        discipline=discipline,
        weight=weight,
        size=size,
        evaluated=m,
        abilities=abilities,
        credit_code=code,
    )


def evaluated_count() -> int:
    return sum(k.number for k in KINDS)


Drawn = tuple[Ints, Ints, Ints, Ints, Ints, Floats, Ints, pl.Series, pl.Series]


def _evaluated(rng: np.random.Generator, cities: Cities, key: Ints) -> Drawn:
    kind = np.repeat(np.arange(len(KINDS)), [k.number for k in KINDS])
    n = len(kind)
    code = np.array([k.code for k in KINDS])[kind]
    inside = happens(rng, np.array([k.in_city for k in KINDS])[kind])
    city = np.where(inside, choose(rng, cities.gdp[:, 1] ** 0.5, n), -1)
    city[code == "LA"] = np.arange(cities.n)
    with_association = np.array([i for i, p in enumerate(PROVINCES) if p.association])
    anywhere = with_association[choose(rng, np.array([PROVINCES[i].size for i in with_association]), n)]
    province = np.where(city >= 0, cities.province[city], np.where(code == "NS", BEIJING, anywhere))
    province[code == "PA"] = with_association
    industry = choose(rng, POPULARITY, n)
    local = (city >= 0) & (rng.random(n) < 0.5)
    industry = np.where(local, key[city, 0], industry)
    topic = rng.permutation(np.arange(n) % len(TOPICS))
    brand = brands(rng, np.zeros(n, dtype=np.int64))
    zh, en = zip(*[_name(code[i], city[i], province[i], topic[i], brand[i], industry[i], cities) for i in range(n)], strict=True)
    weight = lognormal(rng, 1.0, 0.45, n)
    return kind, province, city, industry, np.array(GROUP_OF_TOPIC)[topic], weight, np.full(n, 0), pl.Series(zh), pl.Series(en)


def _name(code: str, city: int, province: int, topic: int, brand: int, industry: int, cities: Cities) -> tuple[str, str]:
    mark_zh, mark_en = BRANDS_ZH[int(brand)], BRANDS_EN[int(brand)]
    area_zh, area_en = PROVINCES[province].short_zh, PROVINCES[province].name_en
    place_zh, place_en = (
        (cities.table["name_zh"][int(city)], cities.table["name_en"][int(city)])
        if city >= 0
        else (area_zh + mark_zh, f"{area_en} {mark_en}")
    )
    topic_zh, topic_en, _ = TOPICS[topic]
    trade = INDUSTRIES[industry]
    return {
        "NS": (f"中华{mark_zh}{topic_zh}学会", f"{mark_en} National Society for {topic_en}"),
        "PS": (f"{area_zh}{mark_zh}{topic_zh}学会", f"{area_en} {mark_en} Society for {topic_en}"),
        "PA": (f"{area_zh}{mark_zh}科技联合会", f"{area_en} {mark_en} Association for Science and Technology"),
        "LA": (f"{place_zh}科学技术协会", f"{place_en} Association for Science and Technology"),
        "UN": (f"{place_zh}{mark_zh if city >= 0 else ''}大学", f"{place_en} {mark_en if city >= 0 else ''} University".replace("  ", " ")),
        "RI": (
            f"{place_zh}{mark_zh if city >= 0 else ''}{topic_zh}研究院",
            f"{place_en} {mark_en if city >= 0 else ''} Institute of {topic_en}".replace("  ", " "),
        ),
        "SO": (
            f"{place_zh}{mark_zh if city >= 0 else ''}技术转移中心",
            f"{place_en} {mark_en if city >= 0 else ''} Technology Transfer Centre".replace("  ", " "),
        ),
        "FI": (f"{mark_zh}科创投资", f"{mark_en} Innovation Capital"),
        "EN": (f"{place_zh}{mark_zh}{trade.stem}集团", f"{place_en} {mark_en} {trade.name_en} Group"),
        "OT": (f"{area_zh}{mark_zh}创新联盟", f"{area_en} {mark_en} Innovation Alliance"),
    }[code]


def _buyers(rng: np.random.Generator, cities: Cities, key: Ints, scale: float) -> Drawn:
    count = np.maximum(12, np.round(cities.tech[:, 2] * 0.42 * scale)).astype(np.int64)
    city = np.repeat(np.arange(cities.n), count)
    n = len(city)
    rank = choose(rng, np.array([0.35, 0.2, 0.45]), n)
    own = np.where(rank < 2, key[city, np.minimum(rank, 1)], -1)
    industry = np.where(own >= 0, own, choose(rng, POPULARITY, n))
    size = choose(rng, np.array([0.06, 0.18, 0.46, 0.30]), n)
    weight = np.concatenate([zipf_weights(rng, c, 0.75) for c in count]) * np.array([2.0, 1.4, 1.0, 0.6])[size]
    brand = brands(rng, city)
    frame = pl.DataFrame({"city": city, "brand": brand, "industry": industry}).select(
        zh=cities.table["name_zh"].gather(city)
        + BRANDS_ZH.gather(brand)
        + codes([i.stem for i in INDUSTRIES], industry)
        + codes(["科技股份公司", "科技有限公司", "科技有限公司", "技术有限公司"], size),
        en=cities.table["name_en"].gather(city)
        + " "
        + BRANDS_EN.gather(brand)
        + " "
        + codes([i.name_en for i in INDUSTRIES], industry)
        + " Ltd",
    )
    kind = np.full(n, [k.code for k in KINDS].index("EN"))
    return kind, cities.province[city], city, industry, np.full(n, 0), weight, size, frame["zh"], frame["en"]


def organisation_tables(rng: np.random.Generator, cities: Cities, found: Bodies) -> dict[str, pl.DataFrame]:
    old = cities.table["old_revolutionary"].to_numpy()
    n = len(found.ids)
    org = pl.DataFrame(
        {
            "org_id": found.ids,
            "uscc": found.credit_code,
            "name_zh": found.names_zh,
            "name_en": found.names_en,
            "org_class": codes([k.code for k in KINDS], found.kind),
            "province_code": codes([p.code for p in PROVINCES], found.province),
            "city_id": pl.Series([None] * n, dtype=pl.String) if n == 0 else codes(cities.ids.to_list(), found.city),
            "parent_org_id": pl.Series([None] * n, dtype=pl.String),
            "status": codes(
                ["active", "suspended", "closed"],
                np.where(np.arange(n) < found.evaluated, 0, choose(rng, np.array([0.985, 0.007, 0.008]), n)),
            ),
            "merged_into": pl.Series([None] * n, dtype=pl.String),
            "old_revolutionary": np.where(found.city >= 0, old[found.city], False),
        }
    )
    return {"org": org, "org_context": _context(rng, found), "society": _societies(rng, found), "org_field": _fields(rng, found)}


def _context(rng: np.random.Generator, found: Bodies) -> pl.DataFrame:
    """Size year by year; associations are sized by their region, so their row has what is known of it."""
    m, years = found.evaluated, len(YEARS)
    who, year = np.repeat(np.arange(m), years), np.tile(np.arange(years), m)
    kind = found.kind[:m]
    base = lognormal(rng, np.array([k.median_size for k in KINDS])[kind], 0.75) * found.weight[:m] ** 0.5
    size = np.maximum(base[who] * (1 + 0.03 * year) * np.exp(0.02 * rng.standard_normal(m * years)), 12).round()
    which = np.array([k.size for k in KINDS])[kind][who]
    columns = {
        name: pl.select(pl.when(pl.Series(which == name)).then(pl.Series(size.astype(np.int64)))).to_series()
        for name in ("members", "rd_staff", "employees")
    }
    frame = pl.DataFrame({"org_id": found.ids.gather(who), "year": np.array(YEARS)[year], **columns})
    return frame.filter(pl.Series(which != ""))


def _societies(rng: np.random.Generator, found: Bodies) -> pl.DataFrame:
    who = np.flatnonzero(found.where("NS"))
    drive = found.abilities.mean("drive")[who]
    return pl.DataFrame(
        {
            "org_id": found.ids.gather(who),
            "discipline_group": codes(list(DISCIPLINES), found.discipline[who]),
            "first_class_programme": happens(rng, 0.45, len(who)),
            "enterprise_branch": drive + rng.standard_normal(len(who)) > -0.6,
        }
    )


def _fields(rng: np.random.Generator, found: Bodies) -> pl.DataFrame:
    """One to three industries in which an evaluated body works; its main one first."""
    m = found.evaluated
    who = np.repeat(np.arange(m), 3)
    industry = np.column_stack([found.industry[:m], choose(rng, POPULARITY, m), choose(rng, POPULARITY, m)]).ravel()
    kept = np.column_stack([np.ones(m, dtype=bool), rng.random(m) < 0.6, rng.random(m) < 0.3]).ravel()
    frame = pl.DataFrame(
        {
            "org_id": found.ids.gather(who),
            "tech_field": codes(FIELDS, FIELD[industry]),
            "industry_code": codes([i.code for i in INDUSTRIES], industry),
        }
    )
    return frame.filter(pl.Series(kept)).unique(maintain_order=True)


def buyer(rng: np.random.Generator, found: Bodies, city: Ints) -> Ints:
    """An enterprise of each city, the busier the likelier; -1 where the city has none."""
    firms = found.enterprises
    at = choose_within(rng, found.city[firms], found.weight[firms], city)
    return np.asarray(np.where(at >= 0, firms[at], -1), dtype=np.int64)
