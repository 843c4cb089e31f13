"""Put the demo household into an empty database, through the services people use."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from accounts import services as chart
from accounts.models import ExchangeRate
from buffet import services
from buffet.audit import Actor
from buffet.demo import household
from buffet.models import Book, User
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry

PERSON, STAFF, PASSWORD = "demo@example.com", "staff@example.com", "buffet-demo"
ZONE = "America/Sao_Paulo"


def load(today: date) -> Book:
    """Make the demo's people, their book, its rates and three years of transactions."""
    person = User.objects.create_user(PERSON, PASSWORD, name="Ana Demo")
    User.objects.create_superuser(STAFF, PASSWORD, name="Staff")
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
    for start in range(0, len(drafts), 1000):
        ledger.record(book=book, by=by, drafts=drafts[start : start + 1000])
    _close(book, by, rows[0].date, today)
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
            category = chart.create_category(
                book=book, by=by, name=sub, type=type, parent_id=top.id
            )
            found[sub] = category.id
    return found


def _vendors(book: Book, by: Actor, rows: list[household.Row]) -> dict[str, UUID]:
    names = dict.fromkeys(row.vendor for row in rows if row.vendor)
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


def _close(book: Book, by: Actor, first: date, today: date) -> None:
    """Close the months that ended more than a year ago."""
    month = first.replace(day=1)
    while month < (today - timedelta(days=395)).replace(day=1):
        ledger.close_month(book=book, by=by, month=month, today=today)
        month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def is_ours() -> bool:
    """Whether the demo is what the database holds."""
    return User.objects.filter(email=PERSON).exists()
