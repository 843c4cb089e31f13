"""Purchases in parcels: what each costs, where it is billed, what is paid ahead or cancelled."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cards import Cardholder
from conftest import TODAY, Api
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from raw import check_now

from accounts.models import Account
from buffet import money
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from invoices import services
from invoices.models import Installment, InstallmentPlan
from invoices.queries import cards, installments, lines
from invoices.services.installments import parcels_of
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.queries.verification import verify


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 25th and is due on the 5th."""
    return Cardholder(book, by, checking, closing_day=25, due_day=5)


def _buy(holder: Cardholder, category: Account, **more: Any) -> InstallmentPlan:
    wanted = {
        "description": "Lamp",
        "total": Decimal("100.00"),
        "parcels": 3,
        "purchased_on": date(2026, 6, 10),
        "category_id": category.id,
        **more,
    }
    return services.create_plan(**holder.who, card_id=holder.card.id, **wanted)


def _totals(holder: Cardholder) -> dict[str, str]:
    found = holder.statements(str(TODAY))
    return {month: f"{one.total:.2f}" for month, one in found.items() if one.invoice.lines}


@pytest.mark.parametrize(
    ("total", "count", "currency", "cents_on", "parcels"),
    [
        ("100.00", 3, "BRL", "first", "33.34 33.33 33.33"),
        ("100.00", 3, "BRL", "last", "33.33 33.33 33.34"),
        ("100", 3, "JPY", "first", "34 33 33"),
        ("1.000", 3, "KWD", "last", "0.333 0.333 0.334"),
        ("0.05", 3, "BRL", "first", "0.03 0.01 0.01"),
    ],
)
def test_instalments_whose_cents_do_not_divide(
    total: str, count: int, currency: str, cents_on: str, parcels: str
) -> None:
    found = parcels_of(Decimal(total), count, currency, cents_on)

    assert " ".join(str(one) for one in found) == parcels


@given(
    units=st.integers(1, 10**12),
    count=st.integers(2, 120),
    currency=st.sampled_from(["BRL", "JPY", "KWD", "BTC"]),
    cents_on=st.sampled_from(["first", "last"]),
)
def test_parcels_add_up_and_differ_in_one_place(
    units: int, count: int, currency: str, cents_on: str
) -> None:
    total = Decimal(units).scaleb(-money.decimals(currency))

    found = parcels_of(total, count, currency, cents_on)

    assert sum(found) == total
    assert all(money.round_to(one, currency) == one for one in found)
    same = found[1:] if cents_on == "first" else found[:-1]
    assert len(set(same)) == 1
    other = found[0] if cents_on == "first" else found[-1]
    assert 0 <= (other - same[0]) / Decimal(1).scaleb(-money.decimals(currency)) < count


def test_each_parcel_is_on_a_statement_of_its_own(holder: Cardholder, groceries: Account) -> None:
    _buy(holder, groceries)

    assert _totals(holder) == {"2026-06": "33.34", "2026-07": "33.33", "2026-08": "33.33"}
    assert [check.name for check in verify(holder.book.id) if not check.ok] == []


def test_a_parcel_counts_as_moved_only_where_its_plan_did_not_bill_it(
    holder: Cardholder, groceries: Account
) -> None:
    plan = _buy(holder, groceries)
    assert _moved(plan) == [False, False, False]

    services.prepay(**holder.who, plan_id=plan.id, today=TODAY, parcels=1)

    # The last one comes on the day that it is paid, before the second.
    assert _moved(plan) == [False, True, False]


def _moved(plan: InstallmentPlan) -> list[bool]:
    months = plan.card.invoices.order_by("month")
    found = [line for one in months for line in lines.page(plan.book_id, one.id)]
    return [line["moved"] for line in sorted(found, key=lambda line: line["date"])]


def test_parcels_come_on_31_january_28_february_31_march_without_drift(
    holder: Cardholder, groceries: Account
) -> None:
    plan = _buy(holder, groceries, purchased_on=date(2026, 1, 31), parcels=4)

    days = plan.installments.order_by("number").values_list("date", flat=True)
    assert [str(day) for day in days] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert list(_totals(holder)) == ["2026-02", "2026-03", "2026-04", "2026-05"]


