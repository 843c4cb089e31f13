"""Where subscriptions stand: what is due next, what was missed, what it costs a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import AccountType
from buffet import money
from transactions.models import Subscription
from transactions.queries.subscribed import begun, is_paid, settled
from transactions.recurring import Schedule

#: How many days after its due date a payment may come before it is missed.
GRACE_DAYS = 5
MOST_MISSED = 12
RECENT = 12
STATUSES = ("upcoming", "active", "missed", "ended")


@dataclass(frozen=True, slots=True)
class Payment:
    """What a linked transaction paid: positive when it goes the way that the subscription does."""

    transaction_id: UUID
    due_on: date
    date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The last payment was not what was expected: the amounts, and the first day of the new one."""

    before: Decimal
    after: Decimal
    since: date

    @property
    def percent(self) -> Decimal:
        """Return by how many hundredths it rose, with two decimals."""
        return ((self.after - self.before) * 100 / self.before).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription as of a day, with what follows from its payments.

    `missed` are the due dates more than five days past without a payment, as far back as the last
    one paid before them: the latest twelve. `next_due_on` is the first unpaid due date from the day
    on; when there is none, the oldest unpaid one; None when all is paid. `status` is `upcoming`
    before the first due date, `ended` when nothing falls due any more, else `missed` if something
    was, else `active`. `monthly_burn` is the amount per month of a year, in its currency;
    `payments` are the latest twelve, by their due dates from the last.
    """

    subscription: Subscription
    status: str
    next_due_on: date | None
    missed: tuple[date, ...]
    payments: tuple[Payment, ...]
    price_change: PriceChange | None
    monthly_burn: Decimal

    @property
    def last_payment(self) -> Payment | None:
        """Return the payment of the latest due date."""
        return self.payments[0] if self.payments else None

    @property
    def runs(self) -> bool:
        """Whether it costs something at the time."""
        return self.status in ("active", "missed")


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment to come; its amount is signed as it will move the account."""

    subscription_id: UUID
    name: str
    due_on: date
    amount: Decimal
    currency: str
    account_id: UUID
    category_id: UUID | None
    vendor_id: UUID | None


@dataclass(frozen=True, slots=True)
class Burn:
    """What the running subscriptions of a currency come to per month: out, in, and of which."""

    currency: str
    expenses: Decimal
    income: Decimal
    rows: tuple[Standing, ...]


# What a payment moved on the account that pays; on the first of its real accounts if that is
# another by now.
_MOVED = """
    SELECT coalesce(
        sum(e.amount) FILTER (WHERE e.account_id = transactions_subscription.account_id),
        (array_agg(e.amount ORDER BY e.id))[1], 0
    )::text
    FROM transactions_entry e
    JOIN accounts_account a ON a.id = e.account_id AND a.type IN ('asset', 'liability')
    WHERE e.transaction_id = p.transaction_id AND e.currency = (
        SELECT own.currency FROM accounts_account own
        WHERE own.id = transactions_subscription.account_id
    )
"""
_PAYMENTS = f"""jsonb_build_object(
    'recent', (
        SELECT jsonb_agg(
            jsonb_build_array(p.transaction_id, p.due_on, p.date, ({_MOVED}))
            ORDER BY p.due_on DESC
        ) FROM (
            SELECT * FROM transactions_subscriptionpayment
            WHERE subscription_id = transactions_subscription.id
            ORDER BY due_on DESC LIMIT {RECENT}
        ) AS p
    ),
    'unsettled', (
        SELECT jsonb_agg(p.due_on) FROM transactions_subscriptionpayment p
        WHERE p.subscription_id = transactions_subscription.id AND p.due_on >= %s
    ),
    'settled', (
        SELECT max(p.due_on) FROM transactions_subscriptionpayment p
        WHERE p.subscription_id = transactions_subscription.id AND p.due_on < %s
    )
)"""


def of_book(book_id: UUID, today: date) -> QuerySet[Subscription]:
    """Return a book's subscriptions with all that `standing` reads, in one statement."""
    rows = Subscription.objects.filter(book_id=book_id)
    horizon = today - timedelta(days=GRACE_DAYS)
    return rows.select_related("account", "category", "vendor").annotate(
        paid=RawSQL(_PAYMENTS, (horizon, horizon), output_field=JSONField())
    )


def standing(subscription: Subscription, today: date) -> Standing:
    """Return where a subscription of `of_book` stands on the day that was asked for there."""
    schedule = subscription.schedule
    paid: dict[str, Any] = vars(subscription)["paid"]
    recent = [_payment(row, sign_of(subscription)) for row in paid["recent"] or ()]
    unsettled = {date.fromisoformat(day) for day in paid["unsettled"] or ()}
    settled = paid["settled"] and date.fromisoformat(paid["settled"])
    begin, horizon = _unsettled(schedule, settled), today - timedelta(days=GRACE_DAYS)
    missed = tuple(schedule.latest(begin, horizon - timedelta(days=1), MOST_MISSED))
    next_due_on = schedule.first_from(today, unsettled)
    if next_due_on is None:
        next_due_on = missed[0] if missed else schedule.first_from(max(begin, horizon), unsettled)
    if today < schedule.starts_on:
        status = "upcoming"
    elif schedule.first_from(today) is None:
        status = "ended"
    else:
        status = "missed" if missed else "active"
    currency = subscription.account.currency
    return Standing(
        subscription=subscription,
        status=status,
        next_due_on=next_due_on,
        missed=missed,
        payments=tuple(recent),
        price_change=_price_change(subscription.amount, recent),
        monthly_burn=money.round_to(schedule.per_month(subscription.amount), currency),
    )


