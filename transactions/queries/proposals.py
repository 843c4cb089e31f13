"""Which transactions look like payments of subscriptions, and why; people decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection

from buffet import money
from buffet.money import Money
from transactions.models import Subscription
from transactions.queries.subscribed import begun, is_paid
from transactions.queries.subscriptions import sign_of

#: How many days back, how far from its due date and from its amount a payment may lie.
DAYS, NEAR_DAYS, NEAR_AMOUNT = 400, 5, Decimal("0.2")
MOST_CANDIDATES, MOST_PROPOSALS = 2000, 200


@dataclass(frozen=True, slots=True)
class Signs:
    """Why a transaction looks like a payment.

    It is of the subscription's vendor, or its description has a name of either (else empty).
    `percent` is by how many hundredths it is more than the `expected` amount, which is positive;
    `days` how many days it lies after the due date.
    """

    of_vendor: bool
    named: str
    percent: Decimal
    expected: Money
    days: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A transaction that may have paid what was due on a day; `score` is out of 100.

    `amount` is signed as it moved the account. `reason` says in words what `signs` are.
    """

    subscription_id: UUID
    name: str
    due_on: date
    transaction_id: UUID
    date: date
    description: str
    amount: Decimal
    currency: str
    score: int
    signs: Signs
    reason: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    subscription_id: UUID
    transaction_id: UUID
    date: date
    description: str
    amount: Decimal
    of_vendor: bool
    named: str


# By account, whose index has the days in order. The latest come, if there are too many.
_CANDIDATES = """
    SELECT DISTINCT ON (t.date, t.id, s.id)
        s.id, t.id, t.date, t.description, e.amount, coalesce(t.vendor_id = s.vendor_id, false),
        CASE WHEN strpos(lower(t.description), lower(s.name)) > 0 THEN s.name
            WHEN strpos(lower(t.description), lower(v.name)) > 0 THEN v.name ELSE '' END
    FROM transactions_subscription s
    LEFT JOIN transactions_vendor v ON v.id = s.vendor_id
    LEFT JOIN accounts_account c ON c.id = s.category_id
    JOIN transactions_entry e ON e.account_id = s.account_id
        AND e.date BETWEEN %(first)s AND %(today)s
        AND e.amount * CASE c.type WHEN 'income' THEN 1 ELSE -1 END
            BETWEEN s.amount * (1 - %(near)s) AND s.amount * (1 + %(near)s)
    JOIN transactions_transaction t ON t.id = e.transaction_id
    WHERE s.book_id = %(book)s AND e.date >= s.starts_on - %(days)s
        AND (t.vendor_id = s.vendor_id OR strpos(lower(t.description), lower(s.name)) > 0
            OR strpos(lower(t.description), lower(v.name)) > 0)
        AND NOT EXISTS (
            SELECT FROM transactions_subscriptionpayment p WHERE p.transaction_id = t.id
        )
    ORDER BY t.date DESC, t.id DESC, s.id, e.id LIMIT %(limit)s
"""


def proposals(book_id: UUID, today: date, days: int = DAYS) -> list[Proposal]:
    """Return the transactions of the last `days` that look like payments, the surest leading.

    They are linked to nothing, at most 5 days from an unpaid due date and 20 % from its amount, on
    the account that pays, and of the vendor or with its or the subscription's name in their
    description. No transaction and no due date comes twice. In two statements.
    """
    rows = begun(book_id, paid_since(today, days), today + _NEAR)
    return proposed(book_id, rows, today, days)


def paid_since(today: date, days: int) -> date:
    """Return from which day on `proposed` has to know what was paid."""
    return today - timedelta(days=days) - _NEAR


def proposed(book_id: UUID, rows: Iterable[Subscription], today: date, days: int) -> list[Proposal]:
    """Return the same, for those who have read the book's subscriptions."""
    first, subscriptions = today - timedelta(days=days), {row.id: row for row in rows}
    found = []
    for one in _candidates(book_id, first, today):
        if (subscription := subscriptions.get(one.subscription_id)) is not None:
            found += _proposed(subscription, one)
    found.sort(key=lambda one: (-one.score, one.date, one.transaction_id, one.due_on))
    return _each_once(found)[:MOST_PROPOSALS]


_NEAR = timedelta(days=NEAR_DAYS)


def _candidates(book_id: UUID, first: date, today: date) -> list[_Candidate]:
    wanted: dict[str, UUID | date | int | Decimal] = {
        "book": book_id,
        "first": first,
        "today": today,
        "limit": MOST_CANDIDATES,
        "near": NEAR_AMOUNT,
        "days": NEAR_DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, wanted)
        return [_Candidate(*row) for row in cursor.fetchall()]


def _proposed(subscription: Subscription, one: _Candidate) -> list[Proposal]:
    """Return the proposals of a transaction: one for each unpaid due date near it."""
    days = subscription.schedule.between(one.date - _NEAR, one.date + _NEAR)
    currency = subscription.account.currency
    return [
        Proposal(
            subscription_id=subscription.id,
            name=subscription.name,
            due_on=due_on,
            transaction_id=one.transaction_id,
            date=one.date,
            description=one.description,
            amount=money.round_to(one.amount, currency),
            currency=currency,
            score=_score(subscription, one, due_on),
            signs=(signs := _signs(subscription, one, due_on)),
            reason=_reason(signs),
        )
        for due_on in days
        if not is_paid(subscription, due_on)
    ]


def _signs(subscription: Subscription, one: _Candidate, due_on: date) -> Signs:
    return Signs(
        of_vendor=one.of_vendor,
        named=one.named,
        percent=_share(subscription, one) * 100,
        expected=Money(subscription.amount, subscription.account.currency),
        days=(one.date - due_on).days,
    )


def _share(subscription: Subscription, one: _Candidate) -> Decimal:
    """Return by which part of the amount the transaction's is more."""
    return sign_of(subscription) * one.amount / subscription.amount - 1


def _score(subscription: Subscription, one: _Candidate, due_on: date) -> int:
    """Return how sure it is: 40 for vendor or name, 10 for both, 30 for amount, 20 for the day."""
    known = 40 + 10 * (one.of_vendor and bool(one.named))
    amount = 30 * (1 - abs(_share(subscription, one)) / NEAR_AMOUNT)
    day = 20 * (1 - Decimal(abs((one.date - due_on).days)) / (NEAR_DAYS + 1))
    return int(known + amount + day)


def _reason(signs: Signs) -> str:
    """Return the reason in words: whose payment, how much, when."""
    whose = [
        *(["it is of the same vendor"] if signs.of_vendor else []),
        *([f"its description names {signs.named}"] if signs.named else []),
    ]
    amount = "the amount is the same"
    if signs.percent:
        more = f"{abs(signs.percent):.1f} % {'more' if signs.percent > 0 else 'less'}"
        amount = f"the amount is {more} than {signs.expected}"
    days = f"{abs(signs.days)} day{'' if abs(signs.days) == 1 else 's'}"
    when = f"{days} {'after' if signs.days > 0 else 'before'} it fell due"
    reason = f"{' and '.join(whose)}; {amount}; {when if signs.days else 'on the day'}."
    return reason[0].upper() + reason[1:]


def _each_once(found: list[Proposal]) -> list[Proposal]:
    """Keep the first proposal of each transaction, and of each due date of a subscription."""
    kept: list[Proposal] = []
    seen: set[UUID | tuple[UUID, date]] = set()
    for one in found:
        due = one.subscription_id, one.due_on
        if one.transaction_id not in seen and due not in seen:
            seen |= {one.transaction_id, due}
            kept.append(one)
    return kept
