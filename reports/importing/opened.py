"""What the page of an import says of an account that opened after some of the lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from buffet.money import Money


@dataclass(frozen=True, slots=True)
class OpenedLater:
    """An opening balance that is dated after some lines, and what it should be instead."""

    transaction_id: UUID
    on: date
    amount: Money
    lines: int
    instead_on: date | None
    instead: Money | None


def opened_later(found: Mapping[str, Any]) -> OpenedLater | None:
    """Return what an import tells of the opening balance that its account got only later."""
    told = found["opened_later"]
    if told is None:
        return None
    currency, instead = found["statement"]["currency"], told["instead"]
    return OpenedLater(
        told["transaction"],
        told["date"],
        Money(Decimal(told["amount"]), currency),
        told["lines"],
        instead and instead["date"],
        instead and Money(Decimal(instead["amount"]), currency),
    )
