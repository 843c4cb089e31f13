"""The day a statement closes may be billed in either, and a card may change its mind."""

from datetime import date
from typing import Any

import pytest
from conftest import Api
from writes import Scene

from buffet.audit import Actor
from buffet.models import Book
from invoices.models import Invoice, InvoiceLine
from transactions.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card(book: Book, by: Actor, api: Api) -> Any:
    """A card that closes on the 25th, with a purchase on a closing day of long ago."""
    scene = Scene(book, by, api)
    card = scene.card()
    scene.spent(card.account, date(2025, 3, 25))
    return card


def test_old_statements_stay_and_can_be_changed_when_the_setting_changes(
    api: Api, card: Any
) -> None:
    line = InvoiceLine.objects.get(card=card)
    ends = {one.month: one.opens_on for one in Invoice.objects.filter(card=card)}

    changed = api.patch(f"/credit-cards/{card.id}", {"closing_day_is_next": True})

    assert changed.status_code == 200
    march = Invoice.objects.get(card=card, month=date(2025, 3, 1))
    assert InvoiceLine.objects.get(card=card).invoice_id == line.invoice_id == march.id
    assert Invoice.objects.get(card=card, month=date(2025, 4, 1)).opens_on == ends[date(2025, 4, 1)]
    for body in ({"minimum_payment": "5.00"}, {"closes_on": "2025-03-24", "due_on": "2025-04-04"}):
        assert api.patch(f"/invoices/{march.id}", body).status_code == 200
    assert all(check.ok for check in verify(card.book_id))


def test_the_days_to_come_follow_the_setting(api: Api, card: Any) -> None:
    assert api.patch(f"/credit-cards/{card.id}", {"closing_day_is_next": True}).status_code == 200

    ahead = list(Invoice.objects.filter(card=card).order_by("month"))[-3:]

    assert [one.opens_on.day for one in ahead] == [25, 25, 25]
    assert all(check.ok for check in verify(card.book_id))
