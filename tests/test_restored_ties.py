"""A transaction that is brought back hangs on what it hung on, where that is still there."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from cards import Cardholder
from conftest import Api
from raw import check_now
from subscribing import Subscriber

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from invoices.models import Installment, InstallmentPlan, InvoiceLine
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import SubscriptionPayment
from transactions.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 25th and is due on the 5th."""
    return Cardholder(book, by, checking, closing_day=25, due_day=5)


@pytest.fixture
def plan(holder: Cardholder, groceries: Account) -> InstallmentPlan:
    """A lamp in three parcels."""
    return services.create_plan(
        **holder.who,
        card_id=holder.card.id,
        description="Lamp",
        total=Decimal("100.00"),
        parcels=3,
        purchased_on=date(2026, 6, 10),
        category_id=groceries.id,
    )


@pytest.fixture
def ana(book: Book, by: Actor, checking: Account) -> Subscriber:
    """Someone who pays from checking."""
    return Subscriber(book, by, checking)


def parcels(plan: InstallmentPlan) -> list[tuple[object, ...]]:
    """Return the parcels of a plan."""
    rows = Installment.objects.filter(plan=plan).order_by("number")
    return list(rows.values_list("id", "number", "transaction_id", "date", "fate"))


def months(plan: InstallmentPlan) -> list[str]:
    """Return the months of the statements that a plan's parcels stand on."""
    ids = plan.installments.order_by("number").values_list("transaction_id", flat=True)
    lines = {one.transaction_id: one for one in InvoiceLine.objects.filter(transaction_id__in=ids)}
    return [f"{lines[id].invoice.month:%Y-%m}" for id in ids]


def holds(book: Book) -> bool:
    """Whether every property of the book holds."""
    check_now()
    return all(check.ok for check in verify(book.id))


# Plans


def test_a_parcel_is_on_its_plan_again(api: Api, book: Book, plan: InstallmentPlan) -> None:
    before, stood = parcels(plan), months(plan)
    shown = api.get(f"/installment-plans/{plan.id}").json()
    second = plan.installments.get(number=2).transaction_id

    assert api.delete(f"/transactions/{second}").status_code == 204
    assert len(parcels(plan)) == 2
    assert api.post(f"/transactions/{second}/restore").status_code == 200

    assert (parcels(plan), months(plan)) == (before, stood)
    now = api.get(f"/installment-plans/{plan.id}").json()
    assert now["version"] > shown["version"]
    assert now["installments"] == shown["installments"]
    assert holds(book)


def test_a_parcel_whose_plan_is_gone_or_has_another_is_a_purchase(
    book: Book, holder: Cardholder, plan: InstallmentPlan
) -> None:
    first, second, third = (
        plan.installments.get(number=number).transaction_id for number in (1, 2, 3)
    )
    ledger.delete(**holder.who, transaction_ids=[second, third])
    other = holder.spend("2026-07-10", "5.00", Account.objects.get(name="Groceries"))
    Installment.objects.create(
        book=book, plan=plan, number=2, transaction_id=other, date=date(2026, 7, 10)
    )

    ledger.restore(**holder.who, transaction_id=second)

    held = plan.installments.order_by("number").values_list("transaction_id", flat=True)
    assert list(held) == [first, other]

    plan.delete()
    ledger.restore(**holder.who, transaction_id=third)

    assert not Installment.objects.exists()
    assert holds(book)


@pytest.mark.parametrize("is_moved", [True, False])
def test_a_plan_costs_what_its_parcels_do_when_the_last_of_them_is_back(
    book: Book, holder: Cardholder, plan: InstallmentPlan, is_moved: bool
) -> None:
    first, second = (plan.installments.get(number=one).transaction_id for one in (1, 2))
    if not is_moved:
        entry = holder.line(second).entry_id
        services.move_line(**holder.who, entry_id=entry, invoice_id=None)
    ledger.delete(**holder.who, transaction_ids=[second])
    wanted = Changes({"amount": Decimal("-40.00")})
    ledger.correct(**holder.who, transaction_id=first, changes=wanted)

    ledger.restore(**holder.who, transaction_id=second)

    plan.refresh_from_db()
    assert plan.total == Decimal("106.66")
    assert holds(book)


