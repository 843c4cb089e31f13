"""Books to look at: the demo, many purchases, and what staff may have to take back."""

import io
from datetime import date, timedelta
from uuid import UUID

from buffet.audit import Actor
from buffet.bench import book as bench
from buffet.demo import loading
from buffet.models import Book, User
from transactions import services as ledger
from transactions.models import ClosedMonth

#: Lines of the longest imports; and how many transactions a run of rules changed.
LINES, RULED = 6_000, 5_000
_DAYS = 300


def load(size: int, today: date) -> Book:
    """Load the demo, which has something of everything, and so many purchases into its book.

    Beside them, of every size alike: a long import that is recorded, one that is a preview, and a
    run of rules over many transactions.
    """
    made = loading.load(today)
    person = User.objects.get(email=loading.PERSON)
    by = Actor(person.id, "command", email=person.email)
    _reopen(made, by, today)
    _classify(made, by, today)
    id = _look(made, by, today, LINES, "Recorded")
    ledger.commit(book=made, by=by, import_id=id)
    _look(made, by, today, LINES, "Waiting")
    # Last, so that the newest of each kind is one of many rows.
    bench.furnish(person, made, by, size, today)
    return made


def _reopen(book: Book, by: Actor, today: date) -> None:
    """Reopen what is closed, and close as many months of before all purchases.

    A book that is closed for the most part would refuse what is to be measured.
    """
    before = (today - timedelta(days=30 * bench.MONTHS)).replace(day=1)
    closed = ClosedMonth.objects.filter(book=book).order_by("-month")
    for month in closed.values_list("month", flat=True):
        ledger.reopen_month(book=book, by=by, month=month, reason="Older purchases come")
        before = (before - timedelta(days=1)).replace(day=1)
        ledger.close_month(book=book, by=by, month=before, today=today)


def _classify(book: Book, by: Actor, today: date) -> None:
    """Record what has no category, and let a rule give it one."""
    id = _look(book, by, today, RULED, "Unsorted")
    ledger.commit(book=book, by=by, import_id=id)
    vendor = ledger.create_vendor(book=book, by=by, name="Whoever sells the unsorted")
    ledger.create_rule(book=book, by=by, name="Unsorted", contains="unsorted", vendor_id=vendor.id)
    first = today - timedelta(days=_DAYS)
    run, _ = ledger.apply_rules(book=book, by=by, first=first, last=today)
    if run.changed != RULED:
        raise RuntimeError(f"The rules changed {run.changed} transactions, not {RULED}.")


def _look(book: Book, by: Actor, today: date, lines: int, text: str) -> UUID:
    """Upload a file of so many lines, all of them new, for an account of its own."""
    account = ledger.open_account(
        book=book, by=by, today=today, name=text, kind="checking", currency="BRL"
    )
    rows = [
        f"{today - timedelta(days=number % _DAYS)};{text} {number};-{number % 90 + 1}.50"
        for number in range(lines)
    ]
    file = io.BytesIO("\n".join(["Date;Description;Amount", *rows, ""]).encode())
    return ledger.preview(
        book=book, by=by, account_id=account.id, file=file, file_name=f"{text}.csv"
    ).id
