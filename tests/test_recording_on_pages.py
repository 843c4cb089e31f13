"""Recording a transaction on its page: what is typed, what is refused, and that it is once."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from conftest import TODAY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wallet import Wallet, text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from invoices.models import InstallmentPlan
from transactions import services as ledger
from transactions.models import Entry, Transaction, Vendor

EVIL = "<script>alert(1)</script>\"'><svg onload=alert(1)>"


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser, in English."""
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(owner)
    return found


def typed(browser: Client, account: Account, /, **changed: Any) -> dict[str, str]:
    """Return what the form sends after somebody has typed the least."""
    form = browser.get(f"/record?account={account.id}&date={TODAY}").context["form"]
    first = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    sent = {name: "" if value is None else str(value) for name, value in first.items()}
    return (
        sent
        | {"amount": "12.50", "description": "Bread"}
        | {name: str(value) for name, value in changed.items()}
    )


def told(answer: Any, name: str) -> str:
    """Return what is said beside a field."""
    found = re.search(rf'id="record_{name}_error">([^<]*)<', answer.content.decode())
    assert found, text_of(answer)
    return found[1]


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
    again = page.context["form"].initial
    assert (again["account"], again["date"], again["kind"]) == (checking.id, str(TODAY), "out")
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
    assert "→ Dollars" in text_of(browser.get(answer["Location"]))


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


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "", "Say how much."),
        ("amount", "12,50", "An amount is a plain decimal number, such as &quot;42.50&quot;."),
        ("amount", "1.234,56", "An amount is a plain decimal number"),
        ("amount", "1.234", "An amount in BRL has at most 2 decimals."),
        ("amount", "-5", "Leave the sign out: above it says which way."),
        ("amount", "0", "An entry moves money: its amount is not zero."),
        ("amount", "9" * 16, "An amount has at most 15 digits before the point."),
        ("date", "31/12/2026", "This is not a day of the calendar, YYYY-MM-DD."),
        ("date", "", "This field is required."),
        ("description", " ", "Say what it was."),
        ("description", "x" * 481, "480"),
        ("description", "a\x07b", "This text has control characters."),
        ("account", "", "Say on which account."),
        ("account", "x", "Choose one of these."),
        ("account", "0199c4a0-0000-7000-8000-000000000000", "There is no such account"),
        ("category", "0199c4a0-0000-7000-8000-000000000000", "There is no such category"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    browser: Client, checking: Account, field: str, value: str, sentence: str
) -> None:
    sent = typed(browser, checking, notes="Kept", vendor="New shop", **{field: value})

    answer = browser.post("/record", sent)

    body = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in told(answer, field)
    assert body.count('class="error"') == 1
    assert re.search(
        rf'id="record_{field}"[^>]*aria-describedby|aria-describedby="[^"]*record_{field}_error',
        body,
    )
    assert ">\nKept</textarea>" in body
    assert 'value="New shop"' in body
    assert not Transaction.objects.exists()
    assert not Vendor.objects.exists()


def test_the_ledger_s_refusals_stand_beside_their_fields(
    browser: Client, book: Book, by: Actor, checking: Account, savings: Account, groceries: Account
) -> None:
    sent = typed(browser, checking, category=groceries.id)
    itself = typed(browser, checking, kind="transfer", transfer_to=checking.id)
    nowhere = typed(browser, checking, kind="transfer")
    ledger.close_month(book=book, by=by, month=TODAY.replace(day=1), today=TODAY + timedelta(60))
    closed = browser.post("/record", sent)
    ledger.reopen_month(book=book, by=by, month=TODAY.replace(day=1), reason="a test")
    chart.archive_account(book=book, by=by, account_id=groceries.id)
    no_category = browser.post("/record", sent)
    chart.archive_account(book=book, by=by, account_id=checking.id)
    no_account = browser.post("/record", sent)

    assert told(closed, "date") == "2026-06 is closed; an owner of the book can reopen it."
    assert told(no_category, "category") == "Groceries is archived; reopen it first."
    assert told(no_account, "account") == "Checking is archived; reopen it first."
    chart.reopen_account(book=book, by=by, account_id=checking.id)
    assert told(browser.post("/record", itself), "transfer_to").startswith("A transfer goes to")
    assert told(browser.post("/record", nowhere), "transfer_to") == "Say to which account."
    assert not Transaction.objects.exists()


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


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"parcels": "x"}, "parcels", "A whole number, up to 120."),
        ({"parcels": "121"}, "parcels", "A whole number, up to 120."),
        ({"parcels": "3", "amount": "0.02"}, "amount", "not enough for each parcel"),
        ({"parcels": "3", "amount": "0"}, "amount", "not enough for each parcel"),
        ({"parcels": "3", "kind": "in"}, "parcels", "Only a purchase with a card"),
    ],
)
def test_parcels_that_cannot_be_are_refused_beside_their_field(
    browser: Client, wallet: Wallet, changed: dict, field: str, sentence: str
) -> None:
    answer = browser.post("/record", typed(browser, wallet.card.account, **changed))

    assert answer.status_code == 400
    assert sentence in told(answer, field)


