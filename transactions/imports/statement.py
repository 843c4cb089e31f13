"""What a bank's file says, whatever its format: statements with their lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


class UnreadableFile(ValueError):
    """The file cannot be read; `line` (from 1, where known) and `detail` say where and why.

    `faults` has further lines with their reasons, where several were found.
    """

    code = "unreadable"

    def __init__(
        self,
        detail: str,
        line: int | None = None,
        *,
        faults: Sequence[tuple[int | None, str]] = (),
    ) -> None:
        self.detail, self.line = detail, line
        self.faults = tuple(faults) or ((line, detail),)
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Question:
    """What a file leaves open: `field` of its profile, and what each `choice` would mean."""

    field: str
    column: str
    detail: str
    line: int | None
    choices: tuple[tuple[str, str], ...]


class AmbiguousFile(UnreadableFile):
    """The file can be read in more than one way, and nothing in it says which."""

    code = "ambiguous"

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        # Where there are no choices to show, one has to know by what name to answer.
        faults = [(one.line, f"{one.detail} Say which with {one.field}.") for one in self.questions]
        super().__init__(" ".join(detail for _, detail in faults), faults[0][0], faults=faults)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process as it was made."""
        return type(self), (self.questions,)


@dataclass(frozen=True, slots=True)
class Options:
    """What the reader of a file cannot know where the file does not tell.

    `day_first`: whether 04/05 is 4 May; `decimal_comma`: whether 1,234 is a bit more than 1.
    """

    day_first: bool | None = None
    decimal_comma: bool | None = None


NO_OPTIONS = Options()


#: As a line's own date is called like its type.
Day = date


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement; the amount is signed as the account's owner sees it: money in is positive.

    `number` is its place in the statement, from 1; `file_line` where it stands in the file, if
    lines are counted there. `is_pending`: the bank has not posted it yet. `balance_after` is what
    the bank says was on the account after it. `category` is what the file calls its category.
    `is_reconciled`: whoever kept the file has compared it with the bank's statement.
    """

    number: int
    date: date
    amount: Decimal
    description: str
    external_id: str = ""
    kind: str = ""
    check_number: str = ""
    user_date: Day | None = None
    is_pending: bool = False
    balance_after: Decimal | None = None
    file_line: int | None = None
    category: str = ""
    is_reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of one account over some days, and the balances that the bank names.

    `lines` may be read from the file while one goes through them, any number of times; a line
    that cannot be read raises `UnreadableFile` there. `currency`, `account_number` and `bank_name`
    are empty where the format does not tell them.
    """

    account_number: str
    bank_id: str
    account_kind: str
    currency: str
    lines: Iterable[StatementLine]
    starts_on: date | None
    ends_on: date | None
    closing_balance: Decimal | None
    closing_on: date | None
    available_balance: Decimal | None = None
    opening_balance: Decimal | None = None
    opening_on: date | None = None
    bank_name: str = ""

    @property
    def total(self) -> Decimal:
        """The sum of the lines that are posted; what is pending is in no balance yet."""
        posted = (line.amount for line in self.lines if not line.is_pending)
        return sum(posted, Decimal(0))
