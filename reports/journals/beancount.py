"""The journal of beancount (version 3; version 2 reads it, too)."""

from buffet.models import Book
from buffet.money import text
from reports.journals.reading import (
    JournalAccount,
    JournalBalance,
    JournalRate,
    JournalTransaction,
)
from transactions.models import Status

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})


def head(book: Book, currencies: list[str]) -> str:
    """Return what the file begins with."""
    # Commodities need a day; nothing depends on which.
    return (
        f'option "title" {_quoted(book.name)}\n'
        f'option "operating_currency" "{book.base_currency}"\n\n'
        + "".join(f"1900-01-01 commodity {currency}\n" for currency in currencies)
        + "\n"
    )


def account(one: JournalAccount) -> str:
    """Return an account, and when it closes."""
    lines = [
        f"{one.opens_on} open {one.name} {one.currency}".rstrip(),
        *_more(id=one.id, name=one.title, kind=one.kind, broker=one.broker),
    ]
    if one.closes_on:
        lines.append(f"{one.closes_on} close {one.name}")
    return "\n".join(lines) + "\n"


def rate(one: JournalRate) -> str:
    """Return an exchange rate."""
    return f"{one.date} price {one.base} {one.rate.normalize():f} {one.quote}\n"


def transaction(one: JournalTransaction) -> str:
    """Return a transaction with its entries."""
    payee = f"{_quoted(one.vendor)} " if one.vendor else ""
    lines = [
        f"\n{one.date} {'!' if one.is_pending else '*'} {payee}{_quoted(one.description)}",
        *_more(id=one.id, notes=one.notes),
    ]
    for entry in one.entries:
        flag = "! " if entry.status == Status.PENDING else ""
        lines.append(
            f"  {flag}{entry.account}  {text(entry.amount, entry.currency)} {entry.currency}"
        )
        reconciled = entry.status if entry.status == Status.RECONCILED else ""
        more = _more(status=reconciled, external_id=entry.external_id, note=entry.note)
        lines += [f"  {line}" for line in more]
    return "\n".join(lines) + "\n"


def balance(one: JournalBalance) -> str:
    """Return what an account comes to when a day begins, to the cent."""
    amount = text(one.amount, one.currency)
    return f"{one.date} balance {one.account}  {amount} ~ 0 {one.currency}\n"


def _more(**named: str) -> list[str]:
    return [f"  {name}: {_quoted(value)}" for name, value in named.items() if value]


def _quoted(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'
