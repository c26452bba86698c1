"""Keys, references, rules of one row and rules between tables."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import CITY, HEAD, IMPACT, Case, city, content, impact, row

DOCKING = (
    "docking_id",
    "need_id",
    "provider_org_id",
    "station_id",
    "stage",
    "stage2_at",
    "stage5_at",
    "no_show",
    "complaint_upheld",
    "mode",
    "period_id",
    "source",
    "evidence_class",
    "status",
)


def docking(number: int, **changed: str) -> list[str]:
    cells = dict(
        zip(
            DOCKING,
            [f"DK9{number}", "ND1", f"OR{number}", "", "2", "2022-03-01", "", "否", "否", "online", "2022", "registry", "C", "submitted"],
            strict=True,
        )
    )
    return list((cells | changed).values())


def cases() -> Iterator[Case]:
    yield Case("a key twice", content(row(1), row(2), row(1)), "rejected", 1, (2, 4))
    yield Case("a key twice, the rows alike", content(row(1), row(1)), "rejected", 0, (2, 3))
    yield Case("a key twice but for width", content(row(1), row(2, contract_id="ＣＴ００１")), "rejected", 0, (2, 3))
    yield Case("a key thrice", content(row(1), row(1), row(1), row(2)), "rejected", 1, (2, 3, 4))
    yield Case("no key", content(row(1), row(2, contract_id=""), row(3, contract_id="")), "rejected", 1, (3, 4))
    yield Case(
        "a number that must be unique twice", content(row(1, registration_no="R1"), row(2, registration_no="R1")), "rejected", 0, (2, 3)
    )
    yield Case("a number that a record has", content(row(1, registration_no="RN900"), row(2)), "rejected", 1, (2,))
    yield Case(
        "a record as it stands",
        content(row(1, contract_id="CT900", registration_no="RN900", seller_city_id="PC001")),
        "taken",
        1,
        honest=True,
    )
    for column in ("seller_org_id", "buyer_org_id", "seller_city_id", "docking_id"):
        yield Case(
            f"{column} that is not there", content(row(1), row(2, **{column: "PC099" if "city" in column else "ZZ9"})), "rejected", 1, (3,)
        )
    yield Case(
        "a copy of a row in the file", content([*row(1), ""], [*row(2), "CT001"], head=[*HEAD, "duplicate_of"]), "taken", 2, honest=True
    )
    yield Case(
        "a copy of a row that is not there",
        content([*row(1), ""], [*row(2), "CT777"], head=[*HEAD, "duplicate_of"]),
        "rejected",
        1,
        (3,),
    )
    yield Case(
        "a copy of a bad row",
        content([*row(1, amount_cny="x"), ""], [*row(2), "CT001"], [*row(3), "CT002"], [*row(4), ""], head=[*HEAD, "duplicate_of"]),
        "rejected",
        1,
        (2, 3, 4),
    )
    # -- rings ------------------------------------------------------------------------------------------------------------------------------
    doubled = (*HEAD, "duplicate_of")
    yield Case("a duplicate of itself", content([*row(1), "CT001"], [*row(2), ""], head=doubled), "rejected", 1, (2,))
    yield Case(
        "duplicates of each other", content([*row(1), "CT002"], [*row(2), "CT001"], [*row(3), "CT900"], head=doubled), "rejected", 1, (2, 3)
    )
    yield Case("a ring closed by a record", content([*row(900), "CT001"], [*row(1), "CT900"], head=doubled), "rejected", 0, (2, 3))
    yield Case("a duplicate of a row below", content([*row(1), "CT002"], [*row(2), "CT900"], head=doubled), "taken", 2, honest=True)
    merged = ["OR10", "某会", "NS", "330000", "merged", "OR10", "2022-01-01", "否"]
    head = ("org_id", "name_zh", "org_class", "province_code", "status", "merged_into", "merged_at", "old_revolutionary")
    yield Case("a body merged into itself", content(merged, head=head), "rejected", 0, (2,), table="org")
    two = [[*merged[:5], "OR11", *merged[6:]], ["OR11", *merged[1:]]]
    yield Case("bodies merged into each other", content(*two, head=head), "rejected", 0, (2, 3), table="org")
    coded = [
        ["OR20", "91350100M000100Y43", *merged[1:4], "active", "", "", "否"],
        ["OR21", "91350100M000100Y44", *merged[1:4], "active", "", "", "否"],
    ]
    yield Case("a credit code mistyped", content(*coded, head=("org_id", "uscc", *head[1:])), "rejected", 1, (3,), table="org")
    # -- between columns --------------------------------------------------------------------------------------------------------------------
    yield Case("seller and buyer alike", content(row(1), row(2, buyer_org_id="OR1")), "rejected", 1, (3,))
    yield Case("technology above the whole", content(row(1), row(2, tech_amount_cny="350001")), "rejected", 1, (3,))
    yield Case(
        "registered before signed",
        content([*row(1), "2022-05-05"], [*row(2), "2022-05-06"], head=[*HEAD, "registered_at"]),
        "rejected",
        1,
        (2,),
    )
    yield Case("class A without a document", content(row(1), row(2, evidence_class="A")), "rejected", 1, (3,))
    yield Case("verified without a time", content(row(1), row(2, status="verified")), "rejected", 1, (3,))
    yield Case(
        "many faults in one row",
        content(row(1), row(2, amount_cny="x", signed_at="y", seller_org_id="ZZ9", status="?")),
        "rejected",
        1,
        (3,),
    )
    # -- between tables ---------------------------------------------------------------------------------------------------------------------
    yield Case("R1 before the pilot began", content(row(1), row(2, seller_city_id="PC002", period_id="2021")), "warned", 2, codes=("R1",))
    yield Case("R1 after the pilot ended", content(row(1), row(2, buyer_city_id="PC003")), "warned", 2, codes=("R1",))
    yield Case("R1 in the pilot's time", content(row(1, seller_city_id="PC002", period_id="2022Q1")), "taken", 1, honest=True)
    yield Case("R2 elsewhere than the need", content(row(1), row(2, docking_id="DK1", seller_city_id="PC002")), "warned", 2, codes=("R2",))
    yield Case("R3 a day after the meeting", content(row(1, docking_id="DK1", signed_at="2022-03-02")), "warned", 1, codes=("R3",))
    yield Case("R3 a week after the meeting", content(row(1, docking_id="DK1", signed_at="2022-03-08")), "taken", 1, honest=True)
    yield Case(
        "R3 in the docking itself",
        content(docking(3, stage="5", stage5_at="2022-03-03"), head=DOCKING),
        "warned",
        1,
        codes=("R3",),
        table="docking",
    )
    yield Case(
        "R4 a fourth team",
        content(
            ["TM4", "P00001a", "member", "2022-01-01"],
            ["TM4", "P00001b", "member", "2022-01-01"],
            head=["team_id", "person_id", "role", "from_date"],
        ),
        "rejected",
        1,
        (2,),
        table="team_member",
    )
    yield Case(
        "R5 shares above the whole",
        content(impact(1, "60"), impact(2, "60"), impact(3, "60", effect="new_jobs"), head=IMPACT),
        "warned",
        3,
        codes=("R5",),
        table="impact",
    )
    yield Case("R5 shares of the whole", content(impact(1, "60"), impact(2, "40"), head=IMPACT), "taken", 2, honest=True, table="impact")
    yield Case("R6 two contracts of a docking", content(row(1, docking_id="DK1"), row(2, docking_id="DK1")), "warned", 2, codes=("R6",))
    yield Case("R6 a docking that a record has", content(row(1, docking_id="DK2")), "warned", 1, codes=("R6",))
    yield Case("R7 a body merged before", content(row(1), row(2, buyer_org_id="OR4")), "warned", 2, codes=("R7",))
    yield Case("R7 a body merged since", content(row(1, buyer_org_id="OR4", period_id="2021")), "taken", 1, honest=True)
    yield Case("R8 an identity number", content(row(1), row(2, evidence_uri="张某，110101199003074514")), "rejected", 1, (3,))
    yield Case(
        "R8 an identity number in full-width digits",
        content(row(1), row(2, evidence_uri="１１０１０１１９９００３０７４５１４")),
        "rejected",
        1,
        (3,),
    )
    yield Case("R8 eighteen digits that are none", content(row(1, evidence_uri="流水号 110101999903074514")), "taken", 1, honest=True)
    yield Case(
        "R11 a station not yet open", content(docking(3, station_id="ST1"), head=DOCKING), "warned", 1, codes=("R11",), table="docking"
    )
    yield Case(
        "R12 a denominator of nothing",
        content(city(gdp_100m="0"), head=CITY),
        "rejected",
        0,
        (2,),
        table="city_context",
    )
