"""Transactions as pages set them: newest first; an account's with the balance after each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from buffet.money import Money
from buffet.rest.pagination import Cursor
from reports.templatetags.words import account_name
from transactions.models import Status
from transactions.queries import balances, transactions
from transactions.queries.reading import own_entries
from transactions.queries.transactions import Filters, Place

PAGE, CHUNK = 50, 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some transactions, and the places where the pages beside them begin."""

    rows: Sequence[dict[str, Any]]
    newer: Cursor | None
    older: Cursor | None


def window(book_id: UUID, filters: Filters, cursor: Cursor | None) -> Page:
    """Return the transactions that a page shows of those that filters find."""
    place, back = (Place(*cursor.key), cursor.back) if cursor else (None, False)
    rows = transactions.page(book_id, filters, limit=PAGE + 1, place=place, falling=not back)
    more = len(rows) > PAGE
    kept = rows[:PAGE][::-1] if back else rows[:PAGE]
    if not kept:
        return Page((), None, None)
    return Page(
        kept,
        Cursor(_key(kept[0]), back=True) if (more if back else cursor is not None) else None,
        Cursor(_key(kept[-1])) if more or back else None,
    )


def walk(book_id: UUID, filters: Filters) -> Iterator[dict[str, Any]]:
    """Yield all transactions that filters find, some hundreds at a time."""
    rows = transactions.page(book_id, filters, limit=CHUNK)
    while rows:
        yield from rows
        last = Place(rows[-1]["date"], rows[-1]["id"])
        rows = transactions.page(book_id, filters, limit=CHUNK, place=last)


def page(book_id: UUID, account: dict[str, Any], on: date, cursor: Cursor | None) -> Page:
    """Return a page of an account's transactions up to the end of `on`."""
    found = window(book_id, _up_to(account, on), cursor)
    if not found.rows:
        return found
    # The newest row of all leads to the balance that is known already.
    after = _after(book_id, account, found.rows[0]) if cursor else Decimal(account["balance"])
    return replace(found, rows=list(_running(found.rows, account, after)))


def every(book_id: UUID, account: dict[str, Any], on: date) -> Iterator[dict[str, Any]]:
    """Yield all of an account's transactions up to the end of `on`, some hundreds at a time."""
    return _running(walk(book_id, _up_to(account, on)), account, Decimal(account["balance"]))


def _up_to(account: dict[str, Any], on: date) -> Filters:
    return Filters(account_id=account["id"], date_to=on)


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["date"].isoformat(), str(row["id"])


def _after(book_id: UUID, account: dict[str, Any], row: dict[str, Any]) -> Decimal:
    return balances.balance(book_id, account["id"], row["date"], after=row["id"])


def _running(
    rows: Iterable[dict[str, Any]], account: dict[str, Any], after: Decimal
) -> Iterator[dict[str, Any]]:
    currency = account["currency"]
    for row in rows:
        moved = sum(
            (Decimal(one["amount"]) for one in row["entries"] if one["account"] == account["id"]),
            Decimal(0),
        )
        yield row | {
            "moved": Money(moved, currency),
            "after": Money(after, currency),
            "about": about(row),
        }
        after -= moved


def status(row: dict[str, Any], account_id: UUID | None = None) -> str:
    """Return how far the bank agrees with a transaction: pending if an entry of it is.

    Of its entries on an account, or on all that hold money.
    """
    pending = str(Status.PENDING)
    is_pending = any(one["status"] == pending for one in own_entries(row, account_id))
    return pending if is_pending else row["status"]


def about(row: dict[str, Any]) -> str:
    """Return where the money came from or went to, in a word or two."""
    if row["transfer_to_name"]:
        return _("Transfer: {account}").format(account=row["transfer_to_name"])
    if row["category_name"]:
        return row["category_name"]
    if row["kind"] == "equity":
        names = (one["account_name"] for one in row["entries"] if one["account_type"] == "equity")
        return account_name(next(names))
    return _("Split") if row["kind"] == "split" else _("Uncategorised")
