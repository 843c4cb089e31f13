"""A transaction as its readers see it: one account, one amount, one category, or its entries."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.string import TextLoader

from accounts.models import REAL_TYPES, Kind
from buffet.money import stored_text
from buffet.rest.times import instant_of

#: The columns that `read` reads, in this order. Most rows were never updated: then that instant is
#: left out.
COLUMNS = """
    t.id, t.date, t.description, t.vendor_id, v.name, t.notes, t.source, t.version,
    t.created_at, nullif(t.updated_at, t.created_at), e.id, e.account_id,
    a.name, a.type, a.kind, e.currency, e.amount, e.status, e.external_id, e.note
"""
#: What stays the text that PostgreSQL sends: making objects of ids, instants and amounts, only to
#: write them as text again, was most of a page's cost, and casting them in SQL writes them twice.
_AS_TEXT = ("uuid", "timestamptz", "numeric")


def joins(entries: str = "transactions_entry") -> str:
    """Return what `COLUMNS` needs beside the transactions `t`, the entries from that table."""
    return f"""
        JOIN {entries} e ON e.transaction_id = t.id
        JOIN accounts_account a ON a.id = e.account_id
        LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
    """


#: A row of an entry that is not there.
_NONE: tuple[Any, ...] = (None,) * 20
_REAL = frozenset(str(one) for one in REAL_TYPES)
_CATEGORY, _CONVERSION = str(Kind.CATEGORY), str(Kind.CONVERSION)


def read(
    sql: str, parameters: Sequence[Any], *, account_id: UUID | None = None
) -> list[dict[str, Any]]:
    """Return the transactions that a query of `COLUMNS` finds.

    Its rows are grouped by transaction, the entries in order. With `account_id`, each transaction
    is read from that account; otherwise from its first real account.
    """
    with connection.cursor() as cursor:
        for kind in _AS_TEXT:
            cursor.adapters.register_loader(kind, TextLoader)
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    wanted = str(account_id) if account_id else None
    return [_transaction(group, wanted) for group in _groups(rows)]


def _groups(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of each transaction."""
    begin = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or rows[place][0] != rows[begin][0]:
            yield rows[begin:place]
            begin = place


def _transaction(rows: list[tuple[Any, ...]], account_id: str | None) -> dict[str, Any]:
    own = rows[0]
    if account_id or own[13] not in _REAL:
        own = _primary(rows, account_id)
    if len(rows) == 2:
        others = [rows[1] if own is rows[0] else rows[0]]
    else:
        others = [row for row in rows if row is not own and row[14] != _CONVERSION]
    kind, category, transfer = "split", _NONE, _NONE
    if len(others) == 1:
        # Expense, income and equity are named by the type of the account on the other side.
        (other,) = others
        kind = other[13]
        if kind in _REAL:
            kind, transfer = "transfer", other
        elif other[14] == _CATEGORY:
            category = other
    recorded = instant_of(own[8])
    return {
        "id": own[0],
        "date": own[1],
        "description": own[2],
        "kind": kind,
        "account": own[11],
        "account_name": own[12],
        "amount": stored_text(own[16], own[15]),
        "currency": own[15],
        "category": category[11],
        "category_name": category[12],
        "transfer_to": transfer[11],
        "transfer_to_name": transfer[12],
        "transfer_amount": _arriving(own, transfer) if transfer is not _NONE else None,
        "vendor": own[3],
        "vendor_name": own[4],
        "status": own[17],
        "external_id": own[18],
        "notes": own[5],
        "source": own[6],
        "version": own[7],
        "created_at": recorded,
        "updated_at": instant_of(own[9]) if own[9] else recorded,
        "entries": [
            {
                "id": id,
                "account": account,
                "account_name": name,
                "account_type": type,
                "amount": stored_text(amount, currency),
                "currency": currency,
                "status": status,
                "external_id": external_id,
                "note": note,
            }
            for (id, account, name, type, _, currency, amount, status, external_id, note) in (
                row[10:] for row in rows
            )
        ],
    }


def _primary(rows: list[tuple[Any, ...]], account_id: str | None) -> tuple[Any, ...]:
    if account_id is not None:
        for row in rows:
            if row[11] == account_id:
                return row
    for row in rows:
        if row[13] in _REAL:
            return row
    return rows[0]


def _arriving(own: tuple[Any, ...], transfer: tuple[Any, ...]) -> str | None:
    """Return what moves on the other account, without a sign, when its currency is another."""
    if transfer[15] == own[15]:
        return None
    return stored_text(transfer[16], transfer[15]).lstrip("-")
