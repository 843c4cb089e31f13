"""What is dated ahead on a card: purchases are committed, payments and refunds are awaited."""

from datetime import date
from decimal import Decimal

import pytest
from cards import Cardholder
from conftest import TODAY

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from invoices.queries import cards, lines


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card with a limit of 5,000 that closes on the 20th and is due on the 28th."""
    return Cardholder(book, by, checking, closing_day=20, due_day=28, limit=Decimal(5000))


def _figures(holder: Cardholder, today: date = TODAY) -> list[str]:
    told = cards.get(holder.book.id, holder.card.id, today)
    names = ("outstanding", "committed", "available", "utilisation")
    return [told[name] for name in names]


def test_what_is_paid_or_comes_back_later_leaves_no_more_of_the_limit_today(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-04-10", "1000.00", groceries)
    assert _figures(holder) == ["1000.00", "0.00", "4000.00", "0.2000"]

    holder.transfer("2026-07-28", "1000.00")
    assert _figures(holder) == ["1000.00", "0.00", "4000.00", "0.2000"]

    holder.spend("2026-07-15", "-500.00", groceries)
    assert _figures(holder) == ["1000.00", "0.00", "4000.00", "0.2000"]
    assert _figures(holder, date(2026, 7, 15))[:3] == ["500.00", "0.00", "4500.00"]
    assert _figures(holder, date(2026, 7, 28))[:3] == ["-500.00", "0.00", "5500.00"]


def test_purchases_to_come_are_committed_whatever_comes_back_beside_them(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-06-10", "400.00", groceries)
    services.create_plan(
        **holder.who, card_id=holder.card.id, description="Lamp", total=Decimal(900), parcels=3,
        purchased_on=TODAY,
    )  # fmt: skip
    later = holder.spend("2026-07-01", "50.00", groceries)
    holder.spend("2026-07-02", "-200.00", groceries)
    holder.transfer("2026-07-03", "700.00")

    # 400 and the first parcel today; two parcels of 300 and the 50 to come.
    assert _figures(holder) == ["700.00", "650.00", "3650.00", "0.1400"]
    ahead = lines.ahead(holder.book.id, holder.card.id, TODAY, 10)
    assert [(str(one["date"]), one["amount"]) for one in ahead] == [
        ("2026-07-01", "50.00"), ("2026-07-15", "300.00"), ("2026-08-15", "300.00"),
    ]  # fmt: skip
    assert ahead[0]["transaction"] == later
    # What a purchase adds it adds once: on its day it is owed, and committed no more.
    assert _figures(holder, date(2026, 7, 1))[:3] == ["750.00", "600.00", "3650.00"]