def test_parcels_are_of_cards(browser: Client, wallet: Wallet, checking: Account) -> None:
    answer = browser.post("/record", typed(browser, checking, parcels="3"))
    one = browser.post("/record", typed(browser, checking, parcels="1"))

    assert (
        told(answer, "parcels") == "Only a purchase with a card goes in parcels: leave this empty."
    )
    assert one.status_code == 303


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

    shown = browser.get("/record").context["form"].fields["category"].choices

    assert [(group, [name for _, name in rows]) for group, rows in shown[1:]] == [
        ("Expenses", ["Groceries"]),
        ("Expenses: Home / House", ["Home / House", "Rent", "Repairs"]),
        ("Income", ["Salary"]),
    ]


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


def test_a_viewer_records_nothing(
    browser: Client, wallet: Wallet, checking: Account, book: Book, person: Callable[..., User]
) -> None:
    sent = typed(browser, checking)
    before = Transaction.objects.count()
    client = Client()
    client.force_login(person("viewer", book, Role.VIEWER))

    for page in ("/", f"/accounts/{checking.id}", f"/cards/{wallet.card.id}"):
        assert "/record" not in client.get(page).content.decode(), page
    seen, answer = client.get("/record"), client.post("/record", sent)

    assert "A viewer of this book cannot change it." in text_of(seen)
    assert '<form method="post" action="/record"' not in seen.content.decode()
    assert answer.status_code == 403
    assert Transaction.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_the_past_is_looked_at_and_nothing_is_recorded_in_it(
    browser: Client, book: Book, checking: Account
) -> None:
    page = browser.get(f"/record?known_on={book.day(timezone.now())}")

    assert page.status_code == 200
    assert 'name="amount"' not in page.content.decode()


def test_a_book_without_accounts_says_what_to_do(browser: Client, book: Book) -> None:
    page = browser.get("/record")

    assert "There is no account yet" in text_of(page)
    assert 'name="amount"' not in page.content.decode()


def test_a_stranger_records_nothing_here(
    browser: Client, checking: Account, person: Callable[..., User], by: Actor
) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")
    client = Client()
    client.force_login(person("stranger", theirs))
    ledger.open_account(book=theirs, by=by, today=TODAY, name="x", kind="cash", currency="BRL")

    answer = client.post("/record", typed(browser, checking))

    assert told(answer, "account") == "There is no such account in this book."
    assert not Transaction.objects.exists()


def test_a_form_without_its_token_is_refused(
    owner: User, browser: Client, checking: Account
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    assert client.post("/record", typed(browser, checking)).status_code == 403


def test_names_are_text(
    browser: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    chart.change_account(book=book, by=by, account_id=checking.id, name=EVIL)
    chart.change_category(book=book, by=by, category_id=groceries.id, name=EVIL)
    sent = typed(browser, checking, description=EVIL, vendor=EVIL, notes=EVIL)
    done = browser.post("/record", sent)

    for answer in (
        browser.get("/record"),
        browser.get(done["Location"]),
        browser.post("/record", sent | {"amount": EVIL}),
    ):
        body = answer.content.decode()
        assert "<script" not in body
        assert "<svg onload" not in body
        assert "&lt;script&gt;" in body


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
