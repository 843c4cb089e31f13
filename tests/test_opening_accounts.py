"""The page that opens an account: who may, what it becomes, what is wrong, and that it is once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from fields import sent_by
from wallet import text_of

from accounts.models import Account, Broker, CardTerms, CreditCard
from buffet.models import Book, Role, User
from invoices.models import Invoice
from transactions.models import Entry
from transactions.queries.balances import balance

SENT = {
    "kind": "savings",
    "name": "Rainy days",
    "currency": "brl",
    "broker": "Banco Azul",
    "number": "0001-98765",
    "opening_balance": "1,234.50",
    "opened_on": "2026-05-01",
}
CARD = SENT | {
    "kind": "credit_card",
    "name": "Gold",
    "owed": "300",
    "closing_day": "25",
    "due_day": "5",
    "limit": "5,000",
}


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def opened(book: Book) -> list[Account]:
    """Return the accounts of a book that hold money."""
    return list(Account.objects.real().filter(book=book))


def test_an_editor_opens_an_account_and_is_led_to_it(browser: Any, book: Book) -> None:
    client = browser(Role.EDITOR)

    answer = client.post("/accounts/new", SENT)

    (account,) = opened(book)
    assert (answer.status_code, answer["Location"]) == (303, f"/accounts/{account.id}")
    assert (account.kind, account.currency, account.number) == ("savings", "BRL", "0001-98765")
    assert (account.broker.name, account.opened_on) == ("Banco Azul", date(2026, 5, 1))
    assert account.created_via == "page"
    entry = Entry.objects.get(account=account)
    assert (entry.amount, entry.date) == (Decimal("1234.50"), date(2026, 5, 1))
    seen = text_of(client.get(answer["Location"]))
    assert "1,234.50 BRL" in seen
    assert "Banco Azul" in seen


def test_a_card_is_opened_with_its_days_and_what_is_owed(
    browser: Any, book: Book, checking: Account
) -> None:
    client = browser(Role.OWNER)

    answer = client.post("/accounts/new", CARD | {"paying_account": str(checking.id)})

    card = CreditCard.objects.get(book=book)
    terms = CardTerms.objects.get(card=card)
    assert answer["Location"] == f"/accounts/{card.account_id}"
    assert (terms.closing_day, terms.due_day) == (25, 5)
    assert (card.limit, card.paying_account_id) == (Decimal(5000), checking.id)
    # What was typed under another kind and is no more to be seen is not counted.
    assert balance(book.id, card.account_id, date(2026, 5, 1)) == Decimal(-300)
    assert Invoice.objects.filter(card=card).exists()


def test_what_is_owed_on_a_loan_is_a_debt(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)

    client.post("/accounts/new", SENT | {"kind": "loan", "owed": "10,000", "closing_day": "x"})

    (account,) = opened(book)
    assert account.type == "liability"
    assert balance(book.id, account.id, date(2026, 5, 1)) == Decimal(-10000)
    assert not CreditCard.objects.exists()


def test_amounts_are_typed_as_the_reader_writes_them(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)

    typed = SENT | {"opening_balance": "1.234,50"}
    client.post("/accounts/new", typed, headers={"accept-language": "pt-BR"})

    opening = Entry.objects.select_related("transaction").get(account=opened(book)[0])
    assert opening.amount == Decimal("1234.50")
    assert opening.transaction.description == "Saldo inicial"


@pytest.mark.parametrize(
    ("name", "sent", "said"),
    [
        ("name", " ", "This field is required"),
        ("name", "Checking", "already has an account of this name"),
        ("kind", "category", "category"),
        ("currency", "R$", "ISO 4217"),
        ("currency", "", "This field is required"),
        ("opened_on", "yesterday", "YYYY-MM-DD"),
        ("owed", "1.234", "decimals"),
        ("owed", "lots", "amount"),
        ("owed", "9" * 20, "digits"),
        ("limit", "-1", "A limit is zero or more"),
        ("closing_day", "32", "A day from 1 to 31"),
        ("closing_day", "", "statements follow from it"),
        ("due_day", "first", "A day from 1 to 31"),
        ("paying_account", "01890000-0000-7000-8000-000000000000", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_leaves_nothing(
    browser: Any, book: Book, checking: Account, name: str, sent: str, said: str
) -> None:
    client = browser(Role.OWNER)

    answer = client.post("/accounts/new", CARD | {name: sent})

    body = answer.content.decode()
    assert answer.status_code == 400
    assert said in body[body.index(f'id="open_{name}_error"') :].partition("</p>")[0]
    assert body.count('class="error"') == 1
    assert opened(book) == [checking]
    assert not Broker.objects.exists()


def test_a_refused_opening_balance_is_said_beside_what_was_typed(
    browser: Any, book: Book, by: Any
) -> None:
    client = browser(Role.OWNER)
    sent = CARD | {"opened_on": "0001-01-01"}

    body = client.post("/accounts/new", sent).content.decode()

    assert 'id="open_opened_on_error"' in body
    assert opened(book) == []


def test_the_same_form_sent_again_opens_no_second_account(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)

    first, again = (client.post("/accounts/new", SENT) for _ in range(2))

    assert (first.status_code, again.status_code) == (303, 400)
    assert "The book already has an account of this name." in text_of(again)
    assert len(opened(book)) == 1
    assert Entry.objects.filter(account=opened(book)[0]).count() == 1


def test_a_broker_that_the_book_has_is_taken_whatever_its_case(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    known = Broker.objects.create(book=book, name="BANCO AZUL")

    client.post("/accounts/new", SENT)

    assert opened(book)[0].broker == known
    assert '<option value="BANCO AZUL">' in client.get("/accounts/new").content.decode()


def test_a_viewer_is_not_offered_it_and_is_refused(browser: Any, book: Book) -> None:
    client = browser(Role.VIEWER)

    page = client.get("/accounts/new")

    assert 'name="kind"' not in page.content.decode()
    assert "An owner or editor of the book can open accounts." in text_of(page)
    for address in ("/", "/accounts", "/cards"):
        assert "/accounts/new" not in client.get(address).content.decode()
    assert client.post("/accounts/new", SENT).status_code == 403
    assert opened(book) == []


@pytest.mark.parametrize("address", ["/", "/accounts", "/cards"])
def test_whoever_has_an_empty_book_is_led_there(browser: Any, address: str) -> None:
    page = browser(Role.OWNER).get(address).content.decode()

    assert 'href="/accounts/new' in page
    assert "/api/v1/docs" not in page


def test_accounts_lead_to_a_new_one_but_not_from_the_past(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)

    assert 'href="/accounts/new"' in client.get("/accounts").content.decode()
    past = f"/accounts?known_on={checking.created_at:%Y-%m-%d}"
    assert 'href="/accounts/new"' not in client.get(past).content.decode()


def test_it_can_be_asked_for_a_card_at_once(browser: Any) -> None:
    page = browser(Role.OWNER).get("/accounts/new?kind=credit_card").content.decode()

    assert '<option value="credit_card" selected>' in page


def test_a_form_that_is_sent_twice_opens_one_account(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    key = sent_by(client.get("/accounts/new"), "name")["key"]

    answers = [client.post("/accounts/new", SENT | {"key": key}) for _ in range(2)]
    other = client.post("/accounts/new", SENT | {"key": key, "name": "Other"})

    assert {one["Location"] for one in answers} == {f"/accounts/{opened(book)[0].id}"}
    assert (other.status_code, len(opened(book))) == (400, 1)
    assert "This form has recorded something else already" in text_of(other)
    again = sent_by(other, "name")
    assert again["key"] != key
    assert client.post("/accounts/new", again).status_code == 303
    assert {one.name for one in opened(book)} == {"Rainy days", "Other"}
