"""Put a file of the corpus through the same door as everybody's, and say what came of it."""

from __future__ import annotations

import datetime as dt
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.case import Case
from small_records import frame

from kcz_metrics.errors import KczError
from kcz_metrics.records.importing import ImportOutcome, import_content
from kcz_metrics.store import Store

TABLES = {
    "province": [{"province_code": "330000", "name_zh": "浙江省"}],
    "pilot_city": [
        {"city_id": "PC001", "province_code": "330000"},
        {"city_id": "PC002", "province_code": "330000", "active_from": dt.date(2022, 1, 1)},
        {"city_id": "PC003", "province_code": "330000", "active_to": dt.date(2020, 12, 31)},
    ],
    "industry": [{"industry_code": "I1"}],
    "org": [
        *({"org_id": id, "province_code": "330000", "status": "active"} for id in ("OR1", "OR2", "OR3", "EN1")),
        {"org_id": "OR4", "province_code": "330000", "status": "merged", "merged_into": "OR1", "merged_at": dt.date(2021, 6, 1)},
    ],
    "enterprise": [{"org_id": "EN1"}],
    "expert": [{"person_id": "P00001a", "org_id": "OR1"}, {"person_id": "P00001b", "org_id": "OR1"}],
    "service_team": [{"team_id": f"TM{n}"} for n in range(1, 5)],
    "team_member": [{"team_id": f"TM{n}", "person_id": "P00001a", "role": "member"} for n in range(1, 4)],
    "station": [{"station_id": "ST1", "host_org_id": "OR1", "opened_at": dt.date(2023, 5, 1)}],
    "need": [{"need_id": "ND1", "city_id": "PC001", "enterprise_id": "EN1", "industry_code": "I1"}],
    "docking": [
        {"docking_id": id, "need_id": "ND1", "provider_org_id": org, "stage": 2, "stage2_at": dt.datetime(2022, 3, 1)}
        for id, org in (("DK1", "OR1"), ("DK2", "OR2"))
    ],
    "contract": [
        {
            "contract_id": "CT900", "registration_no": "RN900", "contract_type": "service", "seller_org_id": "OR1",
            "buyer_org_id": "OR2",
            "seller_city_id": "PC001", "amount_cny": 350000, "tech_amount_cny": 120000, "signed_at": dt.date(2022, 5, 6),
            "period_id": "2022", "source": "registry", "evidence_class": "C", "status": "submitted",
        },
        {
            "contract_id": "CT901", "contract_type": "service", "seller_org_id": "OR1", "buyer_org_id": "OR2", "seller_city_id": "PC001",
            "amount_cny": 450000, "tech_amount_cny": 1, "signed_at": dt.date(2022, 5, 6), "docking_id": "DK2", "evidence_class": "C",
            "status": "submitted",
        },
    ],
}  # fmt: skip


def fill(home: Path) -> Store:
    """A store with a few records to refer to."""
    store = Store.open(home)
    store.commit(
        {name: frame(name, rows).drop("_version", "_file", "_row", "_removed") for name, rows in TABLES.items()},
        actor="li",
        source="corpus",
        reason="records to refer to",
        invented=True,
    )
    return store


@dataclass(frozen=True)
class Came:
    """What came of a file. ``crash``: an error that is not one of ours; ``traces``: the store changed though nothing was taken."""

    reaction: str
    good: int
    bad: tuple[int, ...]
    codes: tuple[str, ...]
    rows: int
    traces: bool
    seconds: float
    crash: str = ""


def run(case: Case, home: Path) -> Came:
    """Import the file into a copy of the store at ``home``."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(shutil.copytree(home, Path(folder) / "store"))
        before = store.snapshot().id
        began = time.perf_counter()
        try:
            outcome = import_content(store, case.table, case.content, name=f"file.{case.ending}", actor="li", corrections=case.corrections)
        except KczError as error:
            codes = tuple(dict.fromkeys(issue.code for issue in error.issues))
            return Came("refused", 0, (), codes, 0, store.snapshot().id != before, time.perf_counter() - began)
        except Exception as error:
            return Came("crash", 0, (), (), 0, False, time.perf_counter() - began, repr(error))
        seconds = time.perf_counter() - began
        return _came(outcome, store.snapshot().id != before, seconds)


def _came(outcome: ImportOutcome, moved: bool, seconds: float) -> Came:
    bad = tuple(outcome.rejected["row"].to_list())
    codes = (*(issue.code for issue in outcome.warnings), *outcome.doubts["rule"].unique(maintain_order=True))
    reaction = "rejected" if bad else "warned" if codes else "taken"
    # What is the same as before moves nothing; what was all handed back must not.
    traces = moved and not outcome.new + outcome.changed
    return Came(reaction, outcome.accepted.height, bad, codes, outcome.understanding.rows, traces, seconds)


def differs(case: Case, came: Came) -> str:
    """How the reaction is not the one written down; "" where it is."""
    if came.reaction != case.reaction:
        return f"{came.reaction} {came.codes or ''}{came.crash} instead of {case.reaction}"
    if case.reaction == "refused":
        return "" if set(came.codes) & set(case.codes) else f"refused for {came.codes}, not for {case.codes}"
    if (came.good, came.bad) != (case.good, case.bad):
        return f"{came.good} good and bad rows {came.bad} instead of {case.good} and {case.bad}"
    if came.good + len(came.bad) != came.rows:
        return f"{came.good} good and {len(came.bad)} bad of {came.rows}"
    if case.codes and not set(case.codes) <= set(came.codes):
        return f"warned of {came.codes}, not of {case.codes}"
    return "the store has changed" if came.traces else ""


def tally(cases: Sequence[Case], came: Sequence[Came]) -> dict[str, float]:
    """The figures of a run."""
    right = [not differs(case, of) for case, of in zip(cases, came, strict=True)]
    honest = [(case, of) for case, of in zip(cases, came, strict=True) if case.honest]
    rows = [(case, of) for case, of in zip(cases, came, strict=True) if case.bad]
    return {
        "files": len(cases),
        "right": sum(right),
        "crashes": sum(of.reaction == "crash" for of in came),
        "honest": len(honest),
        "honest refused": sum(of.reaction in ("refused", "rejected", "crash") for _, of in honest),
        "with bad rows": len(rows),
        "bad rows exact": sum(case.bad == of.bad for case, of in rows),
        "traces after refusal": sum(of.traces for of in came),
        "slowest, seconds": round(max(of.seconds for of in came), 2),
        "largest reader, MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
