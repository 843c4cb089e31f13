"""Parcels that are paid ahead or cancelled: balances, spending and statements agree each day."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cards import Cardholder
from conftest import TODAY, Api
from django.utils import timezone
from raw import check_now
from telling import now

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from invoices import services
from invoices.models import InstallmentPlan
from invoices.queries import cards, installments
from reports.known import as_known
from transactions import services as ledger
from transactions.models import Entry, Transaction, TransactionEvent
from transactions.queries import balances
from transactions.queries.verification import verify

Verb = Callable[..., InstallmentPlan]
BOUGHT = date(2026, 5, 10)
#: Days from before the purchase to after its last parcel.
DAYS = [date(2026, 5, 1) + timedelta(number) for number in range(0, 420, 5)]


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


def _owed(holder: Cardholder, day: date) -> Decimal:
    return -balances.balance(holder.book.id, holder.card.account_id, day)


def _spent(category: Account, since: date, until: date) -> Decimal:
    """Return what was spent after a day and up to another."""
    moved = Entry.objects.filter(account=category, date__gt=since, date__lte=until)
    return sum(moved.values_list("amount", flat=True), Decimal(0))


def _days(plan: InstallmentPlan) -> list[date]:
    return list(plan.installments.order_by("number").values_list("date", flat=True))


def _failed(holder: Cardholder) -> list[str]:
    check_now()
    return [check.name for check in verify(holder.book.id) if not check.ok]


def _faults(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in refused.value.faults]


def test_what_is_cancelled_is_owed_on_no_day_after(
    holder: Cardholder, plan: InstallmentPlan, groceries: Account
) -> None:
    _cancel(holder, plan)

    owed = {_owed(holder, day) for day in DAYS if day >= TODAY}
    assert owed == {Decimal(100)}
    assert _spent(groceries, date(2026, 5, 31), date(2026, 6, 30)) == 0
    assert _spent(groceries, date(2026, 6, 30), DAYS[-1]) == 0
    (card,) = cards.cards(holder.book.id, TODAY)
    assert (card["outstanding"], card["committed"]) == ("100.00", "0.00")
    assert holder.statement("2026-06", str(TODAY)).total == 0
    assert _failed(holder) == []


def test_what_is_paid_ahead_is_owed_from_that_day_on(
    holder: Cardholder, plan: InstallmentPlan, groceries: Account
) -> None:
    _prepay(holder, plan)

    assert _owed(holder, TODAY - timedelta(1)) == 200
    assert _owed(holder, TODAY) == 700
    assert _spent(groceries, date(2026, 5, 31), date(2026, 6, 30)) == 600
    assert holder.statement("2026-06", str(TODAY)).total == 600
    for month, day in (("2026-05", "2026-06-20"), ("2026-06", "2026-06-28")):
        holder.pay(month, day)
    (card,) = cards.cards(holder.book.id, date(2026, 6, 28))
    assert (card["outstanding"], card["committed"]) == ("0.00", "500.00")
    assert [_owed(holder, date(2026, month, 30)) for month in (7, 8, 12)] == [100, 200, 500]
    assert _failed(holder) == []


@VERBS
def test_a_parcel_that_was_owed_already_keeps_its_day(
    verb: Verb, holder: Cardholder, plan: InstallmentPlan
) -> None:
    before = _days(plan)

    verb(holder, plan, **({"parcels": 11} if verb is _prepay else {}))

    assert _days(plan) == [*before[:2], *[TODAY] * 10]


def test_parcels_of_days_that_have_been_come_to_the_statement_alone(
    holder: Cardholder, groceries: Account
) -> None:
    plan = _buy(holder, groceries, parcels=2, first_month=date(2026, 9, 1))
    before = _days(plan)

    _cancel(holder, plan)

    assert _days(plan) == before
    months = [one["month"] for one in installments.detail(plan, TODAY)["installments"]]
    assert months == ["2026-06", "2026-06"]
    assert _failed(holder) == []


@VERBS
def test_the_history_of_a_parcel_keeps_its_day(
    verb: Verb, holder: Cardholder, plan: InstallmentPlan
) -> None:
    last = plan.installments.get(number=12)

    verb(holder, plan, reason="The shop closes.")

    kept = TransactionEvent.objects.get(pgh_obj_id=last.transaction_id)
    assert (kept.date, kept.pgh_label) == (last.date, "update")
    assert kept.pgh_context.metadata["reason"] == "The shop closes."


@pytest.mark.django_db(transaction=True)
@VERBS
def test_what_was_known_before_is_what_it_was(
    verb: Verb, holder: Cardholder, plan: InstallmentPlan
) -> None:
    before, at = [_owed(holder, day) for day in DAYS], now()
    told = installments.detail(plan, TODAY)["installments"]

    verb(holder, plan)

    assert [_owed(holder, day) for day in DAYS] != before
    with as_known(holder.book, at):
        assert [_owed(holder, day) for day in DAYS] == before
        assert installments.detail(plan, TODAY)["installments"] == told


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

    assert _days(plan) == [day, day]
    assert {one.date for one in Transaction.objects.filter(book=holder.book)} == {day}


@VERBS
def test_a_closed_month_and_a_reconciled_account_refuse(
    verb: Verb, holder: Cardholder, plan: InstallmentPlan
) -> None:
    ledger.close_month(**holder.who, month=BOUGHT, today=TODAY)
    with pytest.raises(Invalid) as refused:
        verb(holder, plan, on=BOUGHT)
    assert _faults(refused) == [("/date", "month_closed")]

    point = ledger.create_point(
        **holder.who, today=TODAY, account_id=holder.card.account_id, on=TODAY,
        balance=-_owed(holder, TODAY),
    )  # fmt: skip
    ledger.reconcile(**holder.who, point_id=point.id)
    with pytest.raises(Invalid) as refused:
        verb(holder, plan)
    assert _faults(refused) == [("/date", "days_reconciled")]
    assert _days(plan)[-1] == date(2027, 4, 10)


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
