"""A transaction as its readers see it: one account, one amount, one category, or its entries."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from threading import local
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq.abc import PGresult
from psycopg.types.string import TextLoader

from accounts.models import REAL_TYPES, Kind
from buffet.money import ENDS
from buffet.postgresql.prepared import answer
from buffet.rest.times import instant_of
from transactions.queries import naming

Entry = dict[str, Any]

#: What stays the text that PostgreSQL sends: making objects of ids, instants and amounts, only to
#: write them as text again, was most of a page's cost, and casting them in SQL writes them twice.
_AS_TEXT = AdaptersMap(psycopg.adapters)
for _kind in ("uuid", "timestamptz", "numeric"):
    _AS_TEXT.register_loader(_kind, TextLoader)


class _Loading(local):
    """What makes rows of an answer: one for each thread, since it remembers how between answers."""

    def __init__(self) -> None:
        self.transformer = Transformer(_AS_TEXT)

    def rows(self, answer: PGresult) -> list[naming.Row]:
        """Return the rows of an answer, and forget it."""
        made = self.transformer
        made.set_pgresult(answer)
        try:
            return made.load_rows(0, answer.ntuples, tuple)
        finally:
            made.set_pgresult(None)


_loading = _Loading()


@cache
def rows(
    entries: str = "t JOIN transactions_entry e ON e.transaction_id = t.id",
    *,
    looks_up_vendors: bool = True,
    names: str = naming.ACCOUNTS,
) -> str:
    """Return the end of the query that `read` sends, after a WITH of transactions `t`.

    A row for each transaction and each of its entries `e`: beside each other they would name each
    transaction as often as it has entries, and would have to be sorted. `names` brings along what
    is not remembered of accounts and vendors.
    """
    vendor = "(SELECT name FROM transactions_vendor v WHERE v.id = t.vendor_id)"
    if not looks_up_vendors:
        vendor = "NULL"
    # Most transactions were never updated: then that instant is left out. The types of the parts
    # are the same to the letter, or PostgreSQL would copy the rows once more.
    return f"""
        SELECT t.id, NULL::uuid, t.vendor_id, {vendor}::varchar, t.description::varchar,
            t.notes::text, t.source::varchar, t.date, t.version, t.created_at,
            nullif(t.updated_at, t.created_at), NULL::numeric
        FROM t
        UNION ALL
        SELECT e.transaction_id, e.id, e.account_id, e.external_id::varchar, e.note::varchar,
            e.status::text, e.currency::varchar, NULL::date, NULL::bigint, NULL::timestamptz,
            NULL::timestamptz, e.amount
        FROM {entries}
        {names}
    """


_REAL = frozenset(str(one) for one in REAL_TYPES)
_CATEGORY, _CONVERSION = str(Kind.CATEGORY), str(Kind.CONVERSION)
_OWN_ID, _BY_DATE, _BY_ID = itemgetter("id"), itemgetter(7, 0), itemgetter(0)


def takes_category(row: Mapping[str, Any]) -> bool:
    """Whether a transaction that was read has one category, or could have."""
    return row["kind"] in ("expense", "income") and len(row["entries"]) == 2


def own_entries(row: Mapping[str, Any], account_id: UUID | None = None) -> list[Entry]:
    """Return the entries of a transaction on an account, or on all that hold money."""
    return [
        entry
        for entry in row["entries"]
        if entry["account_type"] in _REAL
        and (account_id is None or entry["account"] == str(account_id))
    ]


def written(book_id: UUID, sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the transactions that a statement with `rows` writes, in the order of ids.

    Each is read from its first real account.
    """
    found, chart, _ = _fetched(book_id, sql, parameters, naming.chart(book_id))
    return _whole(found, chart.accounts, _BY_ID)


