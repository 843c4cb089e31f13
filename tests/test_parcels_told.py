"""A parcel's page names its plan, and a plan's figures are those of the parcels that are there."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from cards import Cardholder
from conftest import PASSWORD
from django.test import Client
from django.utils import timezone
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from invoices import services
from invoices.models import InstallmentPlan


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 25th and is due on the 5th."""
    return Cardholder(book, by, checking, closing_day=25, due_day=5)


@pytest.fixture
def plan(holder: Cardholder, groceries: Account) -> InstallmentPlan:
    """A lamp in three parcels, of which nothing is billed."""
    return services.create_plan(
        **holder.who,
        card_id=holder.card.id,
        description="Lamp",
        total=Decimal("100.00"),
        parcels=3,
        purchased_on=timezone.now().date() + timedelta(days=3),
        category_id=groceries.id,
    )


def _parcel(plan: InstallmentPlan, number: int) -> str:
    return f"/transactions/{plan.installments.get(number=number).transaction_id}"


FIGURES = ("total", "parcels", "missing", "billed", "remaining")


def test_a_parcels_page_names_its_plan(
    client: Client, owner: User, plan: InstallmentPlan, holder: Cardholder
) -> None:
    client.force_login(owner)

    page = client.get(_parcel(plan, 3))
    seen = text_of(page)

    assert "Parcel 3 of 3" in seen
    assert "3 parcels, 100.00 BRL. 0.00 of it is billed, 100.00 is still to come." in seen
    assert "parcel 3 of 3 of Lamp. Without it, 2 parcels are left of the plan, 66.67 BRL" in seen
    assert f'href="/installment-plans/{plan.id}#change"' in page.content.decode()
    other = holder.spend("2026-06-10", "5.00", Account.objects.get(name="Groceries"))
    alone = text_of(client.get(f"/transactions/{other}"))
    assert "Parcel" not in alone
    # It was bought, not moved.
    assert 'name="kind" value="transfer"' not in page.content.decode()
    # What is in parcels comes again by itself.
    assert "Does this come again and again?" not in seen
    assert "Does this come again and again?" in alone


def test_cash_flow_counts_each_parcel_on_its_day_and_says_so(
    client: Client, owner: User, plan: InstallmentPlan
) -> None:
    client.force_login(owner)
    days = [one.transaction.date for one in plan.installments.order_by("number")]
    asked = f"date_from={days[0]}&date_to={days[-1]}"

    seen = text_of(client.get(f"/cash-flow?{asked}"))
    told = client.get(f"/cash-flow?{asked}&format=json").json()

    assert "A purchase by card counts when it happens, and one in parcels on the day of" in seen
    assert [Decimal(one["expenses"]["amount"]) for one in told["months"]] == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]


def test_the_figures_of_a_plan_follow_what_is_deleted_and_restored(
    client: Client, owner: User, api: Any, plan: InstallmentPlan
) -> None:
    client.force_login(owner)
    third, address = _parcel(plan, 3), f"/installment-plans/{plan.id}"
    whole = api.get(address).json()
    assert [whole[name] for name in FIGURES] == ["100.00", 3, 0, "0.00", "100.00"]

    assert api.delete(third).status_code == 204

    part = api.get(address).json()
    assert [part[name] for name in FIGURES] == ["66.67", 2, 1, "0.00", "66.67"]
    (listed,) = api.get("/installment-plans").json()["results"]
    assert [listed[name] for name in FIGURES] == [part[name] for name in FIGURES]
    seen = text_of(client.get(_parcel(plan, 1)))
    assert "2 parcels, 66.67 BRL" in seen
    assert "1 more parcel is deleted and not counted here." in seen

    assert api.post(f"{third}/restore").status_code == 200
    again = api.get(address).json()
    assert [again[name] for name in FIGURES] == [whole[name] for name in FIGURES]


STANDS = FIGURES[:3]


@pytest.mark.django_db(transaction=True)
def test_the_feed_and_staff_tell_what_stands_of_a_plan(api: Any, plan: InstallmentPlan) -> None:
    staff = Client()
    staff.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    third, since = _parcel(plan, 3), 0

    def told() -> list[Any]:
        """Return what the feed has of the plan since it was asked, if anything."""
        nonlocal since
        page = api.get(f"/sync?since={since}").json()
        since = page["version"]
        return [
            [row["data"][name] for name in STANDS]
            for row in page["results"]
            if row["resource"] == "installment_plan"
        ]

    assert told() == [["100.00", 3, 0]]
    api.delete(third)
    assert told() == [["66.67", 2, 1]]
    api.patch(_parcel(plan, 2), {"amount": "-30.00"})
    assert told() == [["63.34", 2, 1]]
    assert [api.get(f"/installment-plans/{plan.id}").json()[one] for one in STANDS] == [
        *("63.34", 2, 1)
    ]
    listed = text_of(staff.get("/admin/invoices/installmentplan/"))
    assert "63.34 BRL" in listed
    assert "100.00 BRL" not in listed
    assert "63.34 BRL" in text_of(staff.get(f"/admin/invoices/installmentplan/{plan.id}/change/"))
    api.post(f"{third}/restore")
    assert told()[-1] == ["96.67", 3, 0]


def test_a_plan_without_any_parcel_comes_to_nothing(api: Any, plan: InstallmentPlan) -> None:
    for number in (1, 2, 3):
        assert api.delete(_parcel(plan, number)).status_code == 204

    told = api.get(f"/installment-plans/{plan.id}").json()

    assert [told[name] for name in FIGURES] == ["0.00", 0, 3, "0.00", "0.00"]
