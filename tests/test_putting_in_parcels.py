"""A card purchase that was recorded as one is put in parcels on a page, as it was foretold."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from fields import sent_by
from wallet import Wallet, text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from invoices.models import InstallmentPlan, InvoiceLine
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import Transaction


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[..., Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str = Role.OWNER) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


@pytest.fixture
def sofa(wallet: Wallet, groceries: Account) -> Any:
    """A purchase for 100.00 on the statement that is open."""
    return wallet.buy(1, "100.00", description="Sofa", category_id=groceries.id)


def ask(client: Client, id: Any, **typed: str) -> Any:
    """Send the form of the page: what would happen?"""
    address = f"/transactions/{id}/parcels"
    return client.post(
        address, sent_by(client.get(address), "parcels") | {"action": "split"} | typed
    )


def sure(told: Any) -> dict[str, str]:
    """Return what the page that tells what would happen sends."""
    return sent_by(told, "seen") | {"action": "split"}


def test_a_purchase_is_put_in_parcels_as_was_foretold(
    browser: Any, wallet: Wallet, sofa: Any
) -> None:
    client, address = browser(Role.EDITOR), f"/transactions/{sofa}/parcels"
    assert f'href="{address}"' in client.get(f"/transactions/{sofa}").content.decode()

    told = ask(client, sofa, parcels="3", cents_on="last", notes="For the hall")

    assert "100.00 BRL becomes 3 parcels, each on a statement of its own" in text_of(told)
    assert "so far 100.00 33.33" in text_of(told)
    assert not InstallmentPlan.objects.exists()
    answers = [client.post(address, sure(told)) for _ in range(2)]

    plan = InstallmentPlan.objects.get()
    where = f"/installment-plans/{plan.id}"
    assert [one["Location"] for one in answers] == [f"{where}?told=split#content"] * 2
    parcels = plan.installments.order_by("number")
    ids = [one.transaction_id for one in parcels]
    costs = dict(
        InvoiceLine.objects.filter(transaction_id__in=ids).values_list("transaction_id", "amount")
    )
    assert [-costs[id] for id in ids] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert (ids[0], plan.notes) == (sofa, "For the hall")
    assert plan.first_month == wallet.statement(1).month
    assert client.get(address)["Location"] == where


def test_the_first_parcel_may_be_on_a_later_statement(browser: Any, sofa: Any) -> None:
    client = browser()
    page = client.get(f"/transactions/{sofa}/parcels")
    later = page.content.decode().partition('name="first_month"')[2].split('<option value="')[4][:7]

    told = ask(client, sofa, parcels="2", first_month=later)
    client.post(f"/transactions/{sofa}/parcels", sure(told))

    assert f"{InstallmentPlan.objects.get().first_month:%Y-%m}" == later


def test_what_changed_meanwhile_is_told_anew(
    browser: Any, book: Book, by: Actor, sofa: Any
) -> None:
    client, address = browser(), f"/transactions/{sofa}/parcels"
    told = ask(client, sofa, parcels="2")
    cheaper = Changes({"amount": Decimal("-90.00")})
    ledger.correct(book=book, by=by, transaction_id=sofa, changes=cheaper)

    refused = client.post(address, sure(told))

    assert refused.status_code == 400
    assert "This has changed since you read it" in text_of(refused)
    assert "90.00 BRL becomes 2 parcels" in text_of(refused)
    assert not InstallmentPlan.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("parcels", "1", "A whole number from 2 to 120."),
        ("parcels", "121", "A whole number from 2 to 120."),
        ("parcels", "many", "A whole number from 2 to 120."),
        ("first_month", "1999-01", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    browser: Any, sofa: Any, field: str, value: str, said: str
) -> None:
    answer = ask(browser(), sofa, **{"parcels": "2", field: value})

    body = answer.content.decode()
    assert answer.status_code == 400
    assert said in body.partition(f'id="split_{field}_error">')[2].partition("</p>")[0]
    assert Transaction.objects.filter(description="Sofa").exists()


def test_only_card_purchases_of_members_who_write_go_in_parcels(
    browser: Any, client: Client, wallet: Wallet, checking: Account, sofa: Any, person: Any
) -> None:
    cash = wallet.keeper.move(checking, wallet.today, "-9.00")
    cents = wallet.buy(1, "0.01")
    browser()
    assert "/parcels" not in client.get(f"/transactions/{cash}").content.decode()
    seen = client.get(f"/transactions/{cash}/parcels")
    assert "This is no purchase with a card" in text_of(seen)
    assert client.post(f"/transactions/{cash}/parcels", {"action": "split"}).status_code == 404
    few = ask(client, cents, parcels="2")
    assert "This is not enough for each parcel" in text_of(few)

    browser(Role.VIEWER)
    assert "/parcels" not in client.get(f"/transactions/{sofa}").content.decode()
    sent = {"action": "split", "parcels": "2"}
    assert client.post(f"/transactions/{sofa}/parcels", sent).status_code == 403
    client.force_login(person("stranger", Book.objects.create(name="T", base_currency="EUR")))
    assert client.get(f"/transactions/{sofa}/parcels").status_code == 404
    assert client.post(f"/transactions/{sofa}/parcels", sent).status_code == 404
    assert not InstallmentPlan.objects.exists()