# Statements


def test_a_line_is_on_the_statement_that_it_was_moved_to(
    api: Api, book: Book, holder: Cardholder, groceries: Account
) -> None:
    bought = holder.spend("2026-05-10", "50.00", groceries)
    other = holder.spend("2026-05-11", "7.00", groceries)
    holder.move(bought, "2026-06", "2026-06-15")
    ledger.delete(**holder.who, transaction_ids=[bought, other])

    for id in (bought, other):
        assert api.post(f"/transactions/{id}/restore").status_code == 200

    assert f"{holder.line(bought).invoice.month:%Y-%m}" == "2026-06"
    assert f"{holder.line(bought).chosen_month:%Y-%m}" == "2026-06"
    assert f"{holder.line(other).invoice.month:%Y-%m}" == "2026-05"
    assert holder.line(other).chosen_month is None
    assert holder.statement("2026-06", "2026-06-15").total == Decimal(50)
    assert holds(book)


def test_a_line_that_was_moved_back_before_it_went_stays_there(
    holder: Cardholder, groceries: Account
) -> None:
    bought = holder.spend("2026-05-10", "50.00", groceries)
    holder.move(bought, "2026-06", "2026-06-15")
    entry = holder.line(bought).entry_id
    services.move_line(**holder.who, entry_id=entry, invoice_id=None)
    ledger.delete(**holder.who, transaction_ids=[bought])

    ledger.restore(**holder.who, transaction_id=bought)

    assert f"{holder.line(bought).invoice.month:%Y-%m}" == "2026-05"


# Subscriptions


def _another_paid(ana: Subscriber) -> None:
    row = SubscriptionPayment.pgh_event_models["delete"].objects.get().subscription
    ana.link(row, ana.spend(date(2026, 6, 11)), date(2026, 6, 10))


def _in_dollars(ana: Subscriber) -> None:
    row = SubscriptionPayment.pgh_event_models["delete"].objects.get().subscription
    dollars = Account.objects.get(name="Dollars")
    ledger.change_subscription(**ana.who, subscription_id=row.id, account_id=dollars.id)


def _deleted(ana: Subscriber) -> None:
    row = SubscriptionPayment.pgh_event_models["delete"].objects.get().subscription
    ledger.delete_subscription(**ana.who, subscription_id=row.id)


def test_a_payment_pays_its_due_date_again(api: Api, ana: Subscriber) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, date(2026, 6, 10))
    before = ana.standing(row)
    ledger.delete(**ana.who, transaction_ids=[paid])

    assert api.post(f"/transactions/{paid}/restore").status_code == 200

    assert ana.due_dates(row) == [date(2026, 6, 10)]
    assert ana.standing(row).last_payment == before.last_payment
    assert holds(ana.book)


def test_a_payment_that_was_unlinked_before_it_went_stays_so(ana: Subscriber) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, date(2026, 6, 10))
    ledger.unlink_payment(**ana.who, subscription_id=row.id, transaction_id=paid)
    ledger.delete(**ana.who, transaction_ids=[paid])

    ledger.restore(**ana.who, transaction_id=paid)

    assert ana.due_dates(row) == []


@pytest.mark.parametrize("meanwhile", [_another_paid, _in_dollars, _deleted])
def test_a_payment_whose_place_is_taken_or_gone_comes_back_without_it(
    ana: Subscriber, dollars: Account, meanwhile: Callable[[Subscriber], None]
) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, date(2026, 6, 10))
    ledger.delete(**ana.who, transaction_ids=[paid])
    meanwhile(ana)

    ledger.restore(**ana.who, transaction_id=paid)

    assert not SubscriptionPayment.objects.filter(transaction_id=paid).exists()
    assert holds(ana.book)
