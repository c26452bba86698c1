"""Who may do what: one table of acts and the roles that may do them, asked at the moment of writing.

Hiding a button is courtesy; the answer that counts is given here.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from kcz_metrics.errors import AccessError, Issue, did_you_mean
from kcz_metrics.locales import T, Text

Role = Literal["leader", "evaluator", "staff", "steward", "admin"]
ROLES: Mapping[Role, Text] = MappingProxyType(
    {
        "leader": T("领导"),
        "evaluator": T("评价人员"),
        "staff": T("工作人员"),
        "steward": T("数据管理员"),
        "admin": T("系统管理员"),
    }
)

ActName = Literal["see", "draft", "approve", "publish", "import", "withdraw", "administer"]


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the table: what is done, and the roles that may do it."""

    label: Text
    roles: frozenset[Role]


ACTS: Mapping[ActName, Act] = MappingProxyType(
    {
        "see": Act(T("查看已发布内容并逐级追溯"), frozenset(ROLES)),
        "draft": Act(T("查看草案、调整权重、提出方案"), frozenset({"evaluator"})),
        "approve": Act(T("批准方案、决定层级与遴选"), frozenset({"leader"})),
        "publish": Act(T("发布、导出报告"), frozenset({"staff"})),
        "import": Act(T("导入并修正记录"), frozenset({"staff", "steward"})),
        "withdraw": Act(T("撤回与合并记录、确认疑点"), frozenset({"steward"})),
        "administer": Act(T("管理角色与设置、查看审计记录"), frozenset({"admin"})),
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts, with the roles held at this moment."""

    name: str
    roles: frozenset[Role]


def local_actor(name: str | None = None) -> Actor:
    """The one user of a local installation, who holds every role; named after the account where no name is given."""
    return Actor(name or _account(), frozenset(ROLES))


def as_actor(actor: Actor | str) -> Actor:
    """``actor`` itself; a bare name is the local user of that name."""
    return actor if isinstance(actor, Actor) else local_actor(actor)


def may(actor: Actor, act: ActName) -> bool:
    return bool(ACTS[act].roles & actor.roles)


def require(actor: Actor, act: ActName) -> None:
    """Raise ``AccessError`` unless one of the actor's roles allows ``act``; an act that is not in the table is allowed to nobody."""
    if act not in ACTS:
        raise AccessError(
            Issue("unknown_act", T("没有“{act}”这项操作", act=act), subject=str(act), hint=did_you_mean(str(act), list(ACTS)))
        )
    if not may(actor, act):
        raise AccessError(
            Issue(
                "not_allowed",
                T("{name}不能{act}", name=actor.name, act=ACTS[act].label),
                subject=act,
                expected=T("角色之一：{roles}", roles=", ".join(sorted(ACTS[act].roles))),
                found=T("现有角色：{roles}", roles=", ".join(sorted(actor.roles)) or "—"),
            )
        )


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without an account has no name
        return "local"