def test_a_moved_closing_day_leaves_one_parcel_on_each_statement(
    holder: Cardholder, groceries: Account
) -> None:
    _buy(holder, groceries)
    services.change_card(
        **holder.who,
        card_id=holder.card.id,
        today=TODAY,
        closing_day=8,
        from_month=date(2026, 7, 1),
    )
    july = holder.statement("2026-07", str(TODAY)).invoice
    services.change_invoice(**holder.who, invoice_id=july.id, closes_on=date(2026, 7, 20))

    assert _totals(holder) == {"2026-06": "33.34", "2026-07": "33.33", "2026-08": "33.33"}


def test_the_first_statement_may_be_a_later_one(holder: Cardholder, groceries: Account) -> None:
    _buy(holder, groceries, first_month=date(2026, 9, 1))

    assert list(_totals(holder)) == ["2026-09", "2026-10", "2026-11"]


def test_what_parcels_will_cost_is_committed_not_outstanding(
    holder: Cardholder, groceries: Account
) -> None:
    _buy(holder, groceries)

    (card,) = cards.cards(holder.book.id, TODAY)
    assert (card["outstanding"], card["committed"]) == ("33.34", "66.66")
    shown = installments.committed(holder.book.id, TODAY)
    assert [(one["month"], one["amount"]) for one in shown["months"]] == [
        ("2026-06", "33.34"),
        ("2026-07", "33.33"),
        ("2026-08", "33.33"),
    ]
    assert shown["totals"] == [{"amount": "100.00", "currency": "BRL"}]


def test_a_recorded_purchase_is_put_in_parcels(holder: Cardholder, groceries: Account) -> None:
    id = holder.spend("2026-06-10", "100.00", groceries, description="Lamp")

    plan = services.split_purchase(**holder.who, transaction_id=id, parcels=3)

    assert _totals(holder) == {"2026-06": "33.34", "2026-07": "33.33", "2026-08": "33.33"}
    assert plan.installments.get(number=1).transaction_id == id
    assert plan.total == 100
    with pytest.raises(Invalid, match="in parcels already"):
        services.split_purchase(**holder.who, transaction_id=id, parcels=2)


@pytest.mark.parametrize("kind", ["payment", "refund", "elsewhere"])
def test_only_a_purchase_with_a_card_is_put_in_parcels(
    kind: str, holder: Cardholder, groceries: Account, checking: Account
) -> None:
    id = {
        "payment": lambda: holder.transfer("2026-06-10", "50.00"),
        "refund": lambda: holder.spend("2026-06-10", "-50.00", groceries),
        "elsewhere": lambda: holder.book.id,
    }[kind]()

    with pytest.raises(Invalid, match="no such purchase"):
        services.split_purchase(**holder.who, transaction_id=id, parcels=2)


def test_the_last_parcels_are_paid_ahead_with_a_discount(
    holder: Cardholder, groceries: Account
) -> None:
    plan = _buy(holder, groceries)

    services.prepay(**holder.who, plan_id=plan.id, today=TODAY, parcels=2, discount=Decimal("5.00"))

    assert _totals(holder) == {"2026-06": "95.00"}
    states = [one["state"] for one in installments.detail(plan, TODAY)["installments"]]
    assert states == ["open", "prepaid", "prepaid"]
    june = holder.statement("2026-06", str(TODAY)).invoice
    assert (june.purchases, june.refunds) == (100, 5)


def test_what_is_cancelled_comes_to_one_statement_with_its_refund(
    holder: Cardholder, groceries: Account
) -> None:
    plan = _buy(holder, groceries, purchased_on=date(2026, 5, 10))

    services.cancel(**holder.who, plan_id=plan.id, today=TODAY)

    found = holder.statement("2026-06", str(TODAY)).invoice
    assert _totals(holder) == {"2026-05": "33.34", "2026-06": "0.00"}
    assert (found.purchases, found.refunds) == (Decimal("66.66"), Decimal("66.66"))
    spent = groceries.totals.get()
    assert spent.debit - spent.credit == Decimal("33.34")
    assert [check.name for check in verify(holder.book.id) if not check.ok] == []
    with pytest.raises(services.prepaying.PlanIsOver):
        services.cancel(**holder.who, plan_id=plan.id, today=TODAY)


