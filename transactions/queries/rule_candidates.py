"""The transactions to which rules may give something, in the order of their days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from transactions.queries.given import GIVEN

BATCH = 5000
NOTHING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plain income or expense, and which of its values are nobody's own.

    `entry_id` is the entry on its category, or on the account for what has none: then
    `category_name` is empty.
    """

    id: UUID
    date: date
    description: str
    version: int
    account_id: UUID
    amount: Decimal
    currency: str
    entry_id: UUID
    category_id: UUID
    category_name: str
    vendor_id: UUID | None
    vendor_name: str
    category_is_free: bool
    vendor_is_free: bool


# A value is nobody's own while there is none that a person took away, or while it is the one that
# was proposed and no person took it meanwhile for another, and then it again. A transfer, a split
# and equity are none of these.
_CANDIDATES = f"""
    SELECT t.id, t.date, t.description, t.version, e.account_id, e.amount, e.currency,
        c.id, k.id, CASE WHEN k.kind = 'category' THEN k.name ELSE '' END,
        t.vendor_id, coalesce(v.name, ''),
        CASE WHEN k.kind = 'uncategorized' THEN g.category_id IS NULL
            ELSE g.category_id = k.id AND g.category_moves = (
                SELECT count(*) FROM transactions_entryevent h WHERE h.pgh_obj_id = c.id
                    AND h.pgh_label = 'update' AND h.account_id <> k.id
                    AND h.pgh_created_at >= g.category_since
            ) END IS TRUE,
        CASE WHEN t.vendor_id IS NULL THEN g.vendor_id IS NULL
            ELSE g.vendor_id = t.vendor_id AND g.vendor_moves = (
                SELECT count(*) FROM transactions_transactionevent h WHERE h.pgh_obj_id = t.id
                    AND h.pgh_label = 'update' AND h.vendor_id IS DISTINCT FROM t.vendor_id
                    AND h.pgh_created_at >= g.vendor_since
            ) END IS TRUE
    FROM transactions_transaction t
    JOIN transactions_entry e ON e.transaction_id = t.id
    JOIN accounts_account a ON a.id = e.account_id AND a.type IN ('asset', 'liability')
    JOIN transactions_entry c ON c.transaction_id = t.id AND c.id <> e.id
    JOIN accounts_account k ON k.id = c.account_id AND k.kind IN ('category', 'uncategorized')
        AND (k.kind = 'uncategorized' OR NOT %(uncategorized)s)
    LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
    LEFT JOIN LATERAL ({GIVEN}) AS g ON true
    WHERE t.book_id = %(book)s AND t.date <= %(last)s AND (t.date, t.id) > (%(date)s, %(id)s)
        AND 2 = (SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = t.id)
    ORDER BY t.date, t.id LIMIT {BATCH}
"""


def candidates(
    book_id: UUID, first: date, last: date, *, uncategorized: bool
) -> Iterator[Candidate]:
    """Yield the plain income and expenses of some days, those without a category if so wanted.

    A statement for each 5,000 of them, so that memory stays flat.
    """
    # Behind whatever is dated before the first day; no id is before the least.
    wanted: dict[str, UUID | date | bool] = {
        "book": book_id, "last": last, "uncategorized": uncategorized
    }  # fmt: skip
    place: dict[str, UUID | date | bool] = {"date": first, "id": NOTHING}
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_CANDIDATES, wanted | place)
            found = [Candidate(*row) for row in cursor.fetchall()]
        yield from found
        if len(found) < BATCH:
            return
        place = {"date": found[-1].date, "id": found[-1].id}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where what a run changed stands now; without a `category_id` its entry is gone."""

    change_id: int
    category_id: UUID | None
    vendor_id: UUID | None


_STANDING = """
    SELECT x.id, e.account_id, t.vendor_id
    FROM transactions_rulechange x
    LEFT JOIN transactions_transaction t ON t.id = x.transaction_id AND t.book_id = x.book_id
    LEFT JOIN transactions_entry e ON e.id = x.entry_id AND e.transaction_id = t.id
    WHERE x.id = ANY(%s)
"""


def standing(change_ids: Sequence[int]) -> dict[int, Standing]:
    """Return where changes by rules stand now, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, ([*change_ids],))
        return {row[0]: Standing(*row) for row in cursor.fetchall()}
