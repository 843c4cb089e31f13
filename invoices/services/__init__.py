"""The verbs of cards and their statements."""

from invoices.services.cards import archive_card, change_card, create_card, delete_card, reopen_card
from invoices.services.installments import (
    change_plan,
    create_plan,
    delete_plan,
    split_purchase,
)
from invoices.services.paying import allocate, pay, take_back
from invoices.services.prepaying import cancel, prepay
from invoices.services.statements import change_invoice, move_line

__all__ = [
    "allocate",
    "archive_card",
    "cancel",
    "change_card",
    "change_invoice",
    "change_plan",
    "create_card",
    "create_plan",
    "delete_card",
    "delete_plan",
    "move_line",
    "pay",
    "prepay",
    "reopen_card",
    "split_purchase",
    "take_back",
]
