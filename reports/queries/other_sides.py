"""What another account tells that may be the other side of a transaction: the same money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import REAL_TYPES, Kind
from buffet.money import Money
from transactions.queries.reading import own_entries, takes_category

#: How many days may lie between both sides, and how many are offered, the nearest ones.
APART, MOST = 5, 5


@dataclass(frozen=True, slots=True)
class OtherSide:
    """A transaction of one account that moved the same amount, the other way.

    It `stays` if it was recorded by hand and the other one brought by an import, which takes that
    away again.
    """

    id: UUID
    date: date
    description: str
    account_id: UUID
    account: str
    amount: Money
    stays: bool


_BROUGHT = """EXISTS (
    SELECT FROM transactions_importline l WHERE l.new_id = {} AND l.verdict = 'new'
)"""
#: Each account is looked up on its own, by its days or by the amount, whichever is less.
SIDES = f"""
SELECT 'side', t.id, t.description, t.date, a.id, a.name, e.amount, e.currency, found.stays
FROM unnest(%(of)s::uuid[], %(besides)s::uuid[], %(amounts)s::numeric[], %(currencies)s::text[])
    AS wanted (account, besides, amount, currency)
JOIN accounts_account a ON a.book_id = %(book)s AND a.type = ANY(%(real)s)
    AND a.currency = wanted.currency AND a.archived_at IS NULL
    AND (wanted.account IS NULL OR a.id = wanted.account)
    AND (wanted.besides IS NULL OR a.id <> wanted.besides)
CROSS JOIN LATERAL (
    SELECT n.transaction_id, n.amount, n.currency FROM transactions_entry n
    WHERE n.account_id = a.id AND n.book_id = %(book)s AND n.amount = wanted.amount
        AND n.date BETWEEN %(day)s::date - %(apart)s AND %(day)s::date + %(apart)s
        AND n.transaction_id <> %(id)s
    ORDER BY abs(n.date - %(day)s::date), n.date, n.transaction_id LIMIT 50 OFFSET 0
) AS e
JOIN transactions_transaction t ON t.id = e.transaction_id AND t.book_id = %(book)s
CROSS JOIN LATERAL (
    SELECT {_BROUGHT.format("%(id)s")} AND NOT {_BROUGHT.format("t.id")} AS stays
) AS found
WHERE (wanted.account IS NULL OR NOT found.stays AND NOT EXISTS (
        SELECT FROM transactions_importline l
        JOIN transactions_import i ON i.id = l.of_import_id AND i.account_id = a.id
            AND i.status IN ('committing', 'committed')
        WHERE l.verdict <> 'ignored'
            AND (l.transaction_id = %(id)s OR l.new_id = %(id)s AND l.verdict = 'new')
    ))
    AND (SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = t.id) = 2
    AND EXISTS (
        SELECT FROM transactions_entry n JOIN accounts_account c ON c.id = n.account_id
        WHERE n.transaction_id = t.id AND c.kind = ANY(%(open)s)
    )
    AND NOT EXISTS (SELECT FROM invoices_installment p WHERE p.transaction_id = t.id)
ORDER BY abs(t.date - %(day)s::date), t.date, t.id LIMIT %(most)s
"""


def asked_of(row: Mapping[str, Any], *, offers: bool) -> dict[str, Any]:
    """Return what `SIDES` asks for what may be the other side of a transaction that was read.

    Of a transfer it is what a statement tells of an account on which no statement has told of the
    transfer yet: the same, recorded twice. Parcels are bought, not moved.
    """
    wanted = _wanted(row) if offers else []
    return {
        "day": row["date"],
        "of": [of for of, _besides, _amount, _currency in wanted],
        "besides": [besides for _of, besides, _amount, _currency in wanted],
        "amounts": [amount for _of, _besides, amount, _currency in wanted],
        "currencies": [currency for _of, _besides, _amount, currency in wanted],
        "real": sorted(REAL_TYPES),
        "open": [str(Kind.CATEGORY), str(Kind.UNCATEGORIZED)],
        "apart": APART,
        "most": MOST,
    }


def _wanted(row: Mapping[str, Any]) -> Sequence[tuple[str | None, str | None, Decimal, str]]:
    """Return on which account, or on all but which, an entry of which amount is looked for."""
    own = own_entries(row)
    if takes_category(row) and len(own) == 1:
        (one,) = own
        return [(None, one["account"], -Decimal(one["amount"]), one["currency"])]
    if row["kind"] == "transfer" and len(own) == 2:
        return [
            (one["account"], None, Decimal(one["amount"]), one["currency"])
            for one in own
            if not one["external_id"]
        ]
    return []
