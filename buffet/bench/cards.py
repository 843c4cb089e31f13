"""What cards and their statements cost, with few entries on them and with many.

The same cards, months and payments; only the number of purchases differs. The statement that is
asked for fills a page at any size: what may grow is the book, not what is shown of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client

from buffet import services as people
from buffet.audit import Actor, writing
from buffet.bench import book as books
from buffet.bench.book import Loaded
from buffet.bench.measuring import spent
from buffet.remembering import forget
from invoices import services
from invoices.models import Invoice
from transactions import services as ledger
from transactions.drafts import Draft

CARDS, DAYS, PAYMENTS = 3, 720, 20
#: How many of the purchases are on the statement that is asked for, at the least.
FULL = 150
#: How many times longer a page may take with a hundred times the entries.
MOST = 1.5
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of request: its CPU in milliseconds, PostgreSQL's with it, and its statements."""

    name: str
    milliseconds: float
    statements: int


def load(size: int, today: date) -> Loaded:
    """Make a book of cards with `size` purchases over two years up to `today`."""
    loaded = books.load(0, today)
    by = Actor(loaded.user.id, "command", email=loaded.user.email)
    cards = [
        services.create_card(
            book=loaded.book,
            by=by,
            today=today,
            name=f"Card {number}",
            currency="BRL",
            closing_day=25,
            due_day=5,
            limit=Decimal("1000000000"),
            paying_account_id=loaded.accounts[0],
        )
        for number in range(CARDS)
    ]
    money = [(card.account_id, "BRL") for card in cards]
    with writing(loaded.book.id, by=by):
        books.copy_purchases(
            loaded.book.id, size - FULL, today, DAYS, money, loaded.categories, loaded.vendors
        )
    ledger.record(
        book=loaded.book,
        by=by,
        drafts=[
            Draft(
                date=today - timedelta(days=30 * month),
                description="Payment",
                account_id=card.account_id,
                amount=Decimal("100.00"),
                transfer_to_id=loaded.accounts[0],
            )
            for month in range(PAYMENTS)
            for card in cards
        ],
    )
    one = _asked_for(loaded.book.id, today)
    ledger.record(
        book=loaded.book,
        by=by,
        drafts=[
            Draft(
                date=one.closes_on - timedelta(days=number % 25),
                description=f"Purchase {number}",
                account_id=one.card.account_id,
                amount=Decimal("-10.00"),
                category_id=loaded.categories[number % len(loaded.categories)],
                vendor_id=loaded.vendors[number % len(loaded.vendors)],
            )
            for number in range(FULL)
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
    return loaded


def _asked_for(book_id: UUID, today: date) -> Invoice:
    """Return the statement of the first card that closed last."""
    rows = Invoice.objects.filter(book_id=book_id, closes_on__lt=today)
    return rows.select_related("card").order_by("card__account__name", "-closes_on")[0]


def measure(loaded: Loaded, today: date) -> list[Asked]:
    """Ask each page and address in turn, some times, and return what the best of them took.

    Nothing is remembered from one request to the next.
    """
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(loaded.user, backend="buffet.passwords.Passwords")
    one = _asked_for(loaded.book.id, today)
    token = people.open_session(loaded.user).access
    api = {"Authorization": f"Bearer {token}"}
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "cards": ("/api/v1/credit-cards", api),
        "statements": ("/api/v1/invoices", api),
        "a statement": (f"/api/v1/invoices/{one.id}", api),
        "its first 100 lines": (f"/api/v1/invoices/{one.id}/lines?limit=100", api),
        "forecast": ("/api/v1/reports/forecast", api),
        "page of cards": ("/cards", {}),
        "page of a statement": (f"/cards/{one.card_id}/{one.month:%Y-%m}", {}),
        "page of what is coming": ("/coming", {}),
    }
    sends = {
        name: lambda path=path, headers=headers: client.get(path, headers=headers)
        for name, (path, headers) in asked.items()
    }
    counts = {name: _statements(name, send) for name, send in sends.items()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pids = [cursor.fetchone()[0]]
    best = dict.fromkeys(sends, float("inf"))
    for _ in range(ROUNDS):
        for name, send in sends.items():
            # As the first request of a process: what a second one costs says nothing of growth.
            forget()
            before = sum(spent(pids))
            send()
            best[name] = min(best[name], (sum(spent(pids)) - before) / 1e6)
    return [Asked(name, best[name], counts[name]) for name in sends]


def _statements(name: str, send: Callable[[], Any]) -> int:
    count = 0

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        answer = send()
    if answer.status_code != 200:
        raise RuntimeError(f"{name}: {answer.status_code} {answer.content[:500]!r}")
    return count


def report(few: list[Asked], many: list[Asked], sizes: tuple[int, int]) -> str:
    """Return the two measurements side by side, as a table."""
    few_name, many_name = (f"{size:,} entries, ms of CPU" for size in sizes)
    lines = [
        f"| {CARDS} cards, {DAYS} days | {few_name} | {many_name} | × (≤ {MOST}) | statements |",
        "|---|---:|---:|---:|---:|",
    ]
    for one, other in zip(few, many, strict=True):
        ratio = other.milliseconds / one.milliseconds
        said = "met" if ratio <= MOST and one.statements == other.statements else "missed"
        same = f"{one.statements}" if one.statements == other.statements else (
            f"{one.statements} → {other.statements}"
        )  # fmt: skip
        lines.append(
            f"| {one.name} | {one.milliseconds:.2f} | {other.milliseconds:.2f} | {ratio:.2f}: "
            f"{said} | {same} |"
        )
    return "\n".join(lines) + "\n"
