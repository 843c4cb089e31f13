"""The demo household with what it lacks: what its reports and journals could stumble over."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bookkeeping import Bookkeeper
from conftest import Api
from django.db import connection
from django.test import Client, override_settings
from emptying import empty
from recounting import Recount, read

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.demo import loading
from buffet.models import Book, User
from reports.journals import journal
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry

TODAY = date(2026, 11, 23)
MD5 = "django.contrib.auth.hashers.MD5PasswordHasher"


@dataclass
class Home:
    """The book, its API and pages, and its journal as beancount counts it."""

    book: Book
    api: Api
    journals: dict[str, str]
    recount: Recount

    def get(self, path: str) -> Any:
        """Ask the API and return what it says."""
        answer = self.api.get(path)
        assert answer.status_code == 200, (path, answer.content)
        return answer.json()

    def page(self, path: str) -> Any:
        """Ask for a page as somebody signed in."""
        answer = self.api.client.get(path)
        assert answer.status_code == 200, path
        return answer

    def begin_months_on(self, day: int) -> None:
        """Have months of reports begin on a day."""
        answer = self.api.patch(f"/books/{self.book.id}", {"month_start_day": day})
        assert answer.status_code == 200, answer.content

    def ids(self, *names: str) -> str:
        """Return the ids of accounts by name, as an address lists them."""
        by_name = {one.name: id for id, one in self.recount.accounts.items()}
        return ",".join(by_name[name] for name in names)


@contextmanager
def at_home() -> Iterator[Home]:
    """Load the household, kept until the end as if somebody used it, and export its journals."""
    try:
        with override_settings(PASSWORD_HASHERS=[MD5]):
            book = loading.load(TODAY)
            person = User.objects.get(email=loading.PERSON)
            _more(book, Actor(person.id, "api", email=person.email))
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            client = Client()
            sent = {"email": loading.PERSON, "password": loading.PASSWORD}
            api = Api(client, Api(client).post("/auth/token", sent).json()["access"])
            client.force_login(person)
        journals = {
            format: "".join(journal(book, format, asserting=True))
            for format in ("beancount", "hledger")
        }
        yield Home(book, api, journals, read(journals["beancount"]))
    finally:
        empty()


def _more(book: Book, by: Actor) -> None:
    """Add refunds, deep and archived categories, other currencies, ends of months, odd names."""
    keeper = Bookkeeper(book, by)
    known = {one.name: one for one in Account.objects.filter(book=book)}
    opened = {"opened_on": date(2026, 1, 1)}
    euros = keeper.open(
        "Euro; [2026-02-03] | 100%", "savings", "EUR", opening_balance=Decimal("812.35"), **opened
    )
    yen = keeper.open("現金", "cash", "JPY", opening_balance=Decimal(90000), **opened)
    debt = keeper.open("Loan!", "loan", "USD", opening_balance=Decimal("-2500.55"), **opened)
    other = keeper.open("loan?", "loan", "USD", **opened)
    old = keeper.open('Old "☕" \\ account', "checking", "BRL", **opened)
    keeper.open("Never used", "other", "USD")

    def category(name: str, parent: Account | None = None, type: str = "expense") -> Account:
        return chart.create_category(
            book=book, by=by, name=name, type=type, parent_id=parent.id if parent else None
        )

    organic = category("Organic: é, ß & ünïcode", known["Groceries"])
    deeper = category("ǆ deeper", organic)
    gone = category("Gone", known["Leisure"])
    checking, card, dollars = (known[name] for name in ("Nubank", "Visa Platinum", "Dollars"))
    vendor = ledger.create_vendor(book=book, by=by, name='A | "B"; \\n').id

    def move(account: Account, day: date, amount: str, of: Account | None, **more: Any) -> UUID:
        return keeper.move(account, day, amount, category_id=of.id if of else None, **more)

    # Months and years as they end and begin, also those that begin on the 25th.
    for month in range(1, 11):
        for day in (1, 24, 25, 28):
            move(checking, date(2026, month, day), f"-{month}.{day:02}", organic)
    move(checking, date(2025, 12, 31), "-31.12", deeper, description="(bracket) ; * ! =")
    move(checking, date(2026, 2, 28), "-28.02", known["Food"], notes="date:2020-01-01\n[2020/1/1]")
    move(card, date(2026, 3, 31), "-77.70", gone, vendor_id=vendor, status="reconciled")
    # More came back than was spent, and on a card.
    move(card, date(2026, 6, 10), "455.01", known["Flights"], description="Refund")
    move(checking, date(2026, 4, 2), "19.90", gone, description='Back "again" \\ "')
    # The same category in four currencies, and income to send back.
    for account, amount in ((euros, "-41.15"), (yen, "-3200"), (dollars, "-0.03"), (debt, "-7.77")):
        move(account, date(2026, 5, 13), amount, known["Hotels"])
        move(account, date(2026, 8, 24), amount, known["Hotels"])
    move(yen, date(2026, 6, 1), "12000", known["Freelance"])
    move(checking, date(2026, 7, 1), "-250.00", known["Freelance"], description="Sent back")
    # Between currencies, and a purchase that one account paid in one and booked in another.
    keeper.move(
        checking, date(2026, 4, 30), "-610.00",
        transfer_to_id=euros.id, transfer_amount=Decimal("99.99"),
    )  # fmt: skip
    keeper.move(debt, date(2026, 9, 30), "-100.00", transfer_to_id=other.id)
    (conversion,) = (one for one in known.values() if one.kind == "conversion")
    parts = (
        (card.id, "-57.30", "BRL", "pending"), (known["Books"].id, "10.00", "USD", "cleared"),
        (conversion.id, "57.30", "BRL", "cleared"), (conversion.id, "-10.00", "USD", "cleared"),
    )  # fmt: skip
    entries = tuple(
        DraftEntry(id, Decimal(amount), currency, status, note="a date:1999-01-01, [2020-02-02]")
        for id, amount, currency, status in parts
    )
    draft = Draft(date=date(2026, 10, 24), description="Abroad | split", entries=entries)
    ledger.record(book=book, by=by, drafts=[draft])
    move(checking, date(2027, 1, 25), "-5.00", organic, description="Dated ahead")
    move(old, date(2026, 2, 2), "10.00", None)
    move(old, date(2026, 2, 24), "-10.00", gone)
    for account in (old, gone):
        chart.archive_account(book=book, by=by, account_id=account.id)
