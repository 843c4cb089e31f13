"""A process that has seen the accounts records by one statement, and refuses what is wrong."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from conftest import Api
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from raw import one

from accounts import services as chart_services
from accounts.models import Account
from buffet import services
from buffet.audit import Actor, writing
from buffet.models import Book, User
from transactions import chart
from transactions import services as ledger
from transactions.models import Transaction
from transactions.queries.verification import verify

DAY = date(2026, 5, 4)


@pytest.fixture
def body(api: Api, checking: Account, groceries: Account) -> dict[str, Any]:
    """What to send, after the same was recorded the long way: the process knows the accounts."""
    sent = {
        "account": str(checking.id),
        "category": str(groceries.id),
        "amount": "-10.00",
        "date": str(DAY),
        "description": "Bread",
    }
    chart.forget()
    assert api.post("/transactions", sent).status_code == 201
    return sent


@contextmanager
def at_once(count: int) -> Iterator[None]:
    """Check that so many statements were sent which take the book's lock and insert at once."""
    with CaptureQueriesContext(connection) as seen:
        yield
    assert sum("buffet_may_record" in query["sql"] for query in seen) == count


Form = Callable[[Account, Account, Account, str], dict[str, Any]]
FORMS: dict[str, Form] = {
    "spending": lambda bank, usd, food, vendor: {
        "account": str(bank.id),
        "category": str(food.id),
        "vendor": vendor,
        "amount": "-10.00",
        "notes": 'A "note"\nwith \\ and ünï\U0001f9c0',
        "status": "pending",
    },
    "uncategorised": lambda bank, usd, food, vendor: {"account": str(bank.id), "amount": "3.5"},
    "a transfer to another currency": lambda bank, usd, food, vendor: {
        "account": str(bank.id),
        "transfer_to": str(usd.id),
        "amount": "-50000000000.01",
        "transfer_amount": "10.00",
    },
    "entries": lambda bank, usd, food, vendor: {
        "entries": [
            {"account": str(bank.id), "amount": "-10.00", "status": "reconciled"},
            {"account": str(food.id), "amount": "9.00", "note": "Bread, 'white'"},
            {"account": str(food.id), "amount": "1.00", "note": "\u00e9"},
        ]
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_it_takes_one_statement_and_gives_the_same_answer(
    form: str, api: Api, checking: Account, dollars: Account, groceries: Account
) -> None:
    vendor = api.post("/vendors", {"name": "Baker"}).json()["id"]
    body = FORMS[form](checking, dollars, groceries, vendor)
    body |= {"date": str(DAY), "description": "Bread"}
    chart.forget()
    with at_once(0):
        before = api.post("/transactions", body)

    with at_once(1), CaptureQueriesContext(connection) as seen:
        answer = api.post("/transactions", body)

    assert (before.status_code, answer.status_code) == (201, 201), answer.content
    assert without_own(answer.json()) == without_own(before.json())
    assert len(seen) == 2  # who calls, and this
    assert api.get(f"/transactions/{answer.json()['id']}").json() == answer.json()
    assert answer.json()["version"] == one("SELECT version FROM buffet_book")
    assert all(check.ok for check in verify())


def without_own(row: dict[str, Any]) -> dict[str, Any]:
    """Return what two transactions that say the same have in common."""
    own = ("id", "created_at", "updated_at", "version", "entries")
    entries = [{k: v for k, v in entry.items() if k != "id"} for entry in row["entries"]]
    return {k: v for k, v in row.items() if k not in own} | {"entries": entries}


def test_it_keeps_who_came_through_which_door(api: Api, body: Any, owner: User) -> None:
    with at_once(1):
        id = api.post("/transactions", body).json()["id"]

    row = Transaction.objects.values("created_by", "created_via").get(id=id)
    assert row == {"created_by": owner.id, "created_via": "api"}


Change = Callable[[Book, Actor, Account, Account], Any]
CHANGES: dict[str, tuple[Change, str, str]] = {
    "an archived account": (
        lambda book, by, bank, food: chart_services.archive_account(
            book=book, by=by, account_id=bank.id
        ),
        "/account",
        "archived",
    ),
    "an archived category": (
        lambda book, by, bank, food: chart_services.archive_account(
            book=book, by=by, account_id=food.id
        ),
        "/category",
        "archived",
    ),
    "a closed month": (
        lambda book, by, bank, food: ledger.close_month(
            book=book, by=by, month=DAY, today=date(2026, 6, 1)
        ),
        "/date",
        "month_closed",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_is_refused(
    change: str,
    api: Api,
    body: Any,
    book: Book,
    by: Actor,
    checking: Account,
    groceries: Account,
) -> None:
    apply, pointer, code = CHANGES[change]
    apply(book, by, checking, groceries)

    with at_once(1):
        answer = api.post("/transactions", body)

    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert Transaction.objects.count() == 1


def test_another_book_s_vendor_is_refused(api: Api, body: Any, by: Actor) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    with writing(other.id, by=by):
        vendor = ledger.create_vendor(book=other, by=by, name="Theirs")

    with at_once(1):
        answer = api.post("/transactions", body | {"vendor": str(vendor.id)})

    assert answer.status_code == 400
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/vendor"]
    assert Transaction.objects.count() == 1


def test_a_category_that_was_deleted_is_refused(
    api: Api, body: Any, book: Book, by: Actor, groceries: Account
) -> None:
    ledger.delete(book=book, by=by, transaction_ids=[Transaction.objects.get().id])
    assert api.delete(f"/categories/{groceries.id}").status_code == 204

    with at_once(1):
        answer = api.post("/transactions", body)

    assert [e["pointer"] for e in answer.json()["errors"]] == ["/category"]
    assert Transaction.objects.count() == 0


def test_another_book_s_accounts_stay_unknown(body: Any, person: Any, sign_in: Any) -> None:
    """Though the process has seen them: what it knows, it knows by book."""
    book = Book.objects.create(name="Other", base_currency="BRL")
    theirs = sign_in(person("other@example.com", book))

    with at_once(0):
        answer = theirs.post("/transactions", body)

    assert answer.status_code == 400
    assert Transaction.objects.count() == 1


def test_what_is_wrong_is_said_in_full(api: Api, body: Any) -> None:
    with at_once(0):
        answer = api.post("/transactions", body | {"amount": "-1.005"})

    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/amount", "too_many_decimals")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_while_it_waits_for_the_book_is_refused(
    change: str,
    api: Api,
    body: Any,
    book: Book,
    by: Actor,
    owner: User,
    checking: Account,
    groceries: Account,
) -> None:
    """Another writer holds the book: the look has to come after the lock, not before."""
    token, apply = services.open_session(owner).access, CHANGES[change][0]

    def post() -> Any:
        try:
            return Api(Client(), token).post("/transactions", body)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with writing(book.id, by=by):
            answer = pool.submit(post)
            _until_somebody_waits()
            apply(book, by, checking, groceries)
        refused = answer.result(30)

    assert refused.status_code == 400, refused.content
    assert [e["code"] for e in refused.json()["errors"]] == [CHANGES[change][2]]
    assert Transaction.objects.count() == 1


def _until_somebody_waits() -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(2000):
        if one(waiting):
            return
        one("SELECT pg_sleep(0.005)::text")
    raise AssertionError("nobody waits for the book")
