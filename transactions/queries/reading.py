"""A transaction as its readers see it: one account, one amount, one category, or its entries."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.string import TextLoader

from accounts.models import REAL_TYPES, Kind
from buffet.money import ENDS
from buffet.remembering import Latest
from buffet.rest.times import instant_of

Row = tuple[Any, ...]
Entry = dict[str, Any]
#: Name, type and kind of an account.
Named = tuple[str, str, str]

#: What stays the text that PostgreSQL sends: making objects of ids, instants and amounts, only to
#: write them as text again, was most of a page's cost, and casting them in SQL writes them twice.
_AS_TEXT = ("uuid", "timestamptz", "numeric")


def rows(entries: str = "t JOIN transactions_entry e ON e.transaction_id = t.id") -> str:
    """Return the end of the query that `read` sends, after a WITH of transactions `t`.

    A row for each transaction and each of its entries `e`: beside each other they would name each
    transaction as often as it has entries, and would have to be sorted. Accounts are remembered;
    those of the book come along where they are others than those of the number that is asked for.
    """
    # Most transactions were never updated: then that instant is left out. The types of the parts
    # are the same to the letter, or PostgreSQL would copy the rows once more.
    return f"""
        SELECT t.id, NULL::uuid, t.vendor_id, v.name::varchar, t.description::varchar,
            t.notes::text, t.source::varchar, t.date, t.version, t.created_at,
            nullif(t.updated_at, t.created_at), NULL::numeric
        FROM t LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
        UNION ALL
        SELECT e.transaction_id, e.id, e.account_id, e.external_id::varchar, e.note::varchar,
            e.status::text, e.currency::varchar, NULL::date, NULL::bigint, NULL::timestamptz,
            NULL::timestamptz, e.amount
        FROM {entries}
        UNION ALL
        SELECT NULL::uuid, a.id, NULL::uuid, a.name::varchar, a.type::varchar, a.kind::text,
            NULL::varchar, NULL::date, a.version, NULL::timestamptz, NULL::timestamptz,
            NULL::numeric
        FROM accounts_account a WHERE a.book_id = %s
            AND %s <> (SELECT max(version) FROM accounts_account WHERE book_id = %s)
    """


@dataclass(frozen=True, slots=True)
class _Chart:
    """The accounts of a book: name, type and kind by their ids, and the latest version of one.

    Two charts of a book with the same number differ at most in accounts that were deleted.
    """

    version: int
    accounts: Mapping[str, Named]


_charts: Latest[_Chart] = Latest(20_000, lambda chart: len(chart.accounts))

_REAL = frozenset(str(one) for one in REAL_TYPES)
_CATEGORY, _CONVERSION = str(Kind.CATEGORY), str(Kind.CONVERSION)
_OWN_ID, _BY_DATE, _BY_ID = itemgetter("id"), itemgetter(7, 0), itemgetter(0)


def written(book_id: UUID, sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the transactions that a statement with `rows` writes, in the order of ids.

    Each is read from its first real account.
    """
    found, chart = _fetched(book_id, sql, parameters, _charts.of(book_id))
    return _whole(found, chart.accounts, None, _BY_ID)


