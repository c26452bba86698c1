"""One file and what is to come of it; and plain rows of contracts to build files from."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kcz_metrics.records.understanding import Corrections

Reaction = Literal["taken", "warned", "rejected", "refused"]


@dataclass(frozen=True)
class Case:
    """``made``: the file, or what makes it where it is large. ``good``: rows taken. ``bad``: numbers of the rows handed back, as a
    spreadsheet counts. ``codes``: of the refusal, or of warnings that must be among those given. ``honest``: nothing is wrong with it."""

    name: str
    made: bytes | Callable[[], bytes]
    reaction: Reaction
    good: int = 0
    bad: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    honest: bool = False
    table: str = "contract"
    ending: str = "csv"
    corrections: Corrections = field(default_factory=Corrections)

    @property
    def large(self) -> bool:
        """Whether it takes a while to make."""
        return callable(self.made)

    @property
    def content(self) -> bytes:
        return self.made() if callable(self.made) else self.made

    def of(self, family: str) -> Case:
        return replace(self, name=f"{family}: {self.name}")


HEAD = (
    "contract_id", "registration_no", "contract_type", "seller_org_id", "buyer_org_id", "seller_city_id", "buyer_city_id", "amount_cny",
    "tech_amount_cny", "signed_at", "docking_id", "is_related", "in_kind_equity", "period_id", "source", "evidence_class", "evidence_uri",
    "status",
)  # fmt: skip
_ROW = {
    "contract_id": "CT001", "registration_no": "", "contract_type": "service", "seller_org_id": "OR1", "buyer_org_id": "OR2",
    "seller_city_id": "PC001", "buyer_city_id": "", "amount_cny": "350000", "tech_amount_cny": "120000", "signed_at": "2022-05-06",
    "docking_id": "", "is_related": "false", "in_kind_equity": "false", "period_id": "2022", "source": "registry", "evidence_class": "C",
    "evidence_uri": "", "status": "submitted",
}  # fmt: skip


def row(number: int = 1, **changed: str) -> list[str]:
    """A good row of ``contract`` with some cells changed."""
    return list((_ROW | {"contract_id": f"CT{number:03}"} | changed).values())


def lines(
    *rows: Sequence[str],
    head: Sequence[str] = HEAD,
    above: Sequence[Sequence[str]] = (),
    separator: str = ",",
    end: str = "\n",
    quote_all: bool = False,
) -> str:
    """A CSV of these rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerows([*above, head, *rows])
    return out.getvalue()


def content(*rows: Sequence[str], **options: object) -> bytes:
    return lines(*rows, **options).encode()  # type: ignore[arg-type]


def relabelled(names: Mapping[str, str]) -> list[str]:
    """The headings with some of them put otherwise."""
    return [names.get(name, name) for name in HEAD]


IMPACT = (
    "impact_id", "enterprise_id", "city_id", "org_id", "effect", "value", "share_pct", "occurred_on", "period_id", "source", "evidence_class",
    "status",
)  # fmt: skip
CITY = ("city_id", "year", "gdp_100m", "population_10k", "rd_staff", "enterprise_tech", "enterprise_scale", "is_estimated")


def impact(number: int, share: str, **changed: str) -> list[str]:
    """A good row of ``impact`` with a share."""
    cells = [f"IM{number}", "EN1", "PC001", "OR1", "new_sales", "120", share, "2022-05-06", "2022", "registry", "C", "submitted"]
    return list((dict(zip(IMPACT, cells, strict=True)) | changed).values())


def city(id: str = "PC001", **changed: str) -> list[str]:
    """A good row of ``city_context``."""
    cells = [id, "2021", "5312.5", "412.3", "53120", "880", "2210", "否"]
    return list((dict(zip(CITY, cells, strict=True)) | changed).values())
