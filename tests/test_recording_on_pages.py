"""Recording a transaction on its page: what is typed, and that it is once."""

import re
import threading
from datetime import date
from decimal import Decimal

import pytest
from conftest import TODAY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from fields import offered, sent_by
from recording import told, typed
from wallet import Wallet, text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from invoices.models import InstallmentPlan
from transactions import services as ledger
from transactions.models import Entry, Transaction, Vendor


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser, in English."""
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(owner)
    return found


def moved() -> list[tuple[str, Decimal]]:
    """Return what is recorded: by account, the oldest entry first."""
    rows = Entry.objects.order_by("id").select_related("account")
    return [(row.account.name, row.amount) for row in rows]


def test_money_that_goes_out_is_recorded_and_the_next_can_follow(
    browser: Client, checking: Account, groceries: Account
) -> None:
    sent = typed(browser, checking, category=groceries.id, notes="For Sunday")

    answer = browser.post("/record", sent)

    found = Transaction.objects.get()
    assert (found.date, found.description, found.notes) == (TODAY, "Bread", "For Sunday")
    assert (found.created_via, found.source) == ("page", "manual")
    assert moved() == [("Checking", Decimal("-12.5")), ("Groceries", Decimal("12.5"))]
    assert answer.status_code == 303
    page = browser.get(answer["Location"])
    assert "Recorded: Bread , −12.50 BRL, 15 Jun 2026, Checking" in text_of(page)
    assert f'href="/transactions/{found.id}"' in page.content.decode()
    again = sent_by(page)
    assert (again["account"], again["date"], again["kind"]) == (
        *(str(checking.id), str(TODAY)),
        "out",
    )
    assert again["key"] != sent["key"]
    assert 'name="description" maxlength="480" required' in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "to", "amounts"),
    [
        ("in", None, {"Checking": "12.50", "Uncategorised income": "-12.50"}),
        ("transfer", "savings", {"Checking": "-12.50", "Savings": "12.50"}),
    ],
)
def test_money_comes_in_and_moves_between_accounts(
    browser: Client, checking: Account, savings: Account, kind: str, to: str, amounts: dict
) -> None:
    other = savings.id if to else ""

    browser.post("/record", typed(browser, checking, kind=kind, transfer_to=other))

    assert dict(moved()) == {name: Decimal(amount) for name, amount in amounts.items()}


def test_a_transfer_to_another_currency_says_what_arrives(
    browser: Client, checking: Account, dollars: Account
) -> None:
    sent = typed(browser, checking, kind="transfer", transfer_to=dollars.id, amount="1,000.00")

    refused = browser.post("/record", sent)
    answer = browser.post("/record", sent | {"transfer_amount": "185.30"})

    assert told(refused, "transfer_amount") == "Say how much moves in USD, without a sign."
    assert 'value="1,000.00"' in refused.content.decode()
    assert moved()[:2] == [("Checking", Decimal(-1000)), ("Dollars", Decimal("185.3"))]
    assert "Checking → Dollars , 185.30 USD." in text_of(browser.get(answer["Location"]))


def test_what_a_kind_has_no_place_for_is_left_out(
    browser: Client, checking: Account, savings: Account, groceries: Account
) -> None:
    filled = {"category": groceries.id, "vendor": "Bakery", "transfer_to": savings.id}

    browser.post("/record", typed(browser, checking, kind="transfer", **filled))
    browser.post("/record", typed(browser, checking, kind="out", **filled))

    assert [name for name, _ in moved()] == ["Checking", "Savings", "Checking", "Groceries"]
    assert [one.vendor_id is None for one in Transaction.objects.order_by("id")] == [True, False]


@pytest.mark.parametrize(
    ("language", "sent", "kept"),
    [
        ("en", "1,234.56", "1234.56"),
        ("en", "1234.56", "1234.56"),
        ("pt-BR", "1.234,56", "1234.56"),
        ("pt-BR", "1234,5", "1234.50"),
        ("pt-BR", "1.234", "1234"),
    ],
)
def test_an_amount_is_read_as_its_reader_writes_it(
    owner: User, checking: Account, language: str, sent: str, kept: str
) -> None:
    browser = Client(headers={"Accept-Language": language})
    browser.force_login(owner)

    browser.post("/record", typed(browser, checking, amount=sent))

    assert moved()[0][1] == -Decimal(kept)


def test_a_form_that_is_sent_twice_records_once(browser: Client, checking: Account) -> None:
    sent = typed(browser, checking, vendor="Bakery")

    first, again = browser.post("/record", sent), browser.post("/record", sent)

    assert first["Location"] == again["Location"]
    assert Transaction.objects.count() == 1
    browser.post("/record", typed(browser, checking, vendor="bakery"))
    assert Transaction.objects.count() == 2
    assert Vendor.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_record_once_and_both_are_told(
    browser: Client, owner: User, checking: Account
) -> None:
    sent, told = typed(browser, checking), []

    def click() -> None:
        client = Client()
        client.cookies = browser.cookies
        told.append(client.post("/record", sent)["Location"])
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 4
    assert len(set(told)) == 1
    assert Transaction.objects.count() == 1


def test_a_used_form_with_something_else_in_it_asks_first(
    browser: Client, checking: Account
) -> None:
    sent = typed(browser, checking)
    browser.post("/record", sent)

    asked = browser.post("/record", sent | {"amount": "7.00"})

    assert asked.status_code == 400
    assert "This form has recorded something else already" in text_of(asked)
    assert Transaction.objects.count() == 1
    key = re.search(r'name="key" value="([^"]+)"', asked.content.decode())[1]
    browser.post("/record", sent | {"amount": "7.00", "key": key})
    assert Transaction.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x"])
def test_a_form_without_its_key_gets_one(browser: Client, checking: Account, key: str) -> None:
    sent = typed(browser, checking, key=key)

    asked = browser.post("/record", sent)

    assert asked.status_code == 400
    assert not Transaction.objects.exists()
    key = re.search(r'name="key" value="([^"]+)"', asked.content.decode())[1]
    assert browser.post("/record", sent | {"key": key}).status_code == 303


@pytest.mark.parametrize(("day", "is_said"), [("2026-05-01", True), ("2026-05-02", False)])
def test_what_is_dated_before_an_opening_balance_is_pointed_at(
    browser: Client, book: Book, by: Actor, day: str, is_said: bool
) -> None:
    opened = ledger.open_account(
        book=book, by=by, today=TODAY, name="Jar", kind="cash", currency="BRL",
        opening_balance=Decimal("150.00"), opened_on=date(2026, 5, 2),
    )  # fmt: skip

    answer = browser.post("/record", typed(browser, opened, date=day))

    page = browser.get(answer["Location"])
    opening = Transaction.objects.get(source="opening")
    assert ("Jar opened with 150.00 BRL on 2 May 2026" in text_of(page)) == is_said
    assert (f'href="/transactions/{opening.id}"' in page.content.decode()) == is_said


def test_a_purchase_with_a_card_goes_in_parcels(
    browser: Client, wallet: Wallet, groceries: Account
) -> None:
    card = wallet.card.account
    sent = typed(browser, card, amount="100.00", parcels="3", category=groceries.id, vendor="Shop")

    answer = browser.post("/record", sent | {"date": str(wallet.today)})

    plan = InstallmentPlan.objects.get()
    parcels = [one.transaction for one in plan.installments.order_by("number")]
    assert (plan.total, plan.parcels, plan.purchased_on) == (100, 3, wallet.today)
    assert [one.description for one in parcels] == [f"Bread ({n}/3)" for n in (1, 2, 3)]
    assert {one.vendor.name for one in parcels} == {"Shop"}
    page = text_of(browser.get(answer["Location"]))
    assert "Recorded: Bread (1/3) , −100.00 BRL in 3 parcels" in page


def test_a_vendor_is_named_and_a_new_name_is_added(
    browser: Client, book: Book, by: Actor, checking: Account
) -> None:
    known = ledger.create_vendor(book=book, by=by, name="Bakery")

    browser.post("/record", typed(browser, checking, vendor=" bakery "))
    browser.post("/record", typed(browser, checking, vendor="New shop"))

    assert [one.vendor.name for one in Transaction.objects.order_by("id")] == ["Bakery", "New shop"]
    assert Vendor.objects.exclude(id=known.id).get().created_via == "page"
    assert '<option value="Bakery">' in browser.get("/record").content.decode()


def test_categories_stand_in_the_two_levels_of_the_tree(
    browser: Client, book: Book, by: Actor, checking: Account, groceries: Account, salary: Account
) -> None:
    home = chart.create_category(book=book, by=by, name="Home / House", type="expense")
    for name in ("Rent", "Repairs"):
        chart.create_category(book=book, by=by, name=name, type="expense", parent_id=home.id)
    gone = chart.create_category(book=book, by=by, name="Gone", type="income")
    chart.archive_account(book=book, by=by, account_id=gone.id)

    assert offered(browser.get("/record"), "category") == [
        ("Expenses", ["Groceries"]),
        ("Expenses: Home / House", ["Home / House", "Rent", "Repairs"]),
        ("Income", ["Salary"]),
    ]


def test_accounts_stand_by_kind_and_archived_ones_do_not(
    browser: Client, book: Book, by: Actor, wallet: Wallet, dollars: Account, savings: Account
) -> None:
    chart.archive_account(book=book, by=by, account_id=savings.id)

    page = browser.get(f"/record?account={savings.id}")

    assert offered(page, "account") == [
        ("Checking", ["Checking (BRL)"]),
        ("Credit cards", ["Platinum (BRL)"]),
        ("Savings", ["Dollars (USD)"]),
    ]
    assert "autofocus" not in page.content.decode()


def test_pages_of_accounts_and_cards_lead_to_the_form(
    browser: Client, wallet: Wallet, checking: Account
) -> None:
    pages = {
        "/": "/record",
        f"/accounts/{checking.id}": f"/record?account={checking.id}",
        f"/cards/{wallet.card.id}": f"/record?account={wallet.card.account_id}",
    }

    for page, address in pages.items():
        assert f'href="{address}">Record a transaction' in browser.get(page).content.decode(), page


def test_statements_of_the_page_do_not_grow_with_the_book(
    browser: Client, book: Book, by: Actor, wallet: Wallet, groceries: Account
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get("/record")
        return len(seen)

    few = asked()
    for n in range(10):
        who = {"book": book, "by": by}
        ledger.open_account(**who, today=TODAY, name=f"A{n}", kind="cash", currency="EUR")
        chart.create_category(**who, name=f"C{n}", type="expense", parent_id=groceries.id)
        ledger.create_vendor(**who, name=f"V{n}")

    assert few == asked() <= 8
