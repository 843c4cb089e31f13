"""The page of what is coming: a month with all that is to come, each once, from its source."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from wallet import Wallet, text_of

from accounts.models import Account
from invoices import services
from transactions import services as ledger
from transactions.models import Subscription


def subscribe(wallet: Wallet, name: str, account: Account, in_days: int, **more: Any) -> date:
    """Subscribe to something that is due once in the coming year, and return when."""
    due = wallet.today + timedelta(days=in_days)
    ledger.create_subscription(
        **wallet.keeper.who, name=name, account_id=account.id, amount=Decimal("30.00"),
        cadence="yearly", every=1, starts_on=due, **more,
    )  # fmt: skip
    return due


def in_parcels(wallet: Wallet, category: Account) -> None:
    """Buy a lamp for 90.00 in three parcels, the first of them yesterday."""
    services.create_plan(
        **wallet.keeper.who, card_id=wallet.card.id, description="Lamp", total=Decimal("90.00"),
        parcels=3, purchased_on=wallet.today - timedelta(days=1), category_id=category.id,
    )  # fmt: skip


def rows_of(page: Any, month: date) -> dict[str, dict[str, str]]:
    """Return what the month's page lists, by title."""
    found = page(f"/coming/{month:%Y-%m}?format=json").json()
    return {row["title"]: row for row in found["results"]}


def test_each_row_names_its_source_and_leads_to_its_page(
    page: Any, wallet: Wallet, checking: Account, groceries: Account
) -> None:
    due = subscribe(wallet, "Gym", checking, 60)
    id = wallet.keeper.move(checking, due, "-12.00", description="Booked", category_id=groceries.id)

    body = page(f"/coming/{due:%Y-%m}").content.decode()

    table = body.partition('id="bills"')[2]
    assert f'<a href="/transactions/{id}">Booked</a>' in table
    gym = Subscription.objects.get()
    assert f'<th scope="row"><a href="/subscriptions/{gym.id}">Gym</a></th>' in table
    seen = re.sub(r"<[^>]+>", "", table)
    assert "Subscription, Checking" in seen
    assert "Transaction, Checking" in seen
    day = re.search(rf'<td[^>]*><time datetime="{due}".*?</td>', body, re.DOTALL)[0]
    assert "Gym" in day
    assert "Booked" in day


def test_what_a_statement_includes_is_listed_and_not_added_again(
    page: Any, wallet: Wallet, groceries: Account
) -> None:
    in_parcels(wallet, groceries)
    found = page(f"/coming/{wallet.today:%Y-%m}?format=json").json()
    parcel = next(one for one in found["forecast"]["coming"] if one["source"] == "installment")
    day = date.fromisoformat(parcel["date"])

    answer = page(f"/coming/{day:%Y-%m}")

    row = rows_of(page, day)[parcel["title"]]
    assert (row["part"], row["amount"], row["left"]) == ("on_card", "30.00", "0.00")
    assert row["link"].startswith("/transactions/")
    assert f'Instalment, in <a href="{row["statement"]}">Platinum, ' in answer.content.decode()
    totals = page(f"/coming/{day:%Y-%m}?format=json").json()["totals"]
    bills = [row for row in rows_of(page, day).values() if row["source"] == "statement"]
    assert [one["amount"] for one in totals] == [
        str(sum(Decimal(row["amount"]) for row in bills)) for _ in totals
    ]


def test_a_subscription_on_a_card_is_expected_on_its_bill(
    page: Any, wallet: Wallet, groceries: Account
) -> None:
    due = subscribe(wallet, "Music", wallet.card.account, 1)
    wallet.buy(1, "8.00")
    open_one = wallet.statement(0)

    bill = rows_of(page, open_one.due_on)["Platinum"]

    assert (bill["amount"], bill["left"], bill["expected"]) == ("38.00", "38.00", "30.00")
    seen = text_of(page(f"/coming/{open_one.due_on:%Y-%m}"))
    assert "with 30.00 expected" in seen
    assert rows_of(page, due)["Music"]["part"] == "on_card"


def test_paid_bills_and_income_are_told_apart_from_what_is_left(
    page: Any, wallet: Wallet, checking: Account, salary: Account
) -> None:
    month = wallet.statement(10).due_on
    in_days = (month - wallet.today).days
    services.pay(**wallet.keeper.who, invoice_id=wallet.statement(10).id, today=wallet.today)
    subscribe(wallet, "Wages", checking, in_days, category_id=salary.id)

    answer = page(f"/coming/{month:%Y-%m}")

    rows = rows_of(page, month)
    assert (rows["Platinum"]["status"], rows["Platinum"]["left"]) == ("paid", "0.00")
    assert rows["Wages"]["part"] == "coming_in"
    (total,) = page(f"/coming/{month:%Y-%m}?format=json").json()["totals"]
    assert total == {
        "amount": "120.00", "paid": "120.00", "left": "0.00", "coming_in": "30.00",
        "currency": "BRL",
    }  # fmt: skip
    assert "Coming in 30.00 BRL" in text_of(answer)


def test_a_transfer_between_own_accounts_is_neither_paid_nor_earned(
    page: Any, wallet: Wallet, checking: Account, savings: Account
) -> None:
    day = wallet.today + timedelta(days=70)
    wallet.keeper.move(checking, day, "-50.00", description="Aside", transfer_to_id=savings.id)

    seen = text_of(page(f"/coming/{day:%Y-%m}"))

    assert rows_of(page, day)["Aside"]["part"] == "transfer"
    assert "Checking → Savings" in seen
    assert page(f"/coming/{day:%Y-%m}?format=json").json()["totals"] == []


def test_the_csv_has_what_the_page_lists(page: Any, wallet: Wallet, checking: Account) -> None:
    due = subscribe(wallet, "=Gym", checking, 60)

    text = page(f"/coming/{due:%Y-%m}?format=csv").getvalue().decode()

    rows = list(csv.DictReader(text.splitlines()))
    assert ("'=Gym", "30.00", "subscription", "to_pay", "Checking") in [
        (row["title"], row["amount"], row["source"], row["part"], row["accounts"]) for row in rows
    ]


def test_months_beyond_the_forecast_say_so(page: Any, wallet: Wallet, checking: Account) -> None:
    subscribe(wallet, "Gym", checking, 60)
    far = wallet.today + timedelta(days=500)

    answer = page(f"/coming/{far:%Y-%m}")

    assert "after that only statements are known" in text_of(answer)
    assert page("/coming/2199-12").status_code == page("/coming/1900-01").status_code == 200


def test_statements_of_the_page_do_not_grow_with_the_sources(
    page: Any, wallet: Wallet, checking: Account, savings: Account, groceries: Account
) -> None:
    def add(number: int) -> None:
        for account in (checking, wallet.card.account):
            subscribe(wallet, f"Gym {number} {account.name}", account, 20)
        in_parcels(wallet, groceries)
        wallet.buy(40 + 30 * number, "5.00")
        day = wallet.today + timedelta(days=5 + number)
        wallet.keeper.move(checking, day, "-5.00", transfer_to_id=savings.id)

    def counts() -> list[int]:
        found = []
        for path in ("/coming", f"/coming/{wallet.today + timedelta(days=31):%Y-%m}"):
            with CaptureQueriesContext(connection) as asked:
                assert page(path).status_code == 200
            found.append(len(asked))
        return found

    for number in range(2):
        add(number)
    few = counts()
    for number in range(2, 8):
        add(number)

    assert counts() == few
    assert max(few) <= 14
