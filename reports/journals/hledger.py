"""The journal of hledger; ledger reads most of it, too."""

from datetime import timedelta

from buffet.models import Book
from buffet.money import decimals, text
from reports.journals.reading import (
    JournalAccount,
    JournalBalance,
    JournalRate,
    JournalTransaction,
)
from transactions.models import Status

_MARKS = {Status.PENDING: "! ", Status.CLEARED: "", Status.RECONCILED: "* "}
#: What would end a description or divide it otherwise.
_IN_DESCRIPTIONS = str.maketrans({";": ",", "|": "/"})
#: What would make a tag or a date of a comment.
_IN_COMMENTS = str.maketrans({":": ";", ",": ";", "[": "(", "]": ")"})


def head(book: Book, currencies: list[str]) -> str:
    """Return what the file begins with."""
    declared = "".join(
        f"commodity 1000.{'0' * decimals(currency)} {currency}\n" for currency in currencies
    )
    return f"; {_plain(book.name)}\n\ndecimal-mark .\n{declared}\n"


def account(one: JournalAccount) -> str:
    """Return an account."""
    more = {"id": one.id, "kind": one.kind, "broker": one.broker, "name": one.title}
    if one.closes_on:
        more["closed"] = str(one.closes_on)
    return f"account {one.name}{_comment(**more)}\n"


def rate(one: JournalRate) -> str:
    """Return an exchange rate."""
    return f"P {one.date} {one.base} {one.rate.normalize():f} {one.quote}\n"


def transaction(one: JournalTransaction) -> str:
    """Return a transaction with its entries."""
    said = [_plain(part).translate(_IN_DESCRIPTIONS) for part in (one.vendor, one.description)]
    mark = "!" if one.is_pending else "*"
    # The id also keeps a description that begins with a bracket from being read as a code.
    lines = [f"\n{one.date} {mark} ({one.id}) {' | '.join(part for part in said if part)}"]
    if one.notes:
        lines.append(f"    {_comment(notes=one.notes).strip()}")
    for entry in one.entries:
        amount = f"{text(entry.amount, entry.currency)} {entry.currency}"
        more = _comment(external_id=entry.external_id, note=entry.note)
        lines.append(f"    {_MARKS[Status(entry.status)]}{entry.account}  {amount}{more}")
    return "\n".join(lines) + "\n"


def balance(one: JournalBalance) -> str:
    """Return what an account comes to at the end of a month."""
    amount, last = text(one.amount, one.currency), one.date - timedelta(days=1)
    return f"\n{last} * Balance\n    {one.account}  0 {one.currency} = {amount} {one.currency}\n"


def _comment(**named: str) -> str:
    """Return a comment of tags, as it stands behind something; empty without any."""
    tags = [
        f"{name}:{_plain(value).translate(_IN_COMMENTS)}" for name, value in named.items() if value
    ]
    return f"  ; {', '.join(tags)}" if tags else ""


def _plain(value: str) -> str:
    """Return a text as one line."""
    return " ".join(value.split())
