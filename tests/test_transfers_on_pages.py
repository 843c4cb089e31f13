"""What a bank told as spent or received is made a transfer on its page, and the other way round."""

from collections.abc import Callable
from datetime import date, timedelta
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

from accounts.models import Account
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import Entry, Transaction
from transactions.queries import transactions

Page = Callable[..., Any]


@pytest.fixture
def sent(keeper: Bookkeeper, checking: Account, groceries: Account) -> UUID:
    """What the bank told of 300 that left for the savings, taken for groceries."""
    more = {"category_id": groceries.id, "external_id": "B1"}
    return keeper.move(checking, TODAY, "-300.00", description="TED SENT", **more)


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    """The owner's browser."""
    client.force_login(owner)
    return client


def shown(browser: Client, id: UUID, **changed: Any) -> dict[str, str]:
    """Return what the form that corrects a transaction sends, with something changed in it."""
    was = sent_by(browser.get(f"/transactions/{id}"), "initial-description")
    return was | {name: str(one) for name, one in changed.items()} | {"action": "correct"}


def moved(id: UUID) -> dict[str, Decimal]:
    """Return what a transaction moves, by account."""
    rows = Entry.objects.filter(transaction_id=id).select_related("account")
    return {f"{row.account.name} {row.currency}": row.amount for row in rows}


def unite(browser: Client, id: UUID, other: Any) -> Any:
    return browser.post(f"/transactions/{id}", {"action": "unite", "other": str(other)})


def test_an_expense_becomes_a_transfer_to_an_account_of_ones_own(
    browser: Client, book: Book, sent: UUID, savings: Account
) -> None:
    answer = browser.post(
        f"/transactions/{sent}", shown(browser, sent, kind="transfer", transfer_to=savings.id)
    )
    assert answer.status_code == 303
    assert moved(sent) == {"Checking BRL": -300, "Savings BRL": 300}
    row = transactions.get(book.id, sent)
    assert (row["kind"], row["category"], row["external_id"]) == ("transfer", None, "B1")


def test_an_income_becomes_a_transfer_from_another(
    browser: Client, keeper: Bookkeeper, checking: Account, dollars: Account
) -> None:
    came = keeper.move(checking, TODAY, "500.00")
    page = browser.get(f"/transactions/{came}").content.decode()
    assert "From the account" in page
    changed = {"kind": "transfer", "transfer_to": dollars.id, "transfer_amount": "90.25"}
    assert browser.post(f"/transactions/{came}", shown(browser, came, **changed)).status_code == 303
    assert set(moved(came).values()) == {500, -500, Decimal("90.25"), Decimal("-90.25")}
    assert moved(came)["Dollars USD"] == Decimal("-90.25")


def test_a_transfer_that_was_none_gets_a_category(
    browser: Client, book: Book, keeper: Bookkeeper, checking: Account, dollars: Account,
    groceries: Account,
) -> None:  # fmt: skip
    more = {"transfer_to_id": dollars.id, "transfer_amount": Decimal("55.00")}
    transfer = keeper.move(checking, TODAY, "-300.00", **more)
    form = shown(browser, transfer, kind="out", category=groceries.id)
    assert form["initial-kind"] == "transfer"
    assert browser.post(f"/transactions/{transfer}", form).status_code == 303
    assert moved(transfer) == {"Checking BRL": -300, "Groceries BRL": 300}
    # Which way it went is not asked.
    transfer = keeper.move(checking, TODAY, "-300.00", **more)
    page = browser.get(f"/transactions/{transfer}").content.decode()
    assert 'name="kind" value="in"' not in page


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"kind": "transfer"}, "transfer_to", "Say to which account."),
        ({"kind": "transfer", "transfer_to": "own"}, "transfer_to", "goes to another account"),
        ({"kind": "transfer", "transfer_to": "USD"}, "transfer_amount", "Say how much moves in"),
    ],
)
def test_what_is_no_transfer_is_said_beside_its_field(
    browser: Client, checking: Account, dollars: Account, sent: UUID, changed: dict[str, str],
    field: str, sentence: str,
) -> None:  # fmt: skip
    accounts = {"own": str(checking.id), "USD": str(dollars.id)}
    changed = {name: accounts.get(one, one) for name, one in changed.items()}
    answer = browser.post(f"/transactions/{sent}", shown(browser, sent, **changed))
    assert answer.status_code == 400
    assert sentence in told(answer, field, "correct")
    assert moved(sent) == {"Checking BRL": -300, "Groceries BRL": 300}


