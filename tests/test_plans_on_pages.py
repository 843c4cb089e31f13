"""A purchase in parcels has a page, on which it is paid early or cancelled as it was foretold."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from fields import sent_by
from wallet import Wallet, text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from invoices import services
from invoices.models import Fate, InstallmentPlan, Invoice
from transactions import services as ledger
from transactions.models import Transaction


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[..., Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str = Role.OWNER) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def buy(wallet: Wallet, category: Account, on: date) -> InstallmentPlan:
    """Buy a lamp for 100.00 in three parcels."""
    return services.create_plan(
        **wallet.keeper.who,
        card_id=wallet.card.id,
        description="Lamp",
        total=Decimal("100.00"),
        parcels=3,
        purchased_on=on,
        category_id=category.id,
    )


@pytest.fixture
def plan(wallet: Wallet, groceries: Account) -> InstallmentPlan:
    """A lamp for 100.00 in three parcels, of which the first is billed."""
    return buy(wallet, groceries, wallet.today - timedelta(days=10))


def address_of(plan: InstallmentPlan) -> str:
    return f"/installment-plans/{plan.id}"


def ask(client: Client, plan: InstallmentPlan, action: str, **typed: str) -> Any:
    """Send a form of the plan's page: what would happen?"""
    page = client.get(address_of(plan))
    field = "parcels" if action == "prepay" else "date"
    return client.post(address_of(plan), sent_by(page, field) | {"action": action} | typed)


def fates(plan: InstallmentPlan) -> list[str]:
    return list(plan.installments.order_by("number").values_list("fate", flat=True))


def totals(wallet: Wallet) -> dict[str, Decimal]:
    """Return what each statement that has lines comes to, by month."""
    rows = Invoice.objects.filter(card=wallet.card, lines__gt=0).order_by("month")
    return {f"{one.month:%Y-%m}": one.purchases - one.refunds for one in rows}


def test_a_plan_s_page_is_found_from_its_card_and_its_parcels(
    browser: Any, api: Any, wallet: Wallet, plan: InstallmentPlan
) -> None:
    client, address = browser(Role.VIEWER), address_of(plan)
    second = plan.installments.get(number=2).transaction_id
    links = [f"/cards/{wallet.card.id}", f"/transactions/{second}"]

    for page in links:
        assert f'href="{address}"' in client.get(page).content.decode()
    seen = text_of(client.get(address))

    assert "Still to come 66.66 BRL" in seen
    assert "Parcels left 2 of 3" in seen
    assert "Billed or paid early 33.34 Total 100.00" in seen
    assert seen.count("33.33") == 2
    assert "What is still to come of them" in text_of(client.get(links[0]))
    assert client.get(f"{address}?format=json").json() == api.get(address).json()


def test_parcels_are_paid_early_as_was_foretold(
    browser: Any, wallet: Wallet, plan: InstallmentPlan
) -> None:
    client, before = browser(Role.EDITOR), totals(wallet)
    current = wallet.statement(0)

    told = ask(client, plan, "prepay", parcels="2", discount="3.33")

    seen = text_of(told)
    assert told.status_code == 200
    assert "2 parcels, 66.66 BRL together, come to the statement of" in seen
    assert "A discount of 3.33 BRL comes with them" in seen
    assert "Then 0.00 BRL of the purchase is still to come." in seen
    assert (fates(plan), totals(wallet)) == ([Fate.NONE] * 3, before)
    assert not Transaction.objects.filter(description="Lamp, paid ahead").exists()

    sure = sent_by(told, "seen") | {"action": "prepay"}
    answers = [client.post(address_of(plan), sure) for _ in range(2)]

    assert [one["Location"] for one in answers] == [f"{address_of(plan)}?told=prepaid#content"] * 2
    assert fates(plan) == [Fate.NONE, Fate.PREPAID, Fate.PREPAID]
    assert Transaction.objects.filter(description="Lamp, paid ahead").count() == 1
    after = totals(wallet)[f"{current.month:%Y-%m}"]
    assert after == Decimal("66.66") - Decimal("3.33")
    assert f"so far {before[f'{current.month:%Y-%m}']:.2f} {after:.2f}" in seen
    assert "Nothing of it is left" in text_of(client.get(address_of(plan)))


def test_the_rest_is_cancelled_as_was_foretold(
    browser: Any, wallet: Wallet, plan: InstallmentPlan
) -> None:
    client = browser()

    told = ask(client, plan, "cancel")
    answer = client.post(address_of(plan), sent_by(told, "seen") | {"action": "cancel"})

    assert "A refund of 66.66 BRL comes with them" in text_of(told)
    assert answer["Location"] == f"{address_of(plan)}?told=cancelled#content"
    assert fates(plan) == [Fate.NONE, Fate.CANCELLED, Fate.CANCELLED]
    assert sum(totals(wallet).values()) == Decimal("120.00") + Decimal("33.34")
    assert "Cancelled on" in text_of(client.get(answer["Location"]))


def test_what_would_come_to_something_else_by_now_is_told_anew(
    browser: Any, wallet: Wallet, plan: InstallmentPlan
) -> None:
    client = browser()
    told = ask(client, plan, "cancel")
    services.prepay(**wallet.keeper.who, plan_id=plan.id, today=wallet.today, parcels=1)
    # What else is on the statements may have changed.
    wallet.buy(0, "5.00")

    refused = client.post(address_of(plan), sent_by(told, "seen") | {"action": "cancel"})

    assert refused.status_code == 400
    assert "This has changed since you read it" in text_of(refused)
    assert "1 parcel, 33.33 BRL, comes to the statement of" in text_of(refused)
    assert Fate.CANCELLED not in fates(plan)
    wallet.buy(0, "6.00")
    sure = sent_by(refused, "seen") | {"action": "cancel"}
    assert client.post(address_of(plan), sure).status_code == 303


