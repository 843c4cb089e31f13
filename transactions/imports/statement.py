"""What a bank's file says, whatever its format: statements with their lines."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


class UnreadableFile(ValueError):
    """The file cannot be read; `line` (from 1, where known) and `detail` say where and why."""

    def __init__(self, detail: str, line: int | None = None) -> None:
        self.detail, self.line = detail, line
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement; the amount is signed as the account's owner sees it: money in is positive."""

    number: int
    date: date
    amount: Decimal
    description: str
    external_id: str
    kind: str
    check_number: str = ""
    user_date: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of one account over some days, and the balance that the bank names."""

    account_number: str
    bank_id: str
    account_kind: str
    currency: str
    lines: tuple[StatementLine, ...]
    starts_on: date | None
    ends_on: date | None
    closing_balance: Decimal | None
    closing_on: date | None
    available_balance: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))
