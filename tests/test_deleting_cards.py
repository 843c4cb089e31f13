"""Cards and what they hang on go only when nothing is lost by it, and never with an error."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from conftest import Api
from writes import Scene

from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.models import Book
from invoices import services as cards
from invoices.models import Invoice, InvoiceChange, InvoiceLine
from transactions import services as ledger

# What a deferred constraint says, it says when the database transaction ends.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(book: Book, by: Actor, api: Api) -> Scene:
    """A book in which to make cards."""
    return Scene(book, by, api)


def refused(answer: Any) -> tuple[int, str]:
    """Return how a request was refused."""
    return answer.status_code, answer.json()["code"]


def test_the_account_of_a_card_goes_with_the_card_alone(scene: Scene) -> None:
    card = scene.card()

    assert refused(scene.api.delete(f"/accounts/{card.account_id}")) == (409, "has_card")

    assert scene.api.delete(f"/credit-cards/{card.id}").status_code == 204
    assert not Account.objects.filter(id=card.account_id).exists()
    assert not Invoice.objects.filter(card_id=card.id).exists()


def test_an_account_that_pays_a_card_stays_until_another_one_does(scene: Scene) -> None:
    card, other = scene.card(), scene.account("Other")
    before = card.paying_account_id

    assert refused(scene.api.delete(f"/accounts/{before}")) == (409, "has_card")

    body = {"paying_account": str(other.id)}
    assert scene.api.patch(f"/credit-cards/{card.id}", body).status_code == 200
    assert scene.api.delete(f"/accounts/{before}").status_code == 204


def test_a_card_with_entries_is_archived_instead(scene: Scene) -> None:
    invoice, _ = scene.billed()

    assert refused(scene.api.delete(f"/credit-cards/{invoice.card_id}")) == (409, "has_entries")


def test_a_card_goes_whose_entries_went_after_their_statement_had_closed(scene: Scene) -> None:
    card = scene.card()
    purchases = [scene.spent(card.account, date(2025, 3, 3)) for _ in range(2)]
    for id in purchases:
        ledger.delete(book=scene.book, by=scene.by, transaction_ids=[id])
    assert InvoiceChange.objects.filter(invoice__card=card).count() == 3

    assert scene.api.delete(f"/credit-cards/{card.id}").status_code == 204

    assert not CreditCard.objects.filter(id=card.id).exists()


def test_a_card_goes_whose_payments_went(scene: Scene) -> None:
    invoice, entry_id = scene.paid()
    cards.allocate(
        book=scene.book, by=scene.by, invoice_id=invoice.id, entry_id=entry_id, amount=Decimal(1)
    )
    lines = InvoiceLine.objects.filter(card=invoice.card)
    ids = list(lines.values_list("transaction_id", flat=True))
    ledger.delete(book=scene.book, by=scene.by, transaction_ids=ids)

    assert scene.api.delete(f"/credit-cards/{invoice.card_id}").status_code == 204
