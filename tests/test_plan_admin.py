"""Staff see purchases in parcels with their parcels, and change them only through the services."""

from decimal import Decimal
from typing import Any

import pytest
from conftest import PASSWORD
from django.test import Client
from django.urls import reverse
from writes import Scene

from buffet.audit import Actor
from buffet.models import Book, User
from invoices.models import Fate, InstallmentPlan
from transactions.models import Transaction, TransactionEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    """The browser of staff who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    return client


@pytest.fixture
def plan(book: Book, by: Actor) -> InstallmentPlan:
    """A purchase of 100.00 in three parcels, of which none is billed."""
    return Scene(book, by, None).plan()  # type: ignore[arg-type]  # staff have no use for the API


def page(plan: InstallmentPlan, verb: str = "change") -> str:
    return reverse(f"admin:invoices_installmentplan_{verb}", args=[plan.pk])


def fates(plan: InstallmentPlan) -> list[str]:
    return list(plan.installments.order_by("number").values_list("fate", flat=True))


def test_a_plan_shows_its_parcels(desk: Client, plan: InstallmentPlan) -> None:
    said = desk.get(page(plan)).content.decode()

    for part in ("33.34", "33.33", "100.00 BRL to come", "open", "100.00 BRL"):
        assert part in said


def test_a_parcel_is_paid_ahead_for_less(desk: Client, plan: InstallmentPlan) -> None:
    sent = {"parcels": "1", "discount": "3.33", "reason": "The shop offered it."}
    answer: Any = desk.post(page(plan, "prepay"), sent, follow=True)

    assert "prepaid" in answer.content.decode()
    assert fates(plan) == [Fate.NONE, Fate.NONE, Fate.PREPAID]
    back = Transaction.objects.get(description="Lamp, paid ahead")
    assert back.entries.get(account=plan.card.account_id).amount == Decimal("3.33")


def test_the_rest_is_cancelled_once(desk: Client, plan: InstallmentPlan) -> None:
    address = page(plan, "cancel_rest")
    assert desk.post(address, {"reason": "Sent back."}).status_code == 302
    again = desk.post(address, {"reason": "Sent back."})

    assert again.status_code == 400
    assert fates(plan) == [Fate.CANCELLED] * 3
    assert Transaction.objects.filter(description="Lamp, cancelled").count() == 1


def test_a_reason_is_asked_for(desk: Client, plan: InstallmentPlan) -> None:
    for verb in ("prepay", "cancel_rest", "delete_plan"):
        answer = desk.post(page(plan, verb), {"parcels": "1"})

        assert answer.status_code == 400
        assert "Say why" in answer.content.decode()
    assert fates(plan) == [Fate.NONE] * 3


def test_a_deleted_plan_takes_its_transactions_along(desk: Client, plan: InstallmentPlan) -> None:
    desk.post(page(plan, "delete_plan"), {"reason": "Entered twice."})

    assert not InstallmentPlan.objects.exists()
    assert not Transaction.objects.exists()
    event = TransactionEvent.objects.filter(pgh_label="delete").first()
    assert event.pgh_context.metadata["reason"] == "Entered twice."
    assert event.pgh_context.metadata["door"] == "admin"


def test_a_preview_names_the_rows_that_change(desk: Client, plan: InstallmentPlan) -> None:
    parcels = [str(one) for one in plan.installments.values_list("transaction__date", flat=True)]
    sent = {"reason": "Sent back.", "preview": "1"}

    changes = desk.post(page(plan, "cancel_rest"), sent).context["shown"].changes

    named = {one.name for one in changes if one.what == "installment"}
    # All of them come to the day of the purchase, which is dated ahead.
    assert named == {f"{parcels[0]} Lamp ({n}/3)" for n in (1, 2, 3)}
    lines = {one.name for one in changes if one.what == "invoice line"}
    assert lines
    assert lines <= set(parcels)


def test_who_may_only_look_is_offered_no_verb(plan: InstallmentPlan) -> None:
    looking = Client()
    reader = User.objects.create_user("reader@example.com", PASSWORD, is_staff=True)
    looking.force_login(reader)

    for verb in ("prepay", "cancel_rest", "delete_plan"):
        assert looking.post(page(plan, verb), {"reason": "x"}).status_code in (302, 403)
    assert fates(plan) == [Fate.NONE] * 3
