"""Staff see a book's bills in a calendar and where they lead, as its people see it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from cards import Cardholder
from conftest import PASSWORD
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from drafting import record

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from reports.queries.forecast import DAYS, forecast
from transactions import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    """The browser of staff who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    return client


@pytest.fixture
def holder(
    book: Book, by: Actor, checking: Account, groceries: Account, salary: Account
) -> Cardholder:
    """A card with 700.00 spent today, an account with 500.00, and a gym every week."""
    today = book.day(timezone.now())
    record(book, by, account=checking, amount="500.00", category=salary, date=today)
    services.create_subscription(
        book=book, by=by, name="Gym", account_id=checking.id, category_id=groceries.id,
        amount=Decimal("90.00"), cadence="weekly", every=1, starts_on=today + timedelta(1),
    )  # fmt: skip
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5)
    holder.spend(str(today), "700.00", groceries)
    return holder


def test_the_calendar_and_the_forecast_are_those_of_the_book(
    desk: Client, book: Book, holder: Cardholder, checking: Account
) -> None:
    today = book.day(timezone.now())
    found = forecast(book.id, today, today + timedelta(DAYS))
    (bill,) = [one for one in found.coming if one.source == "statement"]
    (own,) = found.projections

    start = desk.get(reverse("admin:buffet_book_coming", args=[book.id]))
    assert start.status_code == 302
    now = desk.get(start["Location"]).content.decode()
    due = desk.get(reverse("staff-coming-in", args=[book.id, bill.on.replace(day=1)]))
    said = due.content.decode()

    assert "Gym" in now
    assert own.below_zero is not None
    assert "Below zero on" in now
    lowest = f"{own.lowest.balance:,.2f}".replace("-", "−")
    assert lowest in now
    assert '<path class="line" d="M' in now
    assert reverse("admin:accounts_account_change", args=[checking.id]) in now
    assert reverse("admin:invoices_invoice_change", args=[bill.id]) in said
    assert "700.00" in said
    assert "Forecast" not in said or bill.on.month == today.month


def test_an_empty_book_says_so(desk: Client, book: Book) -> None:
    said = desk.get(reverse("staff-coming", args=[book.id])).content.decode()

    assert "Nothing is due in" in said
    assert "Nothing that is to come moves an account." in said


def test_nothing_but_looking_is_allowed_and_only_to_staff_who_may_see_books(book: Book) -> None:
    address = reverse("staff-coming", args=[book.id])
    outside, inside = Client(), Client()
    outside.force_login(User.objects.create_user("person@example.com", PASSWORD))
    inside.force_login(User.objects.create_user("new@example.com", PASSWORD, is_staff=True))

    assert Client().get(address).status_code == 302
    assert outside.get(address).status_code == 302
    assert inside.get(address).status_code == 403


def test_it_is_only_read(desk: Client, book: Book) -> None:
    address = reverse("staff-coming", args=[book.id])

    assert desk.post(address).status_code == 405
    assert desk.get(address.replace(str(book.id), "0" * 8 + str(book.id)[8:])).status_code == 404
