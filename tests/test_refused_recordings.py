"""What is not recorded on the page: what is wrong, where a book says no, and who may not."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import TODAY
from django.test import Client
from django.utils import timezone
from recording import told, typed
from wallet import Wallet, text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import Transaction, Vendor

EVIL = "<script>alert(1)</script>\"'><svg onload=alert(1)>"


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser, in English."""
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(owner)
    return found


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "", "Say how much."),
        ("amount", "12,50", 'An amount is a plain decimal number, such as "42.50".'),
        ("amount", "1.234,56", "An amount is a plain decimal number"),
        ("amount", "1.234", "An amount in BRL has at most 2 decimals."),
        ("amount", "-5", "Leave the sign out: the amount does not say"),
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

    assert told(closed, "date") == "June 2026 is closed; an owner of the book can reopen it."
    assert told(no_category, "category") == "Groceries is archived; reopen it first."
    assert told(no_account, "account") == "Checking is archived; reopen it first."
    chart.reopen_account(book=book, by=by, account_id=checking.id)
    assert told(browser.post("/record", itself), "transfer_to").startswith("A transfer goes to")
    assert told(browser.post("/record", nowhere), "transfer_to") == "Say to which account."
    assert not Transaction.objects.exists()


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

    sent = typed(browser, checking)
    of_their_book = client.post("/record", sent | {"of_book": str(theirs.id)})

    assert client.post("/record", sent).status_code == 404
    assert told(of_their_book, "account") == "There is no such account in this book."
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
