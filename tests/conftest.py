"""The cast of the tests: an owner, a team mate, a viewer and a stranger, around one book."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import contract
import emptying
import orjson
import pytest
from bookkeeping import Bookkeeper
from django.test import Client, TransactionTestCase
from django.utils import timezone
from raw import Beside
from wallet import Wallet

from accounts import services as chart
from accounts.models import Account, CreditCard
from buffet import services
from buffet.admin import rehearsing
from buffet.audit import Actor
from buffet.models import Book, Membership, Role, User
from invoices import services as cards
from transactions import services as ledger

TODAY = date(2026, 6, 15)
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def beside(django_db_setup: None) -> Iterator[Beside]:
    """A connection beside the one that is tested."""
    made = Beside()
    yield made
    made.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Empty the database after each test that commits in a hundredth of Django's time."""
    with django_db_blocker.unblock():
        emptying.prepare()
    TransactionTestCase._fixture_teardown = lambda self: emptying.empty()


@pytest.fixture(autouse=True, scope="session")
def _rehearsals_have_time() -> None:
    """Show what will change on a machine that is busy with other tests, too."""
    rehearsing.PATIENCE = 30.0


@pytest.fixture(autouse=True, scope="session")
def _answers_keep_the_contract() -> Iterator[None]:
    """Hold every answer of the API, whichever test gets it, against its OpenAPI document."""
    with contract.watching():
        yield


@pytest.fixture(autouse=True)
def _quick_settings(settings: Any) -> None:
    """Hash passwords quickly, which was most of the suite's time, and serve files uncollected.

    Staff come without a second factor, but where a test asks for it.
    """
    settings.STAFF_SECOND_FACTOR = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@dataclass(frozen=True, slots=True)
class Api:
    """An HTTP client of the API that sends and reads JSON."""

    client: Client
    token: str = ""
    book: str = ""

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Send a request to `/api/v1` + path and return the response; `.json()` reads it."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if self.book:
            headers.setdefault("X-Book", self.book)
        return self.client.generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else orjson.dumps(body),
            content_type="application/json",
            headers=headers,
        )

    def get(self, path: str, **headers: str) -> Any:
        """Send a GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        """Send a POST."""
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: object, **headers: str) -> Any:
        """Send a PATCH."""
        return self("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        """Send a DELETE."""
        return self("DELETE", path, **headers)


@pytest.fixture
def book(db: None) -> Book:
    """A book in reais, kept in São Paulo."""
    return Book.objects.create(name="Household", base_currency="BRL", time_zone="America/Sao_Paulo")


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """A maker of people: `person("name", book, role)`."""

    def make(name: str, book: Book | None = None, role: str = Role.OWNER) -> User:
        user = User.objects.create_user(f"{name}@example.com", PASSWORD, name=name.title())
        if book is not None:
            Membership.objects.create(book=book, user=user, role=role)
            user.default_book = book
            user.save()
        return user

    return make


@pytest.fixture
def owner(person: Callable[..., User], book: Book) -> User:
    """The book's owner."""
    return person("owner", book)


@pytest.fixture
def by(owner: User) -> Actor:
    """The owner as the history names them."""
    return Actor(owner.id, "api", email=owner.email)


@pytest.fixture
def keeper(book: Book, by: Actor) -> Bookkeeper:
    """Who keeps the book."""
    return Bookkeeper(book, by)


@pytest.fixture
def page(client: Client, owner: User) -> Callable[..., Any]:
    """The owner's browser, signed in: `page("/cards")` returns the answer."""
    client.force_login(owner)
    return client.get


@pytest.fixture
def checking(book: Book, by: Actor) -> Account:
    """A checking account in reais."""
    return ledger.open_account(
        book=book, by=by, today=TODAY, name="Checking", kind="checking", currency="BRL"
    )


@pytest.fixture
def savings(book: Book, by: Actor) -> Account:
    """A savings account in reais."""
    return ledger.open_account(
        book=book, by=by, today=TODAY, name="Savings", kind="savings", currency="BRL"
    )


@pytest.fixture
def dollars(book: Book, by: Actor) -> Account:
    """A savings account in dollars."""
    return ledger.open_account(
        book=book, by=by, today=TODAY, name="Dollars", kind="savings", currency="USD"
    )


@pytest.fixture
def groceries(book: Book, by: Actor) -> Account:
    """A category for expenses."""
    return chart.create_category(book=book, by=by, name="Groceries", type="expense")


@pytest.fixture
def salary(book: Book, by: Actor) -> Account:
    """A category for income."""
    return chart.create_category(book=book, by=by, name="Salary", type="income")


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Api]:
    """Give a user a session with the API: `sign_in(user)` returns their client."""

    def make(user: User, **more: str) -> Api:
        # As `/auth/token` does once it knows who asks, in a fifth of its time.
        return Api(client, services.open_session(user).access, **more)

    return make


@pytest.fixture
def api(owner: User, sign_in: Callable[..., Api]) -> Api:
    """The owner's API client."""
    return sign_in(owner)


@pytest.fixture
def issue(book: Book, by: Actor, checking: Account) -> Callable[..., CreditCard]:
    """A maker of cards that closed three days ago and are due in five, paid from checking."""

    today = book.day(timezone.now())

    def make(name: str = "Platinum", **more: Any) -> CreditCard:
        given = {
            "currency": "BRL",
            "limit": Decimal("5000.00"),
            "closing_day": (today - timedelta(days=3)).day,
            "due_day": (today + timedelta(days=5)).day,
            "paying_account_id": checking.id,
            **more,
        }
        return cards.create_card(book=book, by=by, today=today, name=name, **given)

    return make


@pytest.fixture
def wallet(book: Book, by: Actor, issue: Any) -> Wallet:
    """A visa card with a purchase of 120.00 on the statement that closed last."""
    card = issue(brand="visa", last_four="4412")
    found = Wallet(Bookkeeper(book, by), card, book.day(timezone.now()))
    found.buy(10, "120.00", description="Market")
    return found
