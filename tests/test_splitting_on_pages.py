"""A transaction's page leads to where it is split, and moves it to another account."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from conftest import TODAY
from django.test import Client
from fields import sent_by
from recording import told
from wallet import text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import Entry, Transaction


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser, in English."""
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(owner)
    return found


@pytest.fixture
def keeper(book: Book, by: Actor) -> Bookkeeper:
    """Someone who keeps the book."""
    return Bookkeeper(book, by)


@pytest.fixture
def rent(book: Book, by: Actor) -> Account:
    """Another category."""
    return chart.create_category(book=book, by=by, name="Rent", type="expense")


@pytest.fixture
def market(keeper: Bookkeeper, checking: Account, groceries: Account) -> UUID:
    """A purchase of 100.00, all of it groceries."""
    return keeper.move(checking, TODAY, "-100", category_id=groceries.id, description="Market")


def moved(id: UUID) -> dict[str, Decimal]:
    """Return what a transaction moves, by account."""
    rows = Entry.objects.filter(transaction_id=id).select_related("account")
    return {row.account.name: row.amount for row in rows}


def parts(browser: Client, id: UUID, *wanted: tuple[Any, str]) -> dict[str, str]:
    """Return what the form sends with these parts typed into it, from the first on."""
    sent = sent_by(browser.get(f"/transactions/{id}/split"), "amount_0") | {"action": "split"}
    for place, (category, amount) in enumerate(wanted):
        sent[f"category_{place}"] = str(getattr(category, "id", category))
        sent[f"amount_{place}"] = amount
    return sent


def test_its_page_leads_there_and_it_is_split_once(
    browser: Client, market: UUID, groceries: Account, rent: Account
) -> None:
    address = f"/transactions/{market}/split"
    assert f'href="{address}"' in browser.get(f"/transactions/{market}").content.decode()
    before = Entry.objects.get(transaction=market, account=groceries).id
    sent = parts(browser, market, (groceries, "70.50"), (rent, ""))
    assert sent["amount_2"] == ""

    answers = [browser.post(address, sent) for _ in range(2)]

    where = f"/transactions/{market}?told=corrected#content"
    assert [one["Location"] for one in answers] == [where] * 2
    assert moved(market) == {
        "Checking": -100,
        "Groceries": Decimal("70.5"),
        "Rent": Decimal("29.5"),
    }
    assert Entry.objects.get(transaction=market, account=groceries).id == before


def test_what_is_split_is_split_otherwise_and_put_together(
    browser: Client, market: UUID, groceries: Account, rent: Account, salary: Account
) -> None:
    address = f"/transactions/{market}/split"
    browser.post(address, parts(browser, market, (groceries, "60"), (rent, "40")))

    browser.post(address, parts(browser, market, (groceries, "110"), ("", ""), (salary, "-10")))
    assert moved(market) == {"Checking": -100, "Groceries": 110, "Salary": -10}

    browser.post(address, parts(browser, market, ("", ""), (rent, "")))
    assert moved(market) == {"Checking": -100, "Rent": 100}


def test_money_that_came_in_is_split_without_signs_as_one_s_language_writes_it(
    browser: Client, keeper: Bookkeeper, checking: Account, salary: Account, groceries: Account
) -> None:
    id = keeper.move(checking, TODAY, "1500")
    sent = parts(browser, id, ("", "1.200,00"), (salary, "300,00"))

    browser.post(f"/transactions/{id}/split", sent, headers={"Accept-Language": "pt-BR"})

    assert moved(id) == {"Checking": 1500, "Uncategorised income": -1200, "Salary": -300}


@pytest.mark.parametrize(
    ("second", "field", "sentence"),
    [
        (("{rent}", "40.001"), "amount_1", "An amount in BRL has at most 2 decimals."),
        (("{rent}", "x"), "amount_1", "An amount is a plain decimal number"),
        (("{rent}", "0"), "amount_1", "its amount is not zero"),
        (("", "40"), "category_1", "Choose a category."),
        (("{gone}", "40"), "category_1", "Gone is archived; reopen it first."),
        (("x", "40"), "category_1", "Choose one of these."),
        (("{rent}", "41"), "", "they are off by 1.00 BRL"),
    ],
)
def test_what_is_wrong_is_said_beside_its_part_and_nothing_changes(
    browser: Client,
    keeper: Bookkeeper,
    market: UUID,
    groceries: Account,
    rent: Account,
    second: tuple[str, str],
    field: str,
    sentence: str,
) -> None:
    gone = chart.create_category(**keeper.who, name="Gone", type="expense")
    chart.archive_account(**keeper.who, account_id=gone.id)
    category = second[0].format(rent=rent.id, gone=gone.id)
    sent = parts(browser, market, (groceries, "60"), (category, second[1]))

    answer = browser.post(f"/transactions/{market}/split", sent)

    assert answer.status_code == 400
    assert sentence in (told(answer, field, "split") if field else text_of(answer))
    assert 'value="60"' in answer.content.decode()
    assert moved(market) == {"Checking": -100, "Groceries": 100}