def read(book_id: UUID, sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the transactions that a query with `rows` finds, as `written` does."""
    return _read(book_id, sql, parameters, None, _BY_ID, falling=False)


def read_by_date(
    book_id: UUID,
    sql: str,
    parameters: Sequence[Any],
    *,
    account_id: UUID | None = None,
    falling: bool,
) -> list[dict[str, Any]]:
    """Return what `read` does in the order of dates and ids, or from the last down.

    With `account_id`, each transaction is read from that account.
    """
    return _read(book_id, sql, parameters, account_id, _BY_DATE, falling=falling)


def _read(
    book_id: UUID,
    sql: str,
    parameters: Sequence[Any],
    account_id: UUID | None,
    order: Callable[[Row], Any],
    *,
    falling: bool,
) -> list[dict[str, Any]]:
    found, chart = _fetched(book_id, sql, parameters, _charts.of(book_id))
    try:
        return _whole(found, chart.accounts, account_id, order, falling=falling)
    except KeyError:
        # Who reads a state of before may find accounts that were deleted since.
        found, chart = _fetched(book_id, sql, parameters, None)
        return _whole(found, chart.accounts, account_id, order, falling=falling)


def _fetched(
    book_id: UUID, sql: str, parameters: Sequence[Any], chart: _Chart | None
) -> tuple[list[Row], _Chart]:
    """Return the rows, and the accounts of the book; `chart` is what is known of them."""
    with connection.cursor() as cursor:
        for kind in _AS_TEXT:
            cursor.adapters.register_loader(kind, TextLoader)
        known = chart.version if chart else -1
        cursor.execute(sql, (*parameters, book_id, known, book_id))
        found = cursor.fetchall()
    others = [row for row in found if row[0] is None]
    if chart is None or others:
        named = {row[1]: (row[3], row[4], row[5]) for row in others}
        chart = _Chart(max((row[8] for row in others), default=0), named)
        _charts.keep(book_id, chart)
    return found, chart


def _whole(
    found: Sequence[Row],
    accounts: Mapping[str, Named],
    account_id: UUID | None,
    order: Callable[[Row], Any],
    *,
    falling: bool = False,
) -> list[dict[str, Any]]:
    headers: list[Row] = []
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for row in found:
        of, id, account, external_id, note, status, currency, _, _, _, _, amount = row
        if id is None:
            headers.append(row)
        elif of is not None:
            name, type, _ = accounts[account]
            entries[of].append(
                {
                    "id": id,
                    "account": account,
                    "account_name": name,
                    "account_type": type,
                    "amount": amount[: ENDS[currency]],
                    "currency": currency,
                    "status": status,
                    "external_id": external_id,
                    "note": note,
                }
            )
    headers.sort(key=order, reverse=falling)
    wanted = str(account_id) if account_id else None
    return [_transaction(row, entries[row[0]], accounts, wanted) for row in headers]


def _transaction(
    row: Row, entries: list[Entry], accounts: Mapping[str, Named], account_id: str | None
) -> dict[str, Any]:
    entries.sort(key=_OWN_ID)
    own = entries[0]
    if account_id or own["account_type"] not in _REAL:
        own = _primary(entries, account_id)
    if len(entries) == 2:
        other = entries[1] if own is entries[0] else entries[0]
    else:
        other = _other(entries, own, accounts)
    kind = "split"
    category = category_name = transfer = transfer_name = arriving = None
    if other is not None:
        # Expense, income and equity are named by the type of the account on the other side.
        kind = other["account_type"]
        if kind in _REAL:
            kind, transfer, transfer_name = "transfer", other["account"], other["account_name"]
            # Without a sign, and when its currency is another.
            if other["currency"] != own["currency"]:
                arriving = other["amount"].lstrip("-")
        elif accounts[other["account"]][2] == _CATEGORY:
            category, category_name = other["account"], other["account_name"]
    id, _, vendor, vendor_name, description, notes, source, day, version, recorded, updated, _ = row
    recorded = instant_of(recorded)
    return {
        "id": id,
        "date": day,
        "description": description,
        "kind": kind,
        "account": own["account"],
        "account_name": own["account_name"],
        "amount": own["amount"],
        "currency": own["currency"],
        "category": category,
        "category_name": category_name,
        "transfer_to": transfer,
        "transfer_to_name": transfer_name,
        "transfer_amount": arriving,
        "vendor": vendor,
        "vendor_name": vendor_name,
        "status": own["status"],
        "external_id": own["external_id"],
        "notes": notes,
        "source": source,
        "version": version,
        "created_at": recorded,
        "updated_at": instant_of(updated) if updated else recorded,
        "entries": entries,
    }


def _other(entries: list[Entry], own: Entry, accounts: Mapping[str, Named]) -> Entry | None:
    """Return the one entry on the other side, conversions left out; None if there are several."""
    others = [
        one for one in entries if one is not own and accounts[one["account"]][2] != _CONVERSION
    ]
    return others[0] if len(others) == 1 else None


def _primary(entries: list[Entry], account_id: str | None) -> Entry:
    if account_id is not None:
        for entry in entries:
            if entry["account"] == account_id:
                return entry
    for entry in entries:
        if entry["account_type"] in _REAL:
            return entry
    return entries[0]
