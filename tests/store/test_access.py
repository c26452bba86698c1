from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from kcz_metrics.errors import AccessError
from kcz_metrics.store import ACTS, ROLES, Actor, Store, local_actor, may, require

Provinces = Callable[..., pl.DataFrame]

#: Who may do what, role by role, as the people of the programme have laid it down.
ALLOWED = {
    "leader": {"see", "approve"},
    "evaluator": {"see", "draft"},
    "staff": {"see", "publish", "import"},
    "steward": {"see", "import", "withdraw"},
    "admin": {"see", "administer"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", ACTS)
def test_every_cell_of_the_table(role: str, act: str) -> None:
    actor = Actor("li", frozenset({role}))  # type: ignore[arg-type]
    allowed = act in ALLOWED[role]
    assert may(actor, act) is allowed  # type: ignore[arg-type]
    if allowed:
        require(actor, act)  # type: ignore[arg-type]
    else:
        with pytest.raises(AccessError, match="li may not"):
            require(actor, act)  # type: ignore[arg-type]


def test_without_a_role_nothing_is_allowed_and_an_unknown_act_to_nobody() -> None:
    assert not any(may(Actor("li", frozenset()), act) for act in ACTS)
    with pytest.raises(AccessError, match="no act"):
        require(local_actor("li"), "erase")  # type: ignore[arg-type]


def test_the_local_user_holds_every_role() -> None:
    assert all(may(local_actor(), act) for act in ACTS)
    assert local_actor("li").name == "li"


def test_a_commit_asks(store: Store, provinces: Provinces) -> None:
    rows = {"province": provinces(("110000", "甲"))}
    leader, staff, steward = (Actor(role, frozenset({role})) for role in ("leader", "staff", "steward"))  # type: ignore[arg-type]
    with pytest.raises(AccessError):
        store.commit(rows, actor=leader, source="a", reason="first")
    assert store.is_empty
    store.commit(rows, actor=staff, source="a", reason="first")
    gone = {"province": pl.DataFrame({"province_code": ["110000"]})}
    with pytest.raises(AccessError, match="withdraw"):
        store.commit({}, removed=gone, actor=staff, source="", reason="gone")
    assert store.commit({}, removed=gone, actor=steward, source="", reason="gone").read("province").is_empty()
    assert [(entry.act, entry.actor, entry.roles) for entry in store.audit()] == [
        ("import", "staff", ("staff",)),
        ("withdraw", "steward", ("steward",)),
    ]
