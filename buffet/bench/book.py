"""A book of any size, loaded through COPY with every guarantee on."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import ExchangeRate
from buffet import services
from buffet.audit import Actor, writing
from buffet.models import Book, User
from transactions import services as ledger

MONTHS, ACCOUNTS, CATEGORIES, VENDORS = 60, 20, 30, 40
EMAIL = "bench@example.com"
SEED = 7


@dataclass(frozen=True, slots=True)
class Loaded:
    """A loaded book: whose it is, where its money is, and how long the COPY took."""

    user: User
    book: Book
    accounts: list[UUID]
    categories: list[UUID]
    vendors: list[UUID]
    seconds: float


def load(size: int, today: date) -> Loaded:
    """Make a book of `size` transactions over five years up to `today`."""
    user = User.objects.create_user(EMAIL, None, name="Bench")
    by = Actor(user.id, "command", email=EMAIL)
    book = services.create_book(
        by=by, user_id=user.id, name="Bench", base_currency="BRL", time_zone="UTC"
    )
    user.refresh_from_db()
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            base="EUR", quote=quote, on=today - timedelta(days=ago), rate=rate, source="bench"
        )
        for ago in range(0, 30 * MONTHS + 40, 7)
        for quote, rate in (("BRL", Decimal("5.9")), ("USD", Decimal("1.1")))
    )
    return furnish(user, book, by, size, today)


def furnish(user: User, book: Book, by: Actor, size: int, today: date) -> Loaded:
    """Give a book accounts, categories and vendors, and `size` transactions of five years."""
    # The last two accounts are in dollars.
    accounts = [
        ledger.open_account(
            book=book,
            by=by,
            today=today,
            name=f"Account {number:02}",
            kind="checking",
            currency="USD" if number > ACCOUNTS - 2 else "BRL",
            opened_on=today - timedelta(days=30 * MONTHS),
            opening_balance=Decimal("1000.00"),
        ).id
        for number in range(1, ACCOUNTS + 1)
    ]
    categories = [
        chart.create_category(book=book, by=by, name=f"Category {number:02}", type="expense").id
        for number in range(CATEGORIES)
    ]
    vendors = [
        ledger.create_vendor(book=book, by=by, name=f"Vendor {number:02}").id
        for number in range(VENDORS)
    ]
    with connection.cursor() as cursor:
        # Loading is no request: it may take longer than one may.
        cursor.execute("SET statement_timeout = 0")
    begun = time.perf_counter()
    money = [(id, "USD" if place >= ACCOUNTS - 2 else "BRL") for place, id in enumerate(accounts)]
    with writing(book.id, by=by):
        copy_purchases(book.id, size, today, 30 * MONTHS, money, categories, vendors)
    seconds = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    return Loaded(user, book, accounts, categories, vendors, seconds)


def copy_purchases(
    book_id: UUID,
    size: int,
    today: date,
    days: int,
    accounts: list[tuple[UUID, str]],
    categories: list[UUID],
    vendors: list[UUID],
) -> None:
    """Copy so many purchases of the last `days` in, from accounts that each have a currency."""
    chance = random.Random(SEED)
    rows = [(uuid7(), today - timedelta(days=chance.randrange(days))) for _ in range(size)]
    with atomic(), connection.cursor() as cursor:
        columns = "id, book_id, date, description, vendor_id, notes, source"
        with cursor.copy(f"COPY transactions_transaction ({columns}) FROM STDIN") as copy:
            for number, (id, day) in enumerate(rows):
                vendor = vendors[number % len(vendors)]
                copy.write_row((id, book_id, day, f"Purchase {number}", vendor, "", "import"))
        columns = (
            "id, book_id, transaction_id, account_id, date, currency, amount, status, "
            "external_id, note"
        )
        with cursor.copy(f"COPY transactions_entry ({columns}) FROM STDIN") as copy:
            for row in _entries(book_id, rows, accounts, categories, chance):
                copy.write_row(row)


def _entries(
    book_id: UUID,
    rows: list[tuple[UUID, date]],
    accounts: list[tuple[UUID, str]],
    categories: list[UUID],
    chance: random.Random,
) -> Iterator[tuple[object, ...]]:
    for number, (id, day) in enumerate(rows):
        account, currency = accounts[chance.randrange(len(accounts))]
        amount = Decimal(-chance.randrange(100, 50_000)).scaleb(-2)
        category = categories[chance.randrange(len(categories))]
        own = (id, account, day, currency, amount, "cleared", f"bank-{number}", "")
        other = (id, category, day, currency, -amount, "cleared", "", "")
        yield uuid7(), book_id, *own
        yield uuid7(), book_id, *other
