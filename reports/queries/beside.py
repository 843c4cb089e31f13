"""What the page of a transaction offers beside it, in one statement.

Vendors, subscriptions that it may have paid, what may be its other side, what was merged into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from buffet.money import Money
from reports.queries.import_list import MOST_VENDORS
from reports.queries.other_sides import SIDES, OtherSide, asked_of
from transactions.queries.merged import FROM_HISTORY
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
class MergedInto:
    """What was merged into a transaction last: a row of an account."""

    id: UUID
    description: str
    date: date
    account: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Names of vendors, subscriptions of the transaction's accounts, and which of them it paid.

    `sides` are the transactions that may be its other side.
    """

    vendors: Sequence[str]
    subscriptions: Sequence[tuple[UUID, str]]
    paid: Paid | None
    sides: Sequence[OtherSide]
    merged: MergedInto | None


_NOTHING = "NULL::uuid, NULL::text, NULL::numeric, NULL::text, NULL::boolean"
_BESIDE = f"""
(
    SELECT 'vendor', v.id, v.name, NULL::date, {_NOTHING} FROM transactions_vendor v
    WHERE v.book_id = %(book)s AND %(offers)s ORDER BY v.name, v.id LIMIT %(vendors)s
) UNION ALL (
    SELECT 'subscription', s.id, s.name, p.due_on, {_NOTHING} FROM transactions_subscription s
    LEFT JOIN transactions_subscriptionpayment p
        ON p.subscription_id = s.id AND p.transaction_id = %(id)s
    WHERE s.book_id = %(book)s
        AND (p.id IS NOT NULL OR %(offers)s AND s.account_id = ANY(%(accounts)s))
    ORDER BY p.due_on, s.name, s.id LIMIT %(subscriptions)s
) UNION ALL (
    SELECT 'merged', gone.pgh_obj_id, gone.description, gone.date, a.id, a.name, NULL, NULL, NULL
    {FROM_HISTORY} AND e.transaction_id = %(id)s AND %(is_transfer)s
    ORDER BY e.pgh_id DESC LIMIT 1
) UNION ALL ({SIDES})
"""


def beside(book_id: UUID, row: dict[str, Any], *, offers: bool, may_unite: bool = False) -> Beside:
    """Return what stands beside a transaction; without what it `offers` or with.

    What it paid is told either way; what it may be united with, or separated from, if that may be.
    """
    wanted = {
        "book": book_id,
        "id": row["id"],
        "accounts": [UUID(entry["account"]) for entry in own_entries(row)],
        "offers": offers,
        "is_transfer": may_unite and row["kind"] == "transfer",
        "vendors": MOST_VENDORS,
        "subscriptions": MOST_SUBSCRIPTIONS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, wanted | asked_of(row, offers=may_unite))
        found: dict[str, list[Any]] = {
            kind: [] for kind in ("vendor", "subscription", "merged", "side")
        }
        for kind, *told in cursor.fetchall():
            found[kind].append(told)
    subscriptions = [(id, name, due_on) for id, name, due_on, *_ in found["subscription"]]
    paid = [Paid(*one) for one in subscriptions if one[2] is not None]
    merged = [MergedInto(id, text, day, name) for id, text, day, _, name, *_ in found["merged"]]
    return Beside(
        vendors=sorted((name for _, name, *_ in found["vendor"]), key=str.casefold),
        subscriptions=sorted(
            ((id, name) for id, name, _ in subscriptions),
            key=lambda one: (one[1].casefold(), one[0]),
        ),
        paid=paid[0] if paid else None,
        sides=[
            OtherSide(id, day, text, account_id, account, Money(amount, currency), stays)
            for id, text, day, account_id, account, amount, currency, stays in found["side"]
        ],
        merged=merged[0] if merged else None,
    )
