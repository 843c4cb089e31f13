"""Statements of cards are remembered until something that they follow from changes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from cards import Cardholder
from conftest import TODAY
from django.db.transaction import atomic, set_rollback
from drafting import record

from accounts import services as chart
from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.models import Book
from buffet.remembering import forget
from invoices import services
from invoices.queries import cards, statements
from transactions import services as ledger
from transactions.drafts import Changes

pytestmark = pytest.mark.django_db(transaction=True)
Keep = Callable[["Household"], object]


class Household:
    """A card with two purchases and a payment, beside accounts that have nothing to do with it."""

    def __init__(self, book: Book, by: Actor, payer: Account, category: Account) -> None:
        self.book, self.payer, self.category = book, payer, category
        self.holder = Cardholder(book, by, payer, closing_day=25, due_day=5)
        self.who = self.holder.who
        self.holder.spend("2026-04-20", "30.00", category)
        self.bought = self.holder.spend("2026-05-20", "90.00", category)
        self.paid = self.holder.transfer("2026-06-03", "50.00")

    @property
    def first(self) -> Any:
        """The id of the statement of April."""
        return self.holder.statement("2026-04", "2026-06-15").invoice.id

    def told(self) -> list[Any]:
        """Return all that is said of the cards and their statements."""
        found = statements.of_cards(self.book.id, TODAY)
        return [
            (one.terms, one.settlement, *map(statements.summary, one.statements))
            for one in found.values()
        ] + cards.shown(self.book.id, TODAY, found)


@pytest.fixture
def household(book: Book, by: Actor, checking: Account, groceries: Account) -> Household:
    return Household(book, by, checking, groceries)


CHANGES: dict[str, Keep] = {
    "a purchase": lambda one: one.holder.spend("2026-06-10", "5.00", one.category),
    "a purchase that is corrected": lambda one: ledger.correct(
        **one.who, transaction_id=one.bought, changes=Changes({"amount": Decimal("-91.00")})
    ),
    "a payment of another day": lambda one: ledger.correct(
        **one.who, transaction_id=one.paid, changes=Changes({"date": date(2026, 6, 4)})
    ),
    "a payment that is deleted": lambda one: ledger.delete(**one.who, transaction_ids=[one.paid]),
    "a line that is moved": lambda one: one.holder.move(one.bought, "2026-04", "2026-06-15"),
    "a statement's day": lambda one: services.change_invoice(
        **one.who, invoice_id=one.first, due_on=date(2026, 5, 9)
    ),
    "a payment that is taken back": lambda one: services.take_back(
        **one.who, invoice_id=one.first, entry_id=one.holder.line(one.paid).entry_id, today=TODAY
    ),
    "the card's days": lambda one: services.change_card(
        **one.who, card_id=one.holder.card.id, today=TODAY, closing_day=20
    ),
    "the card's limit": lambda one: services.change_card(
        **one.who, card_id=one.holder.card.id, today=TODAY, limit=Decimal("77.00")
    ),
    "the payer's name": lambda one: chart.change_account(
        **one.who, account_id=one.payer.id, name="Renamed"
    ),
    "another card": lambda one: Cardholder(
        *one.who.values(), one.payer, closing_day=1, due_day=9, name="Second"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_what_they_follow_from_is_seen(household: Household, change: Keep) -> None:
    before = household.told()

    change(household)

    after = household.told()
    forget()
    assert after == household.told()
    assert after != before


def test_a_card_that_is_deleted_is_gone(household: Household) -> None:
    second = Cardholder(
        *household.who.values(), household.payer, closing_day=1, due_day=9, name="B"
    )
    household.holder.spend("2026-06-11", "7.00", household.category)
    assert {*statements.of_cards(household.book.id, TODAY)} > {second.card.id}

    services.delete_card(**household.who, card_id=second.card.id)

    assert [*statements.of_cards(household.book.id, TODAY)] == [household.holder.card.id]


def test_what_is_on_no_card_leaves_them_as_they_are(household: Household) -> None:
    before = statements.of_cards(household.book.id, TODAY)

    record(
        household.book, household.who["by"], account=household.payer, amount="-5.00",
        category=household.category, date=TODAY,
    )  # fmt: skip

    assert statements.of_cards(household.book.id, TODAY) is before


def test_another_day_settles_them_anew(household: Household) -> None:
    statuses = [
        str(one.status)
        for day in (date(2026, 5, 25), date(2026, 5, 26), date(2026, 6, 3), date(2026, 5, 25))
        for card in statements.of_cards(household.book.id, day).values()
        for one in card.statements
        if one.invoice.month == date(2026, 5, 1)
    ]

    assert statuses == ["open", "closed", "partially_paid", "open"]


def test_what_a_database_transaction_changed_is_not_remembered(household: Household) -> None:
    before = household.told()
    with atomic():
        CreditCard.objects.update(limit=Decimal("5.00"))
        within = household.told()
        set_rollback(True)

    assert within != before
    assert household.told() == before
