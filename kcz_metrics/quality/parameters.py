"""The thresholds of the rules: those shipped, with what a scheme's ``quality`` section says instead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kcz_metrics.errors import Issue, SchemeError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.quality.rule import Thresholds
from kcz_metrics.quality.rules import RULES

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme


@cache
def shipped() -> Mapping[str, Any]:
    """``parameters.yaml`` as it stands."""
    from ruamel.yaml import YAML

    text = resources.files(__package__).joinpath("parameters.yaml").read_text(encoding="utf-8")
    return MappingProxyType(dict(YAML(typ="safe").load(text)))


def thresholds(scheme: Scheme | None = None) -> Mapping[str, Thresholds]:
    """Rule to its thresholds. Raises SchemeError with every unknown rule and every threshold that does not fit."""
    return with_changes(scheme.quality if scheme is not None else {})


def with_changes(changes: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Thresholds]:
    """The shipped thresholds, those of ``changes`` (rule to threshold to value) in their place."""
    issues = [
        Issue("unknown_rule", T("没有核查规则“{rule}”", rule=rule), subject=f"quality.{rule}", hint=did_you_mean(rule, list(RULES)))
        for rule in changes
        if rule not in RULES
    ]
    given: dict[str, Thresholds] = {}
    for rule in RULES.values():
        try:
            given[rule.id] = rule.thresholds.model_validate({**shipped()[rule.id], **changes.get(rule.id, {})})
        except ValidationError as error:
            issues += [_issue(rule.id, dict(detail), rule.thresholds) for detail in error.errors()]
    if issues:
        raise SchemeError(issues)
    return MappingProxyType(given)


def _issue(rule: str, detail: Mapping[str, Any], model: type[Thresholds]) -> Issue:
    name = ".".join(map(str, detail["loc"]))
    return Issue(
        "threshold",
        T("阈值不对：{problem}", problem=detail["msg"]),
        subject=f"quality.{rule}.{name}",
        found=T("{value}", value=str(detail["input"])[:60]),
        hint=did_you_mean(name, list(model.model_fields)),
    )