@pytest.mark.parametrize(
    ("action", "field", "value", "said"),
    [
        ("prepay", "parcels", "3", "From 1 to 2 parcels are left to be paid ahead."),
        ("prepay", "parcels", "0", "A whole number"),
        ("prepay", "parcels", "", "required"),
        ("prepay", "discount", "33.34", "A discount is part of what is paid ahead."),
        ("prepay", "discount", "1.234", "decimals"),
        ("cancel", "date", "2199-01-01", "This day is still to come."),
        ("cancel", "date", "2001-01-01", "before that, nothing of it is owed"),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    browser: Any, plan: InstallmentPlan, action: str, field: str, value: str, said: str
) -> None:
    client = browser()
    typed = {"parcels": "1"} if action == "prepay" else {}

    answer = ask(client, plan, action, **typed | {field: value})

    body = answer.content.decode()
    assert answer.status_code == 400
    assert said in body.partition(f'id="{action}_{field}_error">')[2].partition("</p>")[0]
    assert fates(plan) == [Fate.NONE] * 3


def test_a_closed_month_and_an_archived_card_refuse_in_words(
    browser: Any, book: Book, by: Actor, wallet: Wallet, groceries: Account
) -> None:
    client = browser()
    day = wallet.today.replace(day=1) - timedelta(days=1)
    plan = buy(wallet, groceries, day)
    told = ask(client, plan, "cancel")
    ledger.close_month(book=book, by=by, month=day, today=wallet.today)

    refused = ask(client, plan, "cancel", date=day.isoformat())
    services.archive_card(book=book, by=by, card_id=wallet.card.id)
    archived = client.post(address_of(plan), sent_by(told, "seen") | {"action": "cancel"})

    assert (refused.status_code, archived.status_code) == (400, 400)
    assert "is closed" in text_of(refused)
    assert "archived" in text_of(archived)
    assert fates(plan) == [Fate.NONE] * 3


def test_viewers_read_a_plan_and_strangers_do_not(
    browser: Any, client: Client, plan: InstallmentPlan, person: Any
) -> None:
    browser(Role.VIEWER)
    assert 'value="cancel"' not in client.get(address_of(plan)).content.decode()
    for action in ("prepay", "cancel"):
        sent = {"action": action, "parcels": "1", "seen": "x"}
        assert client.post(address_of(plan), sent).status_code == 403
    client.force_login(person("stranger", Book.objects.create(name="T", base_currency="EUR")))
    assert client.get(address_of(plan)).status_code == 404
    assert client.post(address_of(plan), {"action": "cancel"}).status_code == 404
    assert fates(plan) == [Fate.NONE] * 3


def test_all_plans_are_listed_those_of_a_card_from_its_page(
    browser: Any, monkeypatch: Any, wallet: Wallet, issue: Any, groceries: Account
) -> None:
    monkeypatch.setattr("reports.cards.plans.PAGE", 2)
    client, day = browser(Role.VIEWER), wallet.today
    gold = Wallet(wallet.keeper, issue("Gold"), day)
    assert "will stand here" in text_of(client.get("/installment-plans"))
    plans = [buy(one, groceries, day) for one in (wallet, gold, wallet, wallet)]
    of_card = f"/installment-plans?card={wallet.card.id}"
    assert f'href="{of_card}"' in client.get(f"/cards/{wallet.card.id}").content.decode()

    def listed(page: Any) -> list[InstallmentPlan]:
        body = page.content.decode()
        found = {one: body.find(f'<a href="{address_of(one)}"') for one in plans}
        return sorted((one for one in plans if found[one] >= 0), key=lambda one: found[one])

    def to(page: Any, rel: str) -> str:
        before = page.content.decode().partition(f'" rel="{rel}"')[0]
        return "/installment-plans" + before.rpartition('href="')[2].replace("&amp;", "&")

    first = client.get(of_card)
    second = client.get(to(first, "next"))

    assert [listed(first), listed(second)] == [[plans[3], plans[2]], [plans[0]]]
    assert listed(client.get(to(second, "prev"))) == listed(first)
    assert listed(client.get("/installment-plans")) == [plans[3], plans[2]]
    assert "3 of 3" in text_of(first)


def test_a_plan_is_called_something_else_and_deleted_while_nothing_is_billed(
    browser: Any, wallet: Wallet, groceries: Account, plan: InstallmentPlan
) -> None:
    client, fresh = browser(Role.EDITOR), buy(wallet, groceries, wallet.today)
    address = address_of(fresh)
    named = sent_by(client.get(address), "description") | {"action": "keep"}

    answer = client.post(address, named | {"description": "Lamp in the hall"})
    assert answer["Location"] == f"{address}?told=changed#content"
    again = client.post(address, named | {"description": "Lamp in the kitchen"})
    assert "This has changed since you read it" in text_of(again)

    gone = sent_by(client.get(address), "version") | {"action": "drop"}
    assert "all 3 transactions, 100.00 BRL, are deleted" in text_of(client.get(address))
    assert client.post(address, gone | {"version": "0"}).status_code == 400
    answers = [client.post(address, gone) for _ in range(2)]
    assert [one["Location"] for one in answers] == ["/installment-plans#content"] * 2
    assert [*InstallmentPlan.objects.all()] == [plan]
    # Of one that is billed in part it is not offered, and refused.
    assert 'value="drop"' not in client.get(address_of(plan)).content.decode()
    billed = client.post(address_of(plan), {"action": "drop", "version": str(plan.version)})
    assert "cancel the rest instead" in text_of(billed)