def _unsettled(schedule: Schedule, settled: date | None) -> date:
    """Return the first day on which a payment may be due that was not made."""
    begin = schedule.starts_on
    return begin if settled is None else max(begin, settled + timedelta(days=1))


def sign_of(subscription: Subscription) -> int:
    """Return 1 for what comes into the account, -1 for what goes out."""
    category = subscription.category
    return 1 if category is not None and category.type == AccountType.INCOME else -1


def _payment(row: list[str], sign: int) -> Payment:
    transaction, due_on, day, moved = row
    return Payment(
        UUID(transaction),
        date.fromisoformat(due_on),
        date.fromisoformat(day),
        sign * Decimal(moved),
    )


def _price_change(amount: Decimal, recent: list[Payment]) -> PriceChange | None:
    """Return how the last payment differs from the amount, or else from the payment before it.

    A subscription whose amount is what was paid twice running has no news.
    """
    if not recent or recent[0].amount <= 0:
        return None
    after = recent[0].amount
    same = 1
    while same < len(recent) and recent[same].amount == after:
        same += 1
    since = recent[same - 1].date
    if after != amount:
        return PriceChange(amount, after, since)
    if same == 1 and len(recent) > 1 and recent[1].amount > 0:
        return PriceChange(recent[1].amount, after, since)
    return None


@dataclass(frozen=True, slots=True)
class Missed:
    """A payment that was expected and has not come; signed as it would move the account."""

    subscription_id: UUID
    name: str
    due_on: date
    days_late: int
    amount: Decimal
    currency: str
    account_id: UUID
    account: str


def missed(
    book_id: UUID, today: date, first: date | None = None, last: date | None = None
) -> list[Missed]:
    """Return what running subscriptions missed, the oldest first, in one statement.

    As `standing` tells it of each; of a span of days if one is said.
    """
    found = [
        _missed(row, due_on, today)
        for row in of_book(book_id, today)
        if (one := standing(row, today)).status == "missed"
        for due_on in one.missed
        if (first is None or first <= due_on) and (last is None or due_on <= last)
    ]
    return sorted(found, key=_in_order)


def missed_among(rows: Iterable[Subscription], today: date) -> list[Missed]:
    """Return the same of subscriptions that `begun` read, from days before the grace on."""
    horizon = today - timedelta(days=GRACE_DAYS)
    found = [
        _missed(row, due_on, today)
        for row in rows
        if row.starts_on <= today and row.schedule.first_from(today) is not None
        for due_on in row.schedule.latest(
            _unsettled(row.schedule, settled(row, horizon)),
            horizon - timedelta(days=1),
            MOST_MISSED,
        )
    ]
    return sorted(found, key=_in_order)


def _in_order(one: Missed) -> tuple[date, str, UUID]:
    return one.due_on, one.name, one.subscription_id


def _missed(row: Subscription, due_on: date, today: date) -> Missed:
    return Missed(
        subscription_id=row.id,
        name=row.name,
        due_on=due_on,
        days_late=(today - due_on).days,
        amount=sign_of(row) * money.round_to(row.amount, row.account.currency),
        currency=row.account.currency,
        account_id=row.account_id,
        account=row.account.name,
    )


def upcoming(book_id: UUID, first: date, last: date) -> list[Expected]:
    """Return the unpaid due dates of a book's subscriptions from one day to another, in order.

    In one statement, however many there are; of one day by name.
    """
    return expected(begun(book_id, first, last), first, last)


def expected(rows: Iterable[Subscription], first: date, last: date) -> list[Expected]:
    """Return the same of subscriptions that have been read with what was paid in these days."""
    found = [
        Expected(
            subscription_id=row.id,
            name=row.name,
            due_on=due_on,
            amount=sign_of(row) * money.round_to(row.amount, row.account.currency),
            currency=row.account.currency,
            account_id=row.account_id,
            category_id=row.category_id,
            vendor_id=row.vendor_id,
        )
        for row in rows
        for due_on in row.schedule.between(first, last)
        if not is_paid(row, due_on)
    ]
    return sorted(found, key=lambda one: (one.due_on, one.name, one.subscription_id))


def burn(book_id: UUID, today: date) -> list[Burn]:
    """Return what the running subscriptions cost and bring per month, by currency."""
    rows = of_book(book_id, today).order_by("name", "id")
    return burn_of(standing(row, today) for row in rows)


def burn_of(rows: Iterable[Standing]) -> list[Burn]:
    """Return what those that run of some subscriptions cost and bring per month, by currency.

    Each sum is rounded once, at its end: it may differ by a cent from the sum of rounded rows.
    """
    by_currency: dict[str, list[Standing]] = {}
    for one in rows:
        if one.runs:
            by_currency.setdefault(one.subscription.account.currency, []).append(one)
    return [
        Burn(
            currency=currency,
            expenses=_sum(rows, -1, currency),
            income=_sum(rows, 1, currency),
            rows=tuple(rows),
        )
        for currency, rows in sorted(by_currency.items())
    ]


def _sum(rows: list[Standing], sign: int, currency: str) -> Decimal:
    chosen = [one.subscription for one in rows if sign_of(one.subscription) == sign]
    exact = sum((row.schedule.per_month(row.amount) for row in chosen), Decimal(0))
    return money.round_to(exact, currency)