@pytest.mark.django_db(transaction=True)
def test_what_changed_since_or_is_closed_is_not_split(
    browser: Client, keeper: Bookkeeper, market: UUID, groceries: Account, rent: Account
) -> None:
    address = f"/transactions/{market}/split"
    sent = parts(browser, market, (groceries, "60"), (rent, "40"))
    changes = Changes({"amount": Decimal(-90)})
    ledger.correct(**keeper.who, transaction_id=market, changes=changes)

    stale = browser.post(address, sent)
    fresh = parts(browser, market, (groceries, "60"), (rent, "30"))
    ledger.close_month(**keeper.who, month=TODAY.replace(day=1), today=TODAY + timedelta(60))
    closed = browser.post(address, fresh)

    assert (stale.status_code, closed.status_code) == (400, 400)
    assert "This has changed since you read it" in text_of(stale)
    assert "June 2026 is closed; an owner of the book can reopen it." in text_of(closed)
    assert 'value="split"' not in browser.get(address).content.decode()
    assert moved(market) == {"Checking": -90, "Groceries": 90}


def test_a_transfer_is_not_split_and_viewers_and_strangers_split_nothing(
    book: Book, browser: Client, keeper: Bookkeeper, market: UUID, checking: Account,
    savings: Account, groceries: Account, rent: Account, person: Callable[..., User],
) -> None:  # fmt: skip
    transfer = keeper.move(checking, TODAY, "-5", transfer_to_id=savings.id)
    sent = parts(browser, market, (groceries, "60"), (rent, "40"))
    assert browser.get(f"/transactions/{transfer}/split").status_code == 404
    assert "Split it" not in text_of(browser.get(f"/transactions/{transfer}"))

    other = Book.objects.create(name="Other", base_currency="EUR")
    for user, seen, refused in (
        (person("viewer", book, Role.VIEWER), 200, 403),
        (person("stranger", other), 404, 404),
    ):
        client = Client()
        client.force_login(user)
        page = client.get(f"/transactions/{market}/split")
        assert page.status_code == seen
        assert 'value="split"' not in page.content.decode()
        assert client.post(f"/transactions/{market}/split", sent).status_code == refused
    assert moved(market) == {"Checking": -100, "Groceries": 100}


def corrected(browser: Client, id: UUID, **changed: Any) -> Any:
    """Correct a transaction on its page, and return the answer."""
    was = sent_by(browser.get(f"/transactions/{id}"), "initial-description")
    sent = was | {name: str(one) for name, one in changed.items()} | {"action": "correct"}
    return browser.post(f"/transactions/{id}", sent)


def test_a_transaction_is_moved_to_another_account_whole_or_split(
    browser: Client, market: UUID, savings: Account, checking: Account, rent: Account
) -> None:
    assert corrected(browser, market, account=savings.id).status_code == 303
    assert moved(market) == {"Savings": -100, "Groceries": 100}

    groceries = Account.objects.get(name="Groceries")
    split = parts(browser, market, (groceries, "60"), (rent, "40"))
    browser.post(f"/transactions/{market}/split", split)
    assert corrected(browser, market, account=checking.id, description="Shop").status_code == 303
    assert moved(market) == {"Checking": -100, "Groceries": 60, "Rent": 40}
    assert Transaction.objects.get().description == "Shop"


def test_another_currency_needs_another_amount(
    browser: Client, market: UUID, dollars: Account
) -> None:
    refused = corrected(browser, market, account=dollars.id)
    assert "is in USD, not in BRL: say how much it is." in told(refused, "amount", "correct")

    assert corrected(browser, market, account=dollars.id, amount="18.50").status_code == 303
    assert moved(market) == {"Dollars": Decimal("-18.5"), "Groceries": Decimal("18.5")}


def test_either_side_of_a_transfer_is_moved(
    browser: Client, keeper: Bookkeeper, checking: Account, savings: Account, dollars: Account
) -> None:
    id = keeper.move(checking, TODAY, "-100", transfer_to_id=savings.id)

    same = corrected(browser, id, transfer_to=checking.id)
    assert told(same, "transfer_to", "correct") == "A transfer goes to another account."
    lacking = corrected(browser, id, transfer_to=dollars.id)
    assert "Say how much moves in USD" in told(lacking, "transfer_amount", "correct")
    abroad = corrected(browser, id, transfer_to=dollars.id, transfer_amount="18.50")
    assert abroad.status_code == 303
    assert moved(id)["Dollars"] == Decimal("18.5")
    assert corrected(browser, id, transfer_to=savings.id, transfer_amount="").status_code == 303
    assert moved(id) == {"Checking": -100, "Savings": 100}


def test_only_open_accounts_are_offered_beside_its_own(
    browser: Client, keeper: Bookkeeper, market: UUID, checking: Account, savings: Account
) -> None:
    chart.archive_account(**keeper.who, account_id=savings.id)
    page = browser.get(f"/transactions/{market}").content.decode()
    choices = re.search(r'<select name="account".*?</select>', page, re.DOTALL)[0]

    assert f'value="{checking.id}" selected' in choices
    assert str(savings.id) not in choices
    refused = corrected(browser, market, account=savings.id)
    assert "Savings is archived; reopen it first." in told(refused, "account", "correct")
