"""What a pilot owes and gives: roadmap items, own funding, reports on time."""

from __future__ import annotations

from kcz_metrics.tables.declare import day, flag, ident, moment, money, not_before, record, text
from kcz_metrics.tables.places import CITY

TABLES = (
    record(
        "roadmap_item",
        "路线图事项",
        "Roadmap item",
        [
            ident("item_id", "路线图项", "Item id"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            ident("need_id", "需求", "Need", nullable=True),
            ident("contract_id", "合同", "Contract", nullable=True),
            text("docking_mode", "对接方式", "Docking mode"),
            text("cooperation_mode", "合作方式", "Cooperation"),
            day("original_due_date", "原定期限", "Originally due"),
            day("due_date", "现定期限", "Due"),
            day("done_at", "完成日", "Done on", nullable=True),
            day("published_at", "发布日", "Published on", nullable=True),
        ],
        key=["item_id"],
        references={"city_id": "pilot_city.city_id", "need_id": "need.need_id", "contract_id": "contract.contract_id"},
        rules=[not_before("due_date", "original_due_date", "现定期限不得早于原定期限", "The date due must not be before the original one")],
    ),
    record(
        "city_input",
        "城市投入",
        "City funding",
        [
            ident("input_id", "投入编号", "Funding id"),
            text("city_id", "试点", "Pilot", pattern=CITY),
            text("voucher_no", "凭证号", "Voucher", unique=True),
            money("amount_cny", "财政投入", "Public funds", above=0),
            money("private_cny", "社会资本", "Private capital", minimum=0),
            day("occurred_on", "发生日期", "Date"),
            ident("org_id", "出资单位", "Given by", nullable=True),
        ],
        key=["input_id"],
        references={"city_id": "pilot_city.city_id", "org_id": "org.org_id"},
    ),
    record(
        "submission_log",
        "填报日志",
        "Reporting log",
        [
            ident("submission_id", "填报编号", "Report id"),
            ident("subject_id", "填报单位", "Reported by"),
            moment("due_at", "应报时间", "Due at"),
            moment("submitted_at", "实报时间", "Reported at", nullable=True),
            flag("passed_validation", "校验通过", "Passed validation"),
        ],
        key=["submission_id"],
    ),
)