def test_a_plan_is_deleted_only_before_it_is_billed(holder: Cardholder, groceries: Account) -> None:
    billed = _buy(holder, groceries, purchased_on=date(2026, 5, 10))
    new = _buy(holder, groceries)

    with pytest.raises(services.installments.PlanIsBilled):
        services.delete_plan(**holder.who, plan_id=billed.id, today=TODAY)
    services.delete_plan(**holder.who, plan_id=new.id, today=TODAY)

    assert list(_totals(holder)) == ["2026-05", "2026-06", "2026-07"]


def test_a_plan_costs_what_its_parcels_do_when_one_is_corrected(
    holder: Cardholder, groceries: Account
) -> None:
    plan = _buy(holder, groceries)
    second = plan.installments.get(number=2)

    wanted = Changes({"amount": Decimal("-40.00")})
    ledger.correct(**holder.who, transaction_id=second.transaction_id, changes=wanted)

    plan.refresh_from_db()
    assert plan.total == Decimal("106.67")
    check_now()
    assert [check.name for check in verify() if not check.ok] == []

    # As a refund of more than all others cost, it leaves no price: the last one stays.
    wanted = Changes({"amount": Decimal("90.00")})
    ledger.correct(**holder.who, transaction_id=second.transaction_id, changes=wanted)

    plan.refresh_from_db()
    assert plan.total == Decimal("106.67")
    check_now()
    assert [check.name for check in verify() if not check.ok] == []


def test_a_parcel_whose_transaction_goes_leaves_the_plan(
    holder: Cardholder, groceries: Account
) -> None:
    plan = _buy(holder, groceries)
    second = plan.installments.get(number=2).transaction_id
    ledger.delete(**holder.who, transaction_ids=[second])
    assert Installment.objects.filter(plan=plan).count() == 2
    ledger.restore(**holder.who, transaction_id=second)
    check_now()

    assert [check.name for check in verify(holder.book.id) if not check.ok] == []


def test_the_api_buys_in_parcels_and_refuses_what_makes_none(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    day = timezone.now().date() + timedelta(days=3)
    wanted = {
        "card": str(holder.card.id),
        "description": "Lamp",
        "total": "100.00",
        "parcels": 3,
        "date": f"{day}",
        "category": str(groceries.id),
        "cents_on": "last",
    }
    made = api.post("/installment-plans", wanted).json()
    assert [one["amount"] for one in made["installments"]] == ["33.33", "33.33", "33.34"]
    assert {one["state"] for one in made["installments"]} == {"open"}
    assert api.get(f"/installment-plans/{made['id']}").json() == made
    listed = api.get(f"/installment-plans?card={holder.card.id}").json()["results"]
    assert [one["remaining"] for one in listed] == ["100.00"]

    def faults(**sent: Any) -> list[tuple[str, str]]:
        answer = api.post("/installment-plans", {**wanted, **sent})
        return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]

    assert faults(parcels=1) == [("/parcels", "malformed")]
    assert faults(parcels=121) == [("/parcels", "malformed")]
    assert faults(total="0.02") == [("/total", "too_little")]
    assert faults(total="-3.00") == [("/total", "too_little")]
    assert faults(total="1.001") == [("/total", "too_many_decimals")]
    assert faults(card=str(groceries.id)) == [("/card", "not_found")]
    assert faults(category=str(holder.card.id)) == [("/category", "not_found")]
    assert faults(transaction=str(holder.card.id)) == [("/card", "has_transaction")]
    assert len(api.get("/installment-plans").json()["results"]) == 1
    ahead = api.post(f"/installment-plans/{made['id']}/prepay", {"parcels": 4})
    assert ahead.json()["errors"][0]["code"] == "out_of_range"