def test_what_the_kind_has_no_place_for_is_not_read(
    browser: Client, sent: UUID, savings: Account, dollars: Account
) -> None:
    """Browsers that cannot hide it show it all."""
    changed = {"transfer_to": savings.id, "transfer_amount": "nothing", "description": "Cheese"}
    assert browser.post(f"/transactions/{sent}", shown(browser, sent, **changed)).status_code == 303
    assert moved(sent) == {"Checking BRL": -300, "Groceries BRL": 300}
    assert Transaction.objects.get(id=sent).description == "Cheese"


def test_the_other_side_is_offered_and_becomes_one_with_it(
    browser: Client, keeper: Bookkeeper, savings: Account, sent: UUID
) -> None:
    near = TODAY + timedelta(days=5)
    came = keeper.move(savings, near, "300.00", description="TED RECEIVED", external_id="S1")
    keeper.move(savings, near + timedelta(days=1), "300.00", description="Too late")
    keeper.move(savings, near, "-300.00", description="The same way")
    keeper.move(savings, near, "300.01", description="Another amount")
    page = text_of(browser.get(f"/transactions/{sent}"))
    assert "Is it a transfer?" in page
    assert "TED RECEIVED" in page
    for other in ("Too late", "The same way", "Another amount"):
        assert other not in page
    for _twice in range(2):
        answer = unite(browser, sent, came)
        assert answer.status_code == 303
        assert answer["Location"] == f"/transactions/{sent}?told=united#content"
    page = text_of(browser.get(answer["Location"]))
    assert "It is one transfer now." in page
    assert "Is it a transfer?" not in page
    assert moved(sent) == {"Checking BRL": -300, "Savings BRL": 300}
    assert not Transaction.objects.filter(id=came).exists()


def test_a_transfer_that_a_statement_told_again_is_offered_to_be_one(
    browser: Client, keeper: Bookkeeper, checking: Account, savings: Account, dollars: Account
) -> None:
    transfer = keeper.move(checking, TODAY, "-300.00", transfer_to_id=savings.id)
    came = keeper.move(savings, TODAY, "300.00", description="TED RECEIVED", external_id="S1")
    keeper.move(dollars, TODAY, "300.00", description="Elsewhere")
    page = text_of(browser.get(f"/transactions/{transfer}"))
    assert "Is it in the book twice?" in page
    assert "TED RECEIVED" in page
    assert "Elsewhere" not in page
    assert unite(browser, transfer, came).status_code == 303
    assert "Is it in the book twice?" not in text_of(browser.get(f"/transactions/{transfer}"))


def test_nothing_is_offered_to_who_may_not_or_in_a_closed_month(
    browser: Client, keeper: Bookkeeper, savings: Account, sent: UUID, book: Book,
    person: Callable[..., User],
) -> None:  # fmt: skip
    came = keeper.move(savings, TODAY, "300.00", description="TED RECEIVED")
    viewer = Client()
    viewer.force_login(person("viewer", book, Role.VIEWER))
    assert "TED RECEIVED" not in text_of(viewer.get(f"/transactions/{sent}"))
    assert unite(viewer, sent, came).status_code == 403
    ledger.close_month(**keeper.who, month=TODAY.replace(day=1), today=TODAY + timedelta(days=40))
    assert "TED RECEIVED" not in text_of(browser.get(f"/transactions/{sent}"))
    answer = unite(browser, sent, came)
    assert answer.status_code == 400
    assert "is closed" in text_of(answer)
    assert moved(sent) == {"Checking BRL": -300, "Groceries BRL": 300}


def test_what_is_no_other_side_is_refused_on_the_page(
    browser: Client, keeper: Bookkeeper, savings: Account, sent: UUID
) -> None:
    other = keeper.move(savings, date(2026, 6, 1), "-300.00")
    answer = unite(browser, sent, other)
    assert answer.status_code == 400
    assert "Both go the same way" in text_of(answer)
    assert unite(browser, sent, savings.id).status_code == 400
    assert unite(browser, sent, "x").status_code == 400
