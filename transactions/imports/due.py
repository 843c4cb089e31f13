"""Which new lines pay what fell due of a subscription."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from transactions.imports.scope import MOST, OPEN, Scope
from transactions.models import Subscription, SubscriptionPayment
from transactions.queries.proposals import NEAR_AMOUNT, NEAR_DAYS

_NEAR = timedelta(days=NEAR_DAYS)

#: Lines of the account about whose amount there is a subscription: the same amount, or one that is
#: near while the text names the subscription or its vendor.
_CANDIDATES = f"""
SELECT l.id, l.date, s.id
FROM transactions_subscription s LEFT JOIN transactions_vendor v ON v.id = s.vendor_id
LEFT JOIN accounts_account c ON c.id = s.category_id
JOIN transactions_importline l
    ON l.amount * CASE c.type WHEN 'income' THEN 1 ELSE -1 END
        BETWEEN s.amount * (1 - %(near)s::numeric) AND s.amount * (1 + %(near)s::numeric)
WHERE s.book_id = %(book)s AND s.account_id = %(account)s AND {OPEN} AND NOT l.is_pending
    AND l.date >= s.starts_on - 5 AND (s.ends_on IS NULL OR l.date <= s.ends_on + 5)
    AND (abs(l.amount) = s.amount OR strpos(lower(l.description), lower(s.name)) > 0
        OR strpos(lower(l.description), lower(v.name)) > 0)
ORDER BY l.date, l.number, s.id LIMIT %(most)s
"""
_KEEP = """
UPDATE transactions_importline l
SET reason = 'subscription_due', subscription_id = s.id, due_on = f.due_on,
    category_id = CASE WHEN {category} THEN s.category_id ELSE l.category_id END,
    category_reason = CASE WHEN {category} THEN 'subscription' ELSE l.category_reason END,
    vendor_id = CASE WHEN {vendor} THEN s.vendor_id ELSE l.vendor_id END,
    vendor_reason = CASE WHEN {vendor} THEN 'subscription' ELSE l.vendor_reason END
FROM unnest(%(ids)s::bigint[], %(subscriptions)s::uuid[], %(days)s::date[])
    AS f (id, subscription_id, due_on)
JOIN transactions_subscription s ON s.id = f.subscription_id
WHERE l.id = f.id
""".format(
    category="l.category_reason <> 'chosen' AND s.category_id IS NOT NULL",
    vendor="l.vendor_reason <> 'chosen' AND s.vendor_id IS NOT NULL",
)


@dataclass(frozen=True, slots=True)
class _Due:
    """A line and a due date that it may pay."""

    line_id: int
    subscription_id: UUID
    due_on: date


def recognise(scope: Scope) -> None:
    """Link lines to due dates, where one line and one due date fit nobody else.

    On the account that pays, at most 5 days from an unpaid due date, of the amount; or up to 20 %
    from it where the text names the subscription or its vendor.
    """
    rows = scope.rows(_CANDIDATES, near=Decimal(NEAR_AMOUNT))
    if not rows or len(rows) >= MOST:
        return
    found = _fitting(rows)
    lines = Counter(one.line_id for one in found)
    dues = Counter((one.subscription_id, one.due_on) for one in found)
    clear = [
        one
        for one in found
        if lines[one.line_id] == 1 and dues[one.subscription_id, one.due_on] == 1
    ]
    if clear:
        scope.run(
            _KEEP,
            ids=[one.line_id for one in clear],
            subscriptions=[one.subscription_id for one in clear],
            days=[one.due_on for one in clear],
        )


def _fitting(rows: Sequence[tuple[int, date, UUID]]) -> list[_Due]:
    subscriptions = Subscription.objects.in_bulk({row[2] for row in rows})
    payments = SubscriptionPayment.objects.filter(subscription_id__in=subscriptions)
    paid = set(payments.values_list("subscription_id", "due_on"))
    return [
        _Due(line_id, id, due_on)
        for line_id, day, id in rows
        for due_on in subscriptions[id].schedule.between(day - _NEAR, day + _NEAR)
        if (id, due_on) not in paid
    ]
