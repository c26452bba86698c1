"""What speaks for a candidate, each part from 0 to 1. Pure functions of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

EARTH_KM = 6371.0


def shrunk(done: Floats, tried: Floats, strength: float) -> Floats:
    """Share done of what was tried, drawn towards the share of all: (done + m·p) / (tried + m), p = Σ done / Σ tried; 0 if nobody tried."""
    whole = float(tried.sum())
    share = float(done.sum()) / whole if whole > 0 else 0.0
    return np.asarray((done + strength * share) / (tried + strength))


def saturated(count: Floats, half: float) -> Floats:
    """count / (count + half): 0 for none, one half at ``half``, towards 1 for many."""
    return np.asarray(count / (count + half))


def share(counts: Floats, few: float, full: float) -> Floats:
    """min(1, count / (sum + few) / full) along each row: how much of what was done there is this one's, drawn down where little was done;
    a share of ``full`` and above counts whole."""
    return np.asarray(np.minimum(counts / (counts.sum(axis=1, keepdims=True) + few) / full, 1.0))


def free(active: Floats, usual: Floats) -> Floats:
    """(u + 1) / (u + 1 + a): 1 with nothing in hand, about one half at the usual load ``u``, towards 0 above it."""
    return np.asarray((usual + 1.0) / (usual + 1.0 + active))


def usual_load(loads: Floats, strength: float) -> Floats:
    """Mean of past loads (team × moment), drawn towards that of all teams as by ``strength`` further moments."""
    if loads.size == 0:
        return np.zeros(loads.shape[0])
    return np.asarray((loads.sum(axis=1) + strength * loads.mean()) / (loads.shape[1] + strength))


def kilometres(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Great-circle distance of every place to every other place (haversine); NaN where a place is unknown."""
    a, b = np.radians(lat)[:, None], np.radians(other_lat)[None, :]
    across = np.radians(other_lon)[None, :] - np.radians(lon)[:, None]
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(across / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))))


def nearness(km: Floats, scale: float) -> Floats:
    """exp(−km / scale); an unknown distance counts as the mean of the known ones of its row, one half where none is known."""
    near = np.exp(-km / scale)
    known = np.isfinite(near)
    count = known.sum(axis=1)
    mean = np.divide(np.where(known, near, 0.0).sum(axis=1), count, out=np.full(len(near), 0.5), where=count > 0)
    return np.asarray(np.where(known, near, mean[:, None]))


def industry_shares(tag_industry: Floats, owner: Ints, tag: Ints, fallback: Floats) -> Floats:
    """candidate × industry: the mean over a candidate's skills of where needs with that tag came from.

    ``tag_industry``: tag × industry counts of needs; ``owner``, ``tag``: one entry a skill. A skill that no need has named yet takes the
    candidate's ``fallback`` row, as does a candidate without skills.
    """
    total = tag_industry.sum(axis=1, keepdims=True)
    share = np.divide(tag_industry, total, out=np.zeros_like(tag_industry), where=total > 0)
    rows = np.where(total[tag] > 0, share[tag], fallback[owner])
    summed = np.zeros_like(fallback)
    np.add.at(summed, owner, rows)
    count = np.bincount(owner, minlength=len(fallback))[:, None]
    return np.asarray(np.where(count > 0, summed / np.maximum(count, 1), fallback))


def total(parts: Sequence[Floats], weights: Floats) -> Floats:
    """The score, 100 · Σ w·x / Σ w, rounded to nine decimals: what differs by noise only is equal. ``parts``: one matrix a part."""
    scale = 100.0 * weights / weights.sum()
    summed = np.zeros_like(parts[0])
    for one, weight in zip(parts, scale, strict=True):
        summed += weight * one
    return np.round(summed, 9)


def points_at(parts: Sequence[Floats], weights: Floats, chosen: Ints) -> Floats:
    """row × chosen column × part: what each part adds to the score of the columns ``chosen`` of each row."""
    scale = 100.0 * weights / weights.sum()
    return np.stack([weight * np.take_along_axis(one, chosen, axis=1) for one, weight in zip(parts, scale, strict=True)], axis=2)


def best(scores: Floats, most: int) -> Ints:
    """Positions of the ``most`` highest scores of each row, best first; equal ones in order of position."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :most]


def best_within(scores: Floats, group: Ints, each: int, most: int) -> Ints:
    """As :func:`best`, with at most ``each`` of one group in a row: those that would be more are passed over. Rows are filled up with
    what was passed over where there is nothing else."""
    order = np.argsort(-scores, axis=1, kind="stable")
    chosen = np.empty((len(scores), min(most, scores.shape[1])), dtype=np.int64)
    for row, candidates in enumerate(order):
        taken: dict[int, int] = {}
        kept: list[int] = []
        passed: list[int] = []
        for one in candidates:
            owner = int(group[one])
            (kept if taken.get(owner, 0) < each else passed).append(int(one))
            taken[owner] = taken.get(owner, 0) + 1
            if len(kept) == most:
                break
        chosen[row] = (kept + passed)[: chosen.shape[1]]
    return chosen
