"""Find transactions: a page by filters, in an order that stays the same while rows come in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from buffet.errors import NotFound
from buffet.searching import patterns
from transactions.models import Status, Transaction
from transactions.queries import reading


@dataclass(frozen=True, slots=True)
class Filters:
    """Which transactions are wanted. Days and amounts are inclusive.

    With an account (or categories) the amounts are those of its entries, signed; without one, those
    of any entry on a real account, and so is the status without an account. `category_ids` is a
    category with all below it; `amount` is one that came or went; all words of `text`
    are looked for in description, notes and vendor, whatever their case and accents.
    """

    account_id: UUID | None = None
    category_ids: tuple[UUID, ...] = ()
    uncategorized: bool = False
    vendor_id: UUID | None = None
    date_from: date | None = None
    date_to: date | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    amount: Decimal | None = None
    status: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: beside the transaction with this date and id."""

    date: date
    id: UUID


@dataclass(slots=True)
class _Where:
    """Conditions and their parameters, kept in step."""

    conditions: list[str]
    parameters: list[Any]

    def add(self, condition: str, *parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters.extend(parameters)

    def __str__(self) -> str:
        return " AND ".join(self.conditions)


def page(
    book_id: UUID,
    filters: Filters,
    *,
    limit: int,
    place: Place | None = None,
    falling: bool = True,
    version: int | None = None,
) -> list[dict[str, Any]]:
    """Return up to `limit` transactions beside `place`, the nearest to it leading.

    With `falling` those before it in time, the newest first; else those after it. `version` is the
    book's, if it was read before.
    """
    order = "DESC" if falling else "ASC"
    found, parameters = _found(book_id, filters, limit, place, order)
    return reading.read_by_date(
        book_id,
        found,
        parameters,
        account_id=filters.account_id,
        version=version,
        falling=falling,
    )


def get(book_id: UUID, transaction_id: UUID) -> dict[str, Any]:
    """Return one transaction.

    :raises NotFound: if the book has no such transaction.
    """
    found = by_ids(book_id, [transaction_id])
    if not found:
        raise NotFound("There is no such transaction in this book.")
    return found[0]


def refuse_unknown(book_id: UUID, transaction_id: UUID) -> None:
    """Check that the book has a transaction.

    :raises NotFound: if it has not.
    """
    if not Transaction.objects.filter(book_id=book_id, id=transaction_id).exists():
        raise NotFound("There is no such transaction in this book.")


def by_ids(book_id: UUID, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the transactions with these ids, in the order of ids."""
    sql = f"""
        WITH t AS MATERIALIZED (
            SELECT * FROM transactions_transaction WHERE book_id = %s AND id = ANY(%s)
        )
        {reading.rows()}
    """
    return reading.read(book_id, sql, (book_id, list(ids)))


def count(book_id: UUID, filters: Filters) -> int:
    """Return how many transactions the filters find; reads every one of them."""
    found, parameters = _found(book_id, filters, None, None, "DESC")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({found}) AS found", parameters)
        return cursor.fetchone()[0]


#: Up to so many entries are found by their amounts and put in order, more by walking down the days.
FEW = 1000


def _found(
    book_id: UUID, filters: Filters, limit: int | None, place: Place | None, order: str
) -> tuple[str, list[Any]]:
    """Return the query of the transactions' rows, and its parameters."""
    wanted = _wanted(book_id, filters)
    if wanted is not None:
        return _found_by_entries(book_id, filters, wanted, limit, place, order)
    where = _Where(["t.book_id = %s"], [book_id])
    _of_transaction(where, book_id, filters)
    _within(where, filters, place, order, "t.date", "t.id")
    sql = f"""
        SELECT t.* FROM transactions_transaction t WHERE {where}
        ORDER BY t.date {order}, t.id {order}
    """
    return _limited(sql, where.parameters, limit)


def _wanted(book_id: UUID, filters: Filters) -> _Where | None:
    """Return the query of the accounts whose entries are looked through; None for no accounts."""
    if filters.account_id or filters.category_ids:
        ids = [filters.account_id] if filters.account_id else list(filters.category_ids)
        return _Where(["SELECT unnest(%s::uuid[])"], [ids])
    if _of_entry(filters):
        kind = "type IN ('asset', 'liability')"
    elif filters.uncategorized:
        kind = "kind = 'uncategorized'"
    else:
        return None
    return _Where([f"SELECT id FROM accounts_account WHERE book_id = %s AND {kind}"], [book_id])


def _found_by_entries(
    book_id: UUID,
    filters: Filters,
    wanted: _Where,
    limit: int | None,
    place: Place | None,
    order: str,
) -> tuple[str, list[Any]]:
    """Return the query of what has entries on some accounts.

    One walk down the index of each account, as far as the page reaches, then merged.
    """
    of_entry = _of_entry(filters)
    where = _Where(["e.account_id = wanted.id", "e.book_id = %s"], [book_id])
    if filters.status and _is_of_categories(filters):
        where.add(
            "EXISTS (SELECT FROM transactions_entry r JOIN accounts_account k "
            "ON k.id = r.account_id AND k.type IN ('asset', 'liability') "
            "WHERE r.transaction_id = e.transaction_id "
            f"AND r.status = '{Status(filters.status)}')"
        )
    if filters.account_id and filters.category_ids:
        where.add(
            "EXISTS (SELECT FROM transactions_entry c WHERE c.transaction_id = e.transaction_id "
            "AND c.account_id = ANY(%s))",
            list(filters.category_ids),
        )
    # Without conditions on entries, those that are walked down are the uncategorised themselves.
    is_walked = filters.uncategorized and not (
        filters.account_id or filters.category_ids or of_entry
    )
    if is_walked:
        filters = replace(filters, uncategorized=False)
    _of_transaction(where, book_id, filters)
    if of_entry:
        where.add(str(of_entry), *of_entry.parameters)
    _within(where, filters, place, order, "e.date", "e.transaction_id")
    source = _Where(["transactions_entry e"], [])
    amount = _of_amount(filters)
    if amount and (limit is None or _is_rare(wanted, amount)):
        # Apart, or the planner would rather walk down the days in hope of an early end.
        source = _Where(
            [
                "(SELECT * FROM transactions_entry e "
                f"WHERE e.account_id = wanted.id AND {amount} OFFSET 0) AS e"
            ],
            amount.parameters,
        )
    walk, parameters = _limited(
        f"""
        SELECT DISTINCT e.date, e.transaction_id
        FROM {source} {_JOIN if _asks_transaction(filters) else ""} WHERE {where}
        ORDER BY e.date {order}, e.transaction_id {order}
        """,
        [*source.parameters, *where.parameters],
        limit,
    )
    merged, parameters = _limited(
        f"""
        SELECT DISTINCT walked.date, walked.transaction_id
        FROM ({wanted}) AS wanted (id), LATERAL ({walk}) AS walked
        ORDER BY walked.date {order}, walked.transaction_id {order}
        """,
        [*wanted.parameters, *parameters],
        limit,
    )
    sql = f"""
        SELECT t.* FROM ({merged}) AS found
        JOIN transactions_transaction t ON t.id = found.transaction_id
    """
    return sql, parameters


def _is_rare(wanted: _Where, amount: _Where) -> bool:
    """Whether few entries of some accounts have such amounts."""
    sql = f"""
        SELECT count(*) FROM (
            SELECT FROM ({wanted}) AS wanted (id), LATERAL (
                SELECT FROM transactions_entry e
                WHERE e.account_id = wanted.id AND {amount} LIMIT {FEW + 1}
            ) AS found LIMIT {FEW + 1}
        ) AS few
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*wanted.parameters, *amount.parameters])
        return cursor.fetchone()[0] <= FEW


_JOIN = "JOIN transactions_transaction t ON t.id = e.transaction_id"


def _limited(sql: str, parameters: list[Any], limit: int | None) -> tuple[str, list[Any]]:
    if limit is None:
        return sql, parameters
    # In the text: a plan for any limit would not walk down an index.
    return f"{sql} LIMIT {int(limit)}", parameters


def _asks_transaction(filters: Filters) -> bool:
    return bool(filters.vendor_id or filters.text or filters.uncategorized)


def _of_transaction(where: _Where, book_id: UUID, filters: Filters) -> None:
    if filters.vendor_id:
        where.add("t.vendor_id = %s", filters.vendor_id)
    if filters.uncategorized:
        where.add(
            "EXISTS (SELECT FROM transactions_entry u JOIN accounts_account k "
            "ON k.id = u.account_id AND k.kind = 'uncategorized' WHERE u.transaction_id = t.id)"
        )
    for word in patterns(filters.text):
        # Vendors are found once, and most rows have no notes.
        where.add(
            "(t.vendor_id IN (SELECT s.id FROM transactions_vendor s WHERE s.book_id = %s "
            "AND s.name ~ %s) OR t.description ~ %s OR t.notes <> '' AND t.notes ~ %s)",
            book_id,
            word,
            word,
            word,
        )


def _of_amount(filters: Filters) -> _Where | None:
    where = _Where([], [])
    if filters.amount_min is not None:
        where.add("e.amount >= %s", filters.amount_min)
    if filters.amount_max is not None:
        where.add("e.amount <= %s", filters.amount_max)
    if filters.amount is not None:
        where.add("e.amount IN (%s, %s)", filters.amount, -filters.amount)
    return where if where.conditions else None


def _of_entry(filters: Filters) -> _Where | None:
    where = _of_amount(filters) or _Where([], [])
    if filters.status and not _is_of_categories(filters):
        # In the text: what few entries have is in an index of its own.
        where.add(f"e.status = '{Status(filters.status)}'")
    return where if where.conditions else None


def _is_of_categories(filters: Filters) -> bool:
    """Whether entries of categories are looked through, which the bank knows nothing of."""
    return bool(filters.category_ids) and filters.account_id is None


def _within(
    where: _Where, filters: Filters, place: Place | None, order: str, day: str, id: str
) -> None:
    if filters.date_from is not None:
        where.add(f"{day} >= %s", filters.date_from)
    if filters.date_to is not None:
        where.add(f"{day} <= %s", filters.date_to)
    if place is not None:
        sign = ">" if order == "ASC" else "<"
        where.add(f"({day}, {id}) {sign} (%s, %s)", place.date, place.id)
