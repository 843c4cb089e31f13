"""Parcels that are paid ahead or cancelled, and on which days they may be."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cards import Cardholder
from conftest import TODAY, Api
from django.utils import timezone

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from invoices import services
from invoices.models import InstallmentPlan

Verb = Callable[..., InstallmentPlan]
BOUGHT = date(2026, 5, 10)


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 25th and is due on the 5th."""
    return Cardholder(book, by, checking, closing_day=25, due_day=5)


@pytest.fixture
def plan(holder: Cardholder, groceries: Account) -> InstallmentPlan:
    """A purchase in twelve parcels of 100.00: one is billed and the second is owed."""
    return _buy(holder, groceries)


def _buy(holder: Cardholder, category: Account, **more: Any) -> InstallmentPlan:
    wanted = {
        "description": "Phone",
        "total": Decimal("1200.00"),
        "parcels": 12,
        "purchased_on": BOUGHT,
        "category_id": category.id,
        **more,
    }
    return services.create_plan(**holder.who, card_id=holder.card.id, **wanted)


def _prepay(holder: Cardholder, plan: InstallmentPlan, **more: Any) -> InstallmentPlan:
    wanted = {"today": TODAY, "parcels": 5, **more}
    return services.prepay(**holder.who, plan_id=plan.id, **wanted)


def _cancel(holder: Cardholder, plan: InstallmentPlan, **more: Any) -> InstallmentPlan:
    return services.cancel(**holder.who, plan_id=plan.id, **{"today": TODAY, **more})


VERBS = pytest.mark.parametrize("verb", [_prepay, _cancel])


def _faults(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in refused.value.faults]


@VERBS
def test_a_day_before_the_purchase_or_to_come_is_refused(
    verb: Verb, holder: Cardholder, plan: InstallmentPlan
) -> None:
    for day, code in (
        (BOUGHT - timedelta(1), "before_purchase"),
        (date(2020, 1, 1), "before_purchase"),
        (TODAY + timedelta(1), "in_the_future"),
        (date(2190, 1, 1), "in_the_future"),
    ):
        with pytest.raises(Invalid) as refused:
            verb(holder, plan, on=day)
        assert _faults(refused) == [("/date", code)]

    assert verb(holder, plan, on=BOUGHT).parcels == 12


@VERBS
def test_a_purchase_that_is_dated_ahead_is_decided_upon_on_its_own_day(
    verb: Verb, holder: Cardholder, groceries: Account
) -> None:
    day = TODAY + timedelta(10)
    plan = _buy(holder, groceries, purchased_on=day, parcels=2)
    with pytest.raises(Invalid, match="bought on"):
        verb(holder, plan, parcels=1, on=TODAY) if verb is _prepay else verb(holder, plan, on=TODAY)

    verb(holder, plan, parcels=1) if verb is _prepay else verb(holder, plan)

    plan.refresh_from_db()
    assert plan.cancelled_on in (None, day)


def test_the_api_points_at_the_day(api: Api, holder: Cardholder, groceries: Account) -> None:
    today = timezone.now().date()
    bought = today - timedelta(3)
    plan = _buy(holder, groceries, purchased_on=bought)
    for verb, sent in (("prepay", {"parcels": 1}), ("cancel", {})):
        for day in (bought - timedelta(1), today + timedelta(2)):
            body = {**sent, "date": f"{day}"}
            answer = api.post(f"/installment-plans/{plan.id}/{verb}", body)
            assert answer.status_code == 400
            assert [one["pointer"] for one in answer.json()["errors"]] == ["/date"]
