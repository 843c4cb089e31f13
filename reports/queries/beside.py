"""What the page of a transaction offers beside it: vendors, and subscriptions it may have paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from reports.queries.import_list import MOST_VENDORS
from transactions.queries.reading import own_entries

#: How many subscriptions are offered at the most.
MOST_SUBSCRIPTIONS = 200


@dataclass(frozen=True, slots=True)
class Paid:
    """What a transaction paid: the due date of a subscription."""

    subscription_id: UUID
    name: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Beside:
    """Names of vendors, subscriptions of the transaction's accounts, and which of them it paid."""

    vendors: Sequence[str]
    subscriptions: Sequence[tuple[UUID, str]]
    paid: Paid | None


_BESIDE = """
(
    SELECT false, v.id, v.name, NULL::date FROM transactions_vendor v
    WHERE v.book_id = %(book)s AND %(offers)s ORDER BY v.name, v.id LIMIT %(vendors)s
) UNION ALL (
    SELECT true, s.id, s.name, p.due_on FROM transactions_subscription s
    LEFT JOIN transactions_subscriptionpayment p
        ON p.subscription_id = s.id AND p.transaction_id = %(id)s
    WHERE s.book_id = %(book)s
        AND (p.id IS NOT NULL OR %(offers)s AND s.account_id = ANY(%(accounts)s))
    ORDER BY p.due_on, s.name, s.id LIMIT %(subscriptions)s
)
"""


def beside(book_id: UUID, row: dict[str, Any], *, offers: bool) -> Beside:
    """Return what stands beside a transaction, in one statement; without what it `offers` or with.

    What it paid is told either way.
    """
    wanted = {
        "book": book_id,
        "id": row["id"],
        "accounts": [UUID(entry["account"]) for entry in own_entries(row)],
        "offers": offers,
        "vendors": MOST_VENDORS,
        "subscriptions": MOST_SUBSCRIPTIONS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, wanted)
        found = cursor.fetchall()
    paid = [Paid(id, name, due_on) for _, id, name, due_on in found if due_on is not None]
    return Beside(
        vendors=sorted((name for is_one, _, name, _ in found if not is_one), key=str.casefold),
        subscriptions=sorted(
            ((id, name) for is_one, id, name, _ in found if is_one),
            key=lambda one: (one[1].casefold(), one[0]),
        ),
        paid=paid[0] if paid else None,
    )
