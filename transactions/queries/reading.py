"""A transaction as its readers see it: one account, one amount, one category, or its entries."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from accounts.models import REAL_TYPES, Kind
from buffet import money
from buffet.rest.times import instant_of

#: The columns that `transactions` reads, in this order. Ids and instants come as text: making
#: objects of them, only to write them as text again, was most of a page's cost.
COLUMNS = """
    t.id::text, t.date, t.description, t.vendor_id::text, v.name, t.notes, t.source, t.version,
    t.created_at::text, t.updated_at::text, e.id::text, e.account_id::text, a.name, a.type, a.kind,
    e.currency, e.amount, e.status, e.external_id, e.note
"""
JOINS = """
    JOIN transactions_entry e ON e.transaction_id = t.id
    JOIN accounts_account a ON a.id = e.account_id
    LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
"""
_HEADER = 10


def transactions(
    rows: Iterable[tuple[Any, ...]], *, account_id: UUID | None = None, entries: bool = True
) -> Iterator[dict[str, Any]]:
    """Yield transactions from rows of `COLUMNS`, grouped by transaction with entries in order.

    With `account_id`, each is read from that account; otherwise from its first real account.
    """
    wanted = str(account_id) if account_id else None
    for _, group in groupby(rows, key=itemgetter(0)):
        yield _transaction(list(group), wanted, entries)


def _transaction(
    rows: list[tuple[Any, ...]], account_id: str | None, entries: bool
) -> dict[str, Any]:
    id, date, description, vendor_id, vendor, notes, source, version, created, updated = rows[0][
        :_HEADER
    ]
    own = _primary(rows, account_id)
    others = [row for row in rows if row is not own and row[14] != Kind.CONVERSION]
    other = others[0] if len(others) == 1 else None
    kind, category, transfer = _kind(own, other), None, None
    if other is not None and other[14] == Kind.CATEGORY:
        category = other
    elif kind == "transfer":
        transfer = other
    found = {
        "id": id,
        "date": date,
        "description": description,
        "kind": kind,
        "account": own[11],
        "account_name": own[12],
        "amount": money.text(own[16], own[15]),
        "currency": own[15],
        "category": category[11] if category else None,
        "category_name": category[12] if category else None,
        "transfer_to": transfer[11] if transfer else None,
        "transfer_to_name": transfer[12] if transfer else None,
        "transfer_amount": _arriving(own, transfer),
        "vendor": vendor_id,
        "vendor_name": vendor,
        "status": own[17],
        "external_id": own[18],
        "notes": notes,
        "source": source,
        "version": version,
        "created_at": instant_of(created),
        "updated_at": instant_of(updated),
    }
    if entries:
        found["entries"] = [_entry(row) for row in rows]
    return found


def _primary(rows: list[tuple[Any, ...]], account_id: str | None) -> tuple[Any, ...]:
    if account_id is not None:
        for row in rows:
            if row[11] == account_id:
                return row
    for row in rows:
        if row[13] in REAL_TYPES:
            return row
    return rows[0]


def _kind(own: tuple[Any, ...], other: tuple[Any, ...] | None) -> str:
    """Return expense, income, transfer, equity or split."""
    if other is None:
        return "split"
    if other[13] in REAL_TYPES:
        return "transfer"
    return "equity" if other[13] == "equity" else other[13]


def _arriving(own: tuple[Any, ...], transfer: tuple[Any, ...] | None) -> str | None:
    """Return what moves on the other account, without a sign, when its currency is another."""
    if transfer is None or transfer[15] == own[15]:
        return None
    return money.text(abs(transfer[16]), transfer[15])


def _entry(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "id": row[10],
        "account": row[11],
        "account_name": row[12],
        "account_type": row[13],
        "amount": money.text(row[16], row[15]),
        "currency": row[15],
        "status": row[17],
        "external_id": row[18],
        "note": row[19],
    }
