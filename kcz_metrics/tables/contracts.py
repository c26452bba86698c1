"""Technology contracts and what was paid on them."""

from __future__ import annotations

import polars as pl

from kcz_metrics.tables.declare import choice, day, flag, ident, money, not_before, record, rule, text
from kcz_metrics.tables.labels import labels
from kcz_metrics.tables.places import CITY

CONTRACT_TYPES = labels(
    development=("技术开发", "Development"),
    transfer=("技术转让", "Transfer"),
    licence=("技术许可", "Licence"),
    consulting=("技术咨询", "Consulting"),
    service=("技术服务", "Service"),
)
OVERPAYMENT = 1.05  # a payment may exceed what was due by rounding and taxes

TABLES = (
    record(
        "contract",
        "技术合同",
        "Technology contract",
        [
            ident("contract_id", "合同编号", "Contract id"),
            text("registration_no", "登记编号", "Registration no.", nullable=True, unique=True),
            choice("contract_type", "合同类别", "Type", CONTRACT_TYPES),
            ident("seller_org_id", "卖方", "Seller"),
            ident("buyer_org_id", "买方", "Buyer"),
            text("seller_city_id", "输出地", "Seller's pilot", nullable=True, pattern=CITY),
            text("buyer_city_id", "吸纳地", "Buyer's pilot", nullable=True, pattern=CITY),
            money("amount_cny", "成交额", "Amount", above=0),
            money("tech_amount_cny", "技术交易额", "Technology amount", minimum=0),
            day("signed_at", "签订日", "Signed on"),
            day("registered_at", "登记日", "Registered on", nullable=True),
            ident("docking_id", "对接", "Docking", nullable=True),
            ident("tm_id", "技术经理人", "Technology manager", nullable=True),
            flag("is_related", "关联交易", "Related parties"),
            flag("in_kind_equity", "作价入股", "Taken as equity"),
            ident("source_activity_id", "来源活动", "From activity", nullable=True),
        ],
        key=["contract_id"],
        references={
            "seller_org_id": "org.org_id",
            "buyer_org_id": "org.org_id",
            "seller_city_id": "pilot_city.city_id",
            "buyer_city_id": "pilot_city.city_id",
            "docking_id": "docking.docking_id",
            "tm_id": "tech_manager.tm_id",
            "source_activity_id": "activity.activity_id",
        },
        rules=[
            rule("two_parties", "买卖双方不得相同", "Seller and buyer must differ", pl.col("seller_org_id") != pl.col("buyer_org_id")),
            rule(
                "technology_within_amount",
                "技术交易额不得大于成交额",
                "The technology amount must not exceed the amount",
                pl.col("tech_amount_cny") <= pl.col("amount_cny"),
            ),
            not_before("registered_at", "signed_at", "登记日不得早于签订日", "Registration must not be before signing"),
        ],
    ),
    record(
        "contract_payment",
        "合同付款",
        "Contract payment",
        [
            ident("payment_id", "付款编号", "Payment id"),
            ident("contract_id", "合同", "Contract"),
            day("due_at", "应付日", "Due on"),
            money("due_cny", "应付", "Due", above=0),
            day("paid_at", "到账日", "Paid on", nullable=True),
            money("paid_cny", "到账", "Paid", nullable=True, minimum=0),
            text("voucher_no", "凭证号", "Voucher", nullable=True, unique=True),
        ],
        key=["payment_id"],
        references={"contract_id": "contract.contract_id"},
        rules=[
            rule(
                "paid_within_due",
                "到账不得超过应付的 1.05 倍",
                "Paid must not exceed 1.05 times due",
                pl.col("paid_cny") <= OVERPAYMENT * pl.col("due_cny"),
            ),
            rule(
                "paid_on_a_day",
                "有到账日须有到账金额",
                "A date of payment needs an amount",
                pl.col("paid_at").is_null() | pl.col("paid_cny").is_not_null(),
            ),
        ],
    ),
)
