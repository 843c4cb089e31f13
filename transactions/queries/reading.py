"""A transaction as its readers see it: one account, one amount, one category, or its entries."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.string import TextLoader

from accounts.models import REAL_TYPES, Kind
from buffet.money import ENDS, stored_text
from buffet.rest.times import instant_of

Row = tuple[Any, ...]

#: What stays the text that PostgreSQL sends: making objects of ids, instants and amounts, only to
#: write them as text again, was most of a page's cost, and casting them in SQL writes them twice.
_AS_TEXT = ("uuid", "timestamptz", "numeric")


def rows(entries: str = "transactions_entry") -> str:
    """Return the query of the rows that `read` reads, for the transactions `t` of a WITH.

    A row for each transaction, and one for each of its entries from that table. Beside each other
    they would name each transaction as often as it has entries, and would have to be sorted. Most
    transactions were never updated: then that instant is left out.
    """
    return f"""
        SELECT t.id, NULL::uuid, t.vendor_id, v.name, t.description, t.notes, t.source, t.date,
            t.version, t.created_at, nullif(t.updated_at, t.created_at), NULL::numeric, NULL, NULL,
            NULL
        FROM t LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
        UNION ALL
        SELECT e.transaction_id, e.id, e.account_id, a.name, e.external_id, e.note, e.status, NULL,
            NULL, NULL, NULL, e.amount, e.currency, a.type, a.kind
        FROM t JOIN {entries} e ON e.transaction_id = t.id
        JOIN accounts_account a ON a.id = e.account_id
    """


_REAL = frozenset(str(one) for one in REAL_TYPES)
_CATEGORY, _CONVERSION = str(Kind.CATEGORY), str(Kind.CONVERSION)
_OWN_ID, _BY_DATE, _BY_ID = itemgetter(1), itemgetter(7, 0), itemgetter(0)


def read(
    sql: str, parameters: Sequence[Any], *, account_id: UUID | None = None
) -> list[dict[str, Any]]:
    """Return the transactions that a query of `rows` finds, in the order of ids.

    With `account_id`, each transaction is read from that account; otherwise from its first real
    account.
    """
    return _read(sql, parameters, account_id, _BY_ID, falling=False)


def read_by_date(
    sql: str, parameters: Sequence[Any], *, account_id: UUID | None = None, falling: bool
) -> list[dict[str, Any]]:
    """Return what `read` returns, in the order of dates and then ids, or from the last down."""
    return _read(sql, parameters, account_id, _BY_DATE, falling=falling)


def _read(
    sql: str,
    parameters: Sequence[Any],
    account_id: UUID | None,
    order: Callable[[Row], Any],
    *,
    falling: bool,
) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        for kind in _AS_TEXT:
            cursor.adapters.register_loader(kind, TextLoader)
        cursor.execute(sql, parameters)
        found = cursor.fetchall()
    transactions: list[Row] = []
    entries: defaultdict[str, list[Row]] = defaultdict(list)
    for row in found:
        if row[1] is None:
            transactions.append(row)
        else:
            entries[row[0]].append(row)
    transactions.sort(key=order, reverse=falling)
    wanted = str(account_id) if account_id else None
    return [_transaction(row, sorted(entries[row[0]], key=_OWN_ID), wanted) for row in transactions]


def _transaction(row: Row, entries: list[Row], account_id: str | None) -> dict[str, Any]:
    own = entries[0]
    if account_id or own[13] not in _REAL:
        own = _primary(entries, account_id)
    if len(entries) == 2:
        other = entries[1] if own is entries[0] else entries[0]
    else:
        other = _other(entries, own)
    kind = "split"
    category = category_name = transfer = transfer_name = arriving = None
    if other is not None:
        # Expense, income and equity are named by the type of the account on the other side.
        kind = other[13]
        if kind in _REAL:
            kind, transfer, transfer_name = "transfer", other[2], other[3]
            arriving = _arriving(own, other)
        elif other[14] == _CATEGORY:
            category, category_name = other[2], other[3]
    recorded = instant_of(row[9])
    return {
        "id": row[0],
        "date": row[7],
        "description": row[4],
        "kind": kind,
        "account": own[2],
        "account_name": own[3],
        "amount": own[11][: ENDS[own[12]]],
        "currency": own[12],
        "category": category,
        "category_name": category_name,
        "transfer_to": transfer,
        "transfer_to_name": transfer_name,
        "transfer_amount": arriving,
        "vendor": row[2],
        "vendor_name": row[3],
        "status": own[6],
        "external_id": own[4],
        "notes": row[5],
        "source": row[6],
        "version": row[8],
        "created_at": recorded,
        "updated_at": instant_of(row[10]) if row[10] else recorded,
        "entries": [
            {
                "id": entry[1],
                "account": entry[2],
                "account_name": entry[3],
                "account_type": entry[13],
                "amount": entry[11][: ENDS[entry[12]]],
                "currency": entry[12],
                "status": entry[6],
                "external_id": entry[4],
                "note": entry[5],
            }
            for entry in entries
        ],
    }


def _other(entries: list[Row], own: Row) -> Row | None:
    """Return the one entry on the other side, conversions left out; None if there are several."""
    others = [one for one in entries if one is not own and one[14] != _CONVERSION]
    return others[0] if len(others) == 1 else None


def _primary(entries: list[Row], account_id: str | None) -> Row:
    if account_id is not None:
        for entry in entries:
            if entry[2] == account_id:
                return entry
    for entry in entries:
        if entry[13] in _REAL:
            return entry
    return entries[0]


def _arriving(own: Row, transfer: Row) -> str | None:
    """Return what moves on the other account, without a sign, when its currency is another."""
    if transfer[12] == own[12]:
        return None
    return stored_text(transfer[11], transfer[12]).lstrip("-")