def read(book_id: UUID, sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the transactions that a query with `rows` finds, as `written` does."""
    try:
        return written(book_id, sql, parameters)
    except KeyError:
        # Who reads a state of before may find accounts that were deleted since.
        found, chart, _ = _fetched(book_id, sql, parameters, None)
        return _whole(found, chart.accounts, _BY_ID)


def read_by_date(
    book_id: UUID,
    sql: str,
    parameters: Sequence[Any],
    *,
    account_id: UUID | None = None,
    version: int | None = None,
    falling: bool,
) -> list[dict[str, Any]]:
    """Return the transactions that a query finds in the order of dates and ids, or from the last.

    With `account_id`, each transaction is read from that account. `version` is the book's, if it is
    known: what was called how in that state need not be asked again.
    """

    def whole(
        found: Sequence[naming.Row], chart: naming.Chart, vendors: naming.Vendors | None
    ) -> list[dict[str, Any]]:
        names = vendors.names if vendors else None
        wanted = str(account_id) if account_id else None
        return _whole(found, chart.accounts, _BY_DATE, names, wanted, falling=falling)

    def read(chart: naming.Chart | None, vendors: naming.Vendors | None) -> list[dict[str, Any]]:
        names = naming.ACCOUNTS if vendors is None else naming.ACCOUNTS + naming.VENDORS
        parts = rows(looks_up_vendors=vendors is None, names=names)
        query = f"WITH t AS MATERIALIZED ({sql}) {parts}"
        found, chart, vendors = _fetched(book_id, query, parameters, chart, vendors)
        if version is not None and vendors is not None:
            naming.looked_up(book_id, version)
        return whole(found, chart, vendors)

    chart, vendors = naming.chart(book_id), naming.vendors(book_id)
    try:
        if chart and vendors and naming.is_looked_up(book_id, version):
            query = f"WITH t AS MATERIALIZED ({sql}) {rows(looks_up_vendors=False, names='')}"
            return whole(_rows_of(query, parameters), chart, vendors)
        return read(chart, vendors)
    except KeyError:
        # As above; or there are more vendors than are remembered.
        return read(None, None)


def _fetched(
    book_id: UUID,
    sql: str,
    parameters: Sequence[Any],
    chart: naming.Chart | None,
    vendors: naming.Vendors | None = None,
) -> tuple[list[naming.Row], naming.Chart, naming.Vendors | None]:
    """Return the rows, and what accounts and vendors are called; given is what is known of that."""
    found = _rows_of(sql, (*parameters, *naming.wanted(book_id, chart, vendors)))
    return found, *naming.learnt(book_id, found, chart, vendors)


def _rows_of(sql: str, parameters: Sequence[Any]) -> list[naming.Row]:
    return _loading.rows(answer(sql, parameters))


def _whole(
    found: Sequence[naming.Row],
    accounts: Mapping[str, naming.Named],
    order: Callable[[naming.Row], Any],
    vendors: Mapping[str | None, str | None] | None = None,
    account_id: str | None = None,
    *,
    falling: bool = False,
) -> list[dict[str, Any]]:
    """Return the transactions in rows; without `vendors`, the rows name those themselves."""
    headers: list[naming.Row] = []
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
    return [_transaction(row, entries[row[0]], accounts, vendors, account_id) for row in headers]


def _transaction(
    row: naming.Row,
    entries: list[Entry],
    accounts: Mapping[str, naming.Named],
    vendors: Mapping[str | None, str | None] | None,
    account_id: str | None,
) -> dict[str, Any]:
    other: Entry | None
    if len(entries) == 2:
        own, other = entries
        if own["id"] > other["id"]:
            entries.reverse()
            own, other = other, own
        if (account_id or own["account_type"] not in _REAL) and (
            _primary(entries, account_id) is other
        ):
            own, other = other, own
    else:
        entries.sort(key=_OWN_ID)
        own = _primary(entries, account_id)
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
    if vendors is not None:
        vendor_name = vendors[vendor]
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


def _other(entries: list[Entry], own: Entry, accounts: Mapping[str, naming.Named]) -> Entry | None:
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
