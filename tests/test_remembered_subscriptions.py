"""Subscriptions are remembered for the forecast until something about them changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import TODAY
from django.db.transaction import atomic, set_rollback
from subscribing import Subscriber

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from buffet.remembering import forget
from reports.queries.forecast import forecast
from transactions import services as ledger
from transactions.models import Subscription
from transactions.queries import subscribed

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = date(2026, 9, 12)


@dataclass
class Household:
    """A club, music, whose payment of June was linked, and rent, which changed after either."""

    keeper: Subscriber
    club: Subscription
    music: Subscription
    rent: Subscription
    paid: UUID

    def told(self) -> list[Any]:
        """Return what is expected of subscriptions."""
        found = forecast(self.keeper.book.id, TODAY, UNTIL).coming
        return [(one.on, one.title, one.amount, one.account_id) for one in found]


@pytest.fixture
def household(book: Book, by: Actor, checking: Account) -> Household:
    keeper = Subscriber(book, by, checking)
    club = keeper.subscribe("Club", amount="5.00")
    music = keeper.subscribe(starts_on=date(2026, 1, 17))
    rent = keeper.subscribe("Rent", amount="900.00")
    (paid,) = keeper.pay(music, date(2026, 6, 15))
    keeper.link(rent, keeper.spend(date(2026, 6, 10), "-900.00"))
    return Household(keeper, club, music, rent, paid)


CHANGES: dict[str, Callable[[Household], object]] = {
    "another": lambda one: one.keeper.subscribe("Gym"),
    "its amount": lambda one: ledger.change_subscription(
        **one.keeper.who, subscription_id=one.music.id, amount=Decimal("25.00")
    ),
    "a payment": lambda one: one.keeper.link(
        one.rent, one.keeper.spend(date(2026, 6, 14), "-900.00"), date(2026, 7, 10)
    ),
    "a payment that is deleted": lambda one: ledger.delete(
        **one.keeper.who, transaction_ids=[one.paid]
    ),
    "that it is deleted": lambda one: ledger.delete_subscription(
        **one.keeper.who, subscription_id=one.club.id
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(household: Household, change: Callable[[Household], object]) -> None:
    before = household.told()

    change(household)

    after = household.told()
    forget()
    assert after == household.told()
    assert after != before


def test_what_is_of_none_leaves_them_as_they_are(household: Household) -> None:
    first, book = date(2026, 6, 5), household.keeper.book.id
    before = subscribed.of_version(book, first, UNTIL, 1)

    assert subscribed.of_version(book, first, UNTIL, 1) is before
    assert subscribed.of_version(book, first, UNTIL, 2) is not before
    assert subscribed.of_version(book, first, UNTIL, None) == ()


def test_what_a_database_transaction_changed_is_not_remembered(household: Household) -> None:
    before = household.told()
    with atomic():
        Subscription.objects.update(amount=Decimal("1.00"))
        within = household.told()
        set_rollback(True)

    assert within != before
    assert household.told() == before
