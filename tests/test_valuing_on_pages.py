"""Balances and values are kept, mended, taken away and unlocked on the page of a month's end."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.test import Client
from fields import sent_by
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions.models import BalancePoint, Transaction
from transactions.queries.balances import balance

LAST = date(2026, 5, 31)
ADDRESS = "/month-end/2026-05"


@pytest.fixture
def fund(book: Book, by: Actor, checking: Account) -> Account:
    """An investment into which 1,000 was paid."""
    keeper = Bookkeeper(book, by)
    found = keeper.open("Fund", "investment", "BRL")
    keeper.move(checking, date(2026, 5, 4), "-1000.00", transfer_to_id=found.id)
    return found


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def test_an_investment_is_valued_and_valued_again(browser: Any, book: Book, fund: Account) -> None:
    client = browser(Role.EDITOR)
    asked = client.get(f"{ADDRESS}?account={fund.id}")
    assert f"?account={fund.id}#point" in client.get(ADDRESS).content.decode()
    sent = sent_by(asked, "balance") | {"action": "point", "balance": "1,100.00"}
    assert (sent["account"], sent["kind"], sent["on"]) == (str(fund.id), "valuation", "2026-05-31")

    for typed, worth in (("1,100.00", 1100), ("1,250.00", 1250)):
        answer = client.post(ADDRESS, sent | {"balance": typed})
        assert answer.status_code == 303
        assert balance(book.id, fund.id, LAST) == worth
    point = BalancePoint.objects.get()
    assert (point.kind, Transaction.objects.filter(source="valuation").count()) == ("valuation", 1)
    assert "+250.00" in text_of(client.get("/investments?period=2026-05"))

    client.post(ADDRESS, {"action": "unpoint", "point": str(point.id)})
    again = client.post(ADDRESS, {"action": "unpoint", "point": str(point.id)})
    assert again.status_code == 303
    assert balance(book.id, fund.id, LAST) == Decimal(1000)
    assert not BalancePoint.objects.exists()


def test_what_has_a_value_alone_is_asked_for_one(
    browser: Any, book: Book, by: Actor, checking: Account
) -> None:
    Bookkeeper(book, by).move(checking, date(2026, 5, 4), "5.00")
    client = browser(Role.OWNER)
    page = client.get(ADDRESS)

    answer = client.post(
        ADDRESS,
        {"action": "point", "account": str(checking.id), "on": "2026-05-31", "balance": "9",
         "kind": "valuation"},
    )  # fmt: skip

    assert "kind" not in sent_by(page, "balance")
    assert answer.status_code == 303
    assert BalancePoint.objects.get().kind == "statement"


def test_an_account_that_is_worth_what_its_entries_say_is_not_valued(
    browser: Any, fund: Account, checking: Account
) -> None:
    sent = {"action": "point", "account": str(checking.id), "on": "2026-05-31", "balance": "9"}

    answer = browser(Role.OWNER).post(ADDRESS, sent | {"kind": "valuation"})

    assert answer.status_code == 400
    assert "Checking is worth what its entries say: it is not valued." in text_of(answer)
    assert not BalancePoint.objects.exists()


def test_an_owner_unlocks_what_was_reconciled_and_says_why(
    browser: Any, book: Book, by: Actor, checking: Account
) -> None:
    keeper = Bookkeeper(book, by)
    keeper.move(checking, date(2026, 5, 4), "5.00")
    point = keeper.point(checking, LAST, "5.00")
    client = browser(Role.OWNER)
    client.post(ADDRESS, {"action": "reconcile", "point": str(point.id)})
    unlock = {"action": "unlock", "point": str(point.id)}

    taken = client.post(ADDRESS, {"action": "unpoint", "point": str(point.id)})
    without = client.post(ADDRESS, unlock)
    assert (taken.status_code, without.status_code) == (400, 400)
    assert "Unlock Checking up to 31 May 2026" in client.get(ADDRESS).content.decode()
    assert [client.post(ADDRESS, unlock | {"reason": "A late bill"}).status_code] == [303]

    checking.refresh_from_db()
    assert checking.locked_through is None
    editor = browser(Role.EDITOR)
    client.post(ADDRESS, {"action": "reconcile", "point": str(point.id)})
    assert "Unlock" not in text_of(editor.get(ADDRESS))
    assert editor.post(ADDRESS, unlock | {"reason": "x"}).status_code == 403
