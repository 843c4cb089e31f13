"""Staff see subscriptions, and change or end them only through the services."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from conftest import PASSWORD, TODAY
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services
from transactions.models import Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    """The browser of staff who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    return client


@pytest.fixture
def rent(book: Book, by: Actor, checking: Account, groceries: Account) -> Subscription:
    """1,500.00 a month since January."""
    return services.create_subscription(
        book=book,
        by=by,
        name="Rent",
        account_id=checking.id,
        category_id=groceries.id,
        amount=Decimal("1500.00"),
        cadence="monthly",
        every=1,
        starts_on=date(2026, 1, 31),
    )


def page(rent: Subscription, verb: str = "change") -> str:
    return reverse(f"admin:transactions_subscription_{verb}", args=[rent.pk])


def form(rent: Subscription, **more: str) -> dict[str, str]:
    """Return what the form sends as it is shown, with some of it changed."""
    return {
        "name": "Rent",
        "amount": "1500.00",
        "cadence": "monthly",
        "every": "1",
        "starts_on": "2026-01-31",
        "account": str(rent.account_id),
        "category": str(rent.category_id),
        "reason": "The contract says so.",
    } | more


def test_the_form_shows_what_is_there(desk: Client, rent: Subscription) -> None:
    said = desk.get(page(rent, "change_subscription")).content.decode()

    for part in ('value="Rent"', 'value="1500.00"', 'value="2026-01-31"', "Checking", "Groceries"):
        assert part in said


def test_what_was_sent_is_changed_and_the_history_says_why(
    desk: Client, rent: Subscription, savings: Account
) -> None:
    sent = form(rent, amount="1600.00", account=str(savings.id), category="", ends_on="2027-01-31")
    answer: Any = desk.post(page(rent, "change_subscription"), sent, follow=True)

    assert answer.status_code == 200
    changed = Subscription.objects.get()
    assert (changed.amount, changed.account_id) == (Decimal("1600.00"), savings.id)
    assert (changed.category_id, changed.ends_on) == (None, date(2027, 1, 31))
    assert (changed.name, changed.starts_on) == ("Rent", date(2026, 1, 31))
    event = changed.events.get()
    assert event.amount == Decimal("1500.00")
    assert event.pgh_context.metadata["reason"] == "The contract says so."
    assert event.pgh_context.metadata["door"] == "admin"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "10.005"}, "2 decimals"),
        ({"amount": "0"}, "more than zero"),
        ({"ends_on": "2025-01-01"}, "starts"),
        ({"reason": ""}, "Say why"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    wrong: dict[str, str], said: str, desk: Client, rent: Subscription
) -> None:
    answer = desk.post(page(rent, "change_subscription"), form(rent, **wrong))

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Subscription.objects.get().events.exists()


def test_another_book_s_account_cannot_be_chosen(
    desk: Client, rent: Subscription, by: Actor
) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    theirs = services.open_account(
        book=other, by=by, today=TODAY, name="Theirs", kind="cash", currency="BRL"
    )

    answer = desk.post(page(rent, "change_subscription"), form(rent, account=str(theirs.id)))

    assert answer.status_code == 400
    assert "Theirs" not in answer.content.decode()
    assert Subscription.objects.get().account_id == rent.account_id


def test_it_ends(desk: Client, rent: Subscription) -> None:
    sent = {"on": "2026-06-30", "reason": "Moved out."}

    assert desk.post(page(rent, "end"), sent).status_code == 302
    assert Subscription.objects.get().ends_on == date(2026, 6, 30)


def test_who_may_only_look_is_offered_no_verb(rent: Subscription) -> None:
    looking = Client()
    looking.force_login(User.objects.create_user("reader@example.com", PASSWORD, is_staff=True))

    for verb in ("change_subscription", "end"):
        sent = form(rent, amount="1.00", on="2026-06-30")
        assert looking.post(page(rent, verb), sent).status_code in (302, 403)
    assert not Subscription.objects.get().events.exists()
