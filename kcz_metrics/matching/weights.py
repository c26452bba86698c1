"""The weights and parameters of matching, read from a file of names and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from kcz_metrics.errors import Issue, SchemeError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.matching.parts import Floats

TEAM_PARTS = ("industry", "field", "text", "success", "docked_here", "docked_industry", "agreement", "capacity", "distance")
RESOURCE_PARTS = ("industry", "field", "text", "docked_industry", "grade", "used", "fresh", "distance")
_NUMBERS = (
    "near_km", "success_strength", "agreement_days", "active_days", "load_strength", "few_dockings", "full_share", "holder_most",
    "half_used", "fresh_days", "listed",
)  # fmt: skip


@dataclass(frozen=True)
class Weights:
    """``team`` and ``resource``: one number a part, none negative; ``number``: the parameters; ``grade``: credit by grade, else 0."""

    team: Mapping[str, float]
    resource: Mapping[str, float]
    number: Mapping[str, float]
    grade: Mapping[str, float]
    libraries: tuple[str, ...]

    def of_teams(self) -> Floats:
        return np.array([self.team[p] for p in TEAM_PARTS])

    def of_resources(self) -> Floats:
        return np.array([self.resource[p] for p in RESOURCE_PARTS])

    def with_team(self, weights: Sequence[float]) -> Weights:
        return replace(self, team=MappingProxyType(dict(zip(TEAM_PARTS, map(float, weights), strict=True))))


def load_weights(path: Path | None = None) -> Weights:
    """The weights of ``path``, or the shipped ones. Raises SchemeError with every problem of the file."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    place = str(path) if path else "weights.yaml"
    try:
        text = (
            path.read_text(encoding="utf-8") if path else resources.files(__package__).joinpath("weights.yaml").read_text(encoding="utf-8")
        )
        given = YAML(typ="safe").load(text)
    except (OSError, YAMLError, UnicodeDecodeError) as wrong:
        raise SchemeError(
            Issue("weights_unreadable", T("不能读取权重文件"), place=place, found=T("{value}", value=str(wrong)[:200]))
        ) from wrong
    issues = list(_issues(given, place))
    if issues:
        raise SchemeError(issues)
    parameters = given["parameters"]
    return Weights(
        MappingProxyType({p: float(given["team"][p]) for p in TEAM_PARTS}),
        MappingProxyType({p: float(given["resource"][p]) for p in RESOURCE_PARTS}),
        MappingProxyType({n: float(parameters[n]) for n in _NUMBERS}),
        MappingProxyType({str(k): float(v) for k, v in parameters["grade"].items()}),
        tuple(str(name) for name in given["libraries"]),
    )


def _issues(given: Any, place: str) -> list[Issue]:
    sections = {"team": TEAM_PARTS, "resource": RESOURCE_PARTS, "parameters": (*_NUMBERS, "grade")}
    if not isinstance(given, Mapping):
        given = {}
    found = [
        Issue(
            "weights_unknown",
            T("权重文件里没有 {name} 这一项", name=name),
            place=place,
            hint=did_you_mean(str(name), [*sections, "libraries"]),
        )
        for name in given
        if name not in sections and name != "libraries"
    ]
    if not isinstance(given.get("libraries"), list):
        found.append(Issue("weights_missing", T("权重文件缺少 {name}", name="libraries"), place=place))
    for section, names in sections.items():
        inside = given.get(section)
        inside = inside if isinstance(inside, Mapping) else {}
        for name in inside:
            if name not in names:
                hint = did_you_mean(str(name), list(names))
                found.append(Issue("weights_unknown", T("权重文件里没有 {name} 这一项", name=f"{section}.{name}"), place=place, hint=hint))
        for name in names:
            value = inside.get(name)
            if name not in inside:
                found.append(Issue("weights_missing", T("权重文件缺少 {name}", name=f"{section}.{name}"), place=place))
            elif section == "parameters" and name == "grade":
                if not (isinstance(value, Mapping) and all(map(_number, value.values()))):
                    found.append(_unfit(f"{section}.{name}", value, place))
            elif not _number(value) or (section == "parameters" and name != "listed" and value == 0):
                found.append(_unfit(f"{section}.{name}", value, place))
        if section != "parameters" and not found and not sum(inside.values()) > 0:
            found.append(Issue("weights_zero", T("{name} 的权重不能全为零", name=section), place=place))
    return found


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _unfit(name: str, value: object, place: str) -> Issue:
    return Issue("weights_value", T("{name} 须为不小于零的数", name=name), place=place, found=T("{value}", value=str(value)[:60]))
