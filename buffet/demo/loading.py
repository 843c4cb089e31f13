"""Put the demo household into an empty database, through the services people use."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from accounts import services as chart
from accounts.models import BilledAs, ExchangeRate
from buffet import roles, services
from buffet.audit import Actor
from buffet.demo import household, points, rules, statements
from buffet.models import Book, User
from invoices import services as invoices
from invoices.models import InvoiceChange
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry
from transactions.recurring import Cadence

PERSON, STAFF, PASSWORD = "demo@example.com", "staff@example.com", "buffet-demo"
ZONE = "America/Sao_Paulo"


def load(today: date) -> Book:
    """Make the demo's people, their book, its rates and three years of transactions."""
    person = User.objects.create_user(PERSON, PASSWORD, name="Ana Demo")
    staff = User.objects.create_user(STAFF, PASSWORD, name="Staff", is_staff=True)
    roles.give(staff.id, roles.ADMINISTRATOR)
    by = Actor(person.id, "command", email=person.email)
    book = services.create_book(
        by=by, user_id=person.id, name="Household", base_currency="BRL", time_zone=ZONE
    )
    ExchangeRate.objects.bulk_create(
        ExchangeRate(base="EUR", quote=quote, on=day, rate=rate, source="demo")
        for day, quote, rate in household.rates(today)
    )
    rows = household.rows(today)
    ids = _accounts(book, by, rows[0].date) | _categories(book, by)
    vendors = _vendors(book, by, rows)
    drafts = [_draft(row, ids, vendors) for row in rows]
    made: list[UUID] = []
    for start in range(0, len(drafts), 1000):
        made += ledger.record(book=book, by=by, drafts=drafts[start : start + 1000])
    for description, name in household.SUBSCRIPTIONS.items():
        paid = [pair for pair in zip(rows, made, strict=True) if pair[0].description == description]
        _subscribe(book, by, name, paid, ids, vendors)
    _cards(book, by, today, ids, vendors)
    rules.make(book, by, ids, vendors)
    points.value(book, by, rows[0].date, today, ids)
    _close(book, by, rows[0].date, today)
    points.compare(book, by, rows[0].date, today, ids)
    statements.bring(book, by, today, ids, rows)
    return book


def _accounts(book: Book, by: Actor, first: date) -> dict[str, UUID]:
    brokers: dict[str | None, UUID | None] = {None: None}
    found = {}
    for name, (kind, currency, broker, opening) in household.ACCOUNTS.items():
        if broker not in brokers:
            brokers[broker] = chart.create_broker(book=book, by=by, name=str(broker)).id
        found[name] = ledger.open_account(
            book=book,
            by=by,
            today=first,
            name=name,
            kind=kind,
            currency=currency,
            broker_id=brokers[broker],
            opened_on=first.replace(day=1),
            opening_balance=Decimal(opening),
        ).id
    return found


def _categories(book: Book, by: Actor) -> dict[str, UUID]:
    found = {}
    for name, (type, below) in household.CATEGORIES.items():
        top = chart.create_category(book=book, by=by, name=name, type=type)
        found[name] = top.id
        for sub in below:
            billed_as = BilledAs.FEE if sub == household.CARD_FEES else BilledAs.PURCHASE
            category = chart.create_category(
                book=book, by=by, name=sub, type=type, parent_id=top.id, billed_as=billed_as
            )
            found[sub] = category.id
    return found


def _vendors(book: Book, by: Actor, rows: list[household.Row]) -> dict[str, UUID]:
    named = [*(row.vendor for row in rows), *(plan.vendor for plan in household.PLANS)]
    names = filter(None, dict.fromkeys(named))
    return {name: ledger.create_vendor(book=book, by=by, name=name).id for name in names}


def _draft(row: household.Row, ids: dict[str, UUID], vendors: dict[str, UUID]) -> Draft:
    entries: tuple[DraftEntry, ...] = ()
    if row.parts:
        currency = household.ACCOUNTS[row.account][1]
        entries = (
            DraftEntry(ids[row.account], row.amount, currency, row.status),
            *(DraftEntry(ids[name], amount, currency) for name, amount in row.parts),
        )
    return Draft(
        date=row.date,
        description=row.description,
        account_id=None if entries else ids[row.account],
        amount=None if entries else row.amount,
        category_id=ids.get(row.category),
        transfer_to_id=ids.get(row.to),
        transfer_amount=row.arrives,
        vendor_id=vendors.get(row.vendor),
        status=row.status,
        entries=entries,
    )


def _subscribe(
    book: Book,
    by: Actor,
    name: str,
    paid: list[tuple[household.Row, UUID]],
    ids: dict[str, UUID],
    vendors: dict[str, UUID],
) -> None:
    """Add a subscription and link the transactions that paid it."""
    first, last = paid[0][0], paid[-1][0]
    subscription = ledger.create_subscription(
        book=book,
        by=by,
        name=name,
        account_id=ids[first.account],
        amount=abs((paid[-13][0] if name == household.RISEN else last).amount),
        cadence=Cadence.MONTHLY,
        starts_on=first.date,
        vendor_id=vendors[first.vendor],
        category_id=ids[first.category],
    )
    linked = paid[:-1] if name == household.UNLINKED else paid
    ledger.link_payments(
        book=book, by=by, subscription_id=subscription.id, paid={id: row.date for row, id in linked}
    )


def _cards(
    book: Book, by: Actor, today: date, ids: dict[str, UUID], vendors: dict[str, UUID]
) -> None:
    """Make cards of the card accounts, and buy in parcels with them."""
    cards = {
        name: invoices.create_card(
            book=book,
            by=by,
            today=today,
            account_id=ids[name],
            brand=card.brand,
            last_four=card.last_four,
            limit=card.limit,
            closing_day=card.closing_day,
            due_day=card.due_day,
            paying_account_id=ids[card.payer],
        ).id
        for name, card in household.CARDS.items()
    }
    for plan in household.PLANS:
        invoices.create_plan(
            book=book,
            by=by,
            card_id=cards[plan.card],
            description=plan.description,
            total=plan.total,
            parcels=plan.parcels,
            purchased_on=plan.bought_on(today),
            category_id=ids[plan.category],
            vendor_id=vendors[plan.vendor],
        )
    # Bought when it says, and not when the demo was made: no statement changed after it closed.
    InvoiceChange.objects.filter(book=book).delete()


def _close(book: Book, by: Actor, first: date, today: date) -> None:
    """Close the months that ended more than a year ago."""
    month = first.replace(day=1)
    while month < (today - timedelta(days=395)).replace(day=1):
        ledger.close_month(book=book, by=by, month=month, today=today)
        month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def is_ours() -> bool:
    """Whether the demo is what the database holds."""
    return User.objects.filter(email=PERSON).exists()
