"""What a bank's file holds, before anything of it is kept."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Kind
from buffet import money
from buffet.models import Book
from transactions.imports.reading import Reading
from transactions.imports.statement import Statement, StatementLine
from transactions.queries.numbers import account_of

#: How many lines of each statement are shown.
SAMPLE = 20
#: What the kinds of accounts that files name are called here; all others are for daily life.
_KINDS: Mapping[str, str] = {
    "credit_card": Kind.CREDIT_CARD,
    "investment": Kind.INVESTMENT,
    "cash": Kind.CASH,
    "asset": Kind.OTHER,
    **dict.fromkeys(("savings", "moneymrkt", "cd"), Kind.SAVINGS),
    **dict.fromkeys(("creditline", "liability"), Kind.LOAN),
}


def inspected(book: Book, found: Reading) -> dict[str, Any]:
    """Return the statements of a file, each with its first lines and what all come to.

    :raises UnreadableFile: if one of the lines cannot be read.
    """
    return {
        "format": found.format,
        "profile": None if found.profile is None else found.profile.as_json(),
        "statements": [
            _statement(book, number, one) for number, one in enumerate(found.statements, 1)
        ],
    }


def _statement(book: Book, number: int, statement: Statement) -> dict[str, Any]:
    total, posted, count, sample = Decimal(0), Decimal(0), 0, []
    first, last = statement.starts_on, statement.ends_on
    days: list[date] = []
    for count, line in enumerate(statement.lines, 1):
        total += line.amount
        posted += Decimal(0) if line.is_pending else line.amount
        days = [min([*days[:1], line.date]), max([*days[1:], line.date])]
        if count <= SAMPLE:
            sample.append(line)
    account = account_of(book, statement)
    currency = statement.currency or (account.currency if account else "")
    return {
        "number": number,
        "account_number": statement.account_number,
        "currency": statement.currency,
        "starts_on": first or (days[0] if days else None),
        "ends_on": last or (days[1] if days else None),
        "lines": count,
        "total": _text(total, currency),
        "opening": _text(statement.opening_balance, currency),
        "closing": _text(statement.closing_balance, currency),
        "account": account.id if account else None,
        "new_account": _new_account(statement, days, posted),
        "sample": [_line(place, line, currency) for place, line in enumerate(sample, 1)],
    }


def _new_account(statement: Statement, days: Sequence[date], posted: Decimal) -> dict[str, Any]:
    """Return what an account that is opened for a statement would be, as far as the file says.

    It begins with what the bank says it opened with, or else with what it closes with less what is
    posted, on the first day of the file: that of its first line, or an earlier one that it names.
    """
    opening = statement.opening_balance
    if opening is None and statement.closing_balance is not None:
        opening = statement.closing_balance - posted
    begins = min((day for day in (*days, statement.starts_on) if day), default=None)
    first = begins or statement.opening_on or statement.closing_on
    return {
        "kind": str(_KINDS.get(statement.account_kind, Kind.CHECKING)),
        "currency": statement.currency,
        "number": statement.account_number[:64],
        "bank": statement.bank_name,
        "opened_on": first,
        "opening_balance": _text(opening, statement.currency),
    }


def _line(number: int, line: StatementLine, currency: str) -> dict[str, Any]:
    return {
        "number": number,
        "date": line.date,
        "amount": _text(line.amount, currency),
        "description": line.description,
        "external_id": line.external_id,
    }


def _text(amount: Decimal | None, currency: str) -> str | None:
    """Return an amount as the file has it, with the decimals of its currency where it is known."""
    if amount is None:
        return None
    if not currency or amount != money.round_to(amount, currency):
        return f"{amount:zf}"
    return money.text(amount, currency)
