"""What many transactions were given at once is taken back with one button."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from fields import sent_by
from sorting_desk import about, correct_elsewhere, recorded, sorter, told

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services
from transactions.drafts import Changes, EntryChange
from transactions.queries import transactions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    groceries: Account,
    salary: Account,
) -> dict[str, str]:
    """Some transactions and what they are about, by name."""
    return recorded(book, by, checking, savings, groceries, salary)


@pytest.fixture
def sort(page: Any, client: Client) -> Callable[..., Any]:
    """The owner, who ticks rows and sends the form."""
    return sorter(client)


def taken_back(client: Client, done: Any) -> Any:
    """Press the button of the page that tells what was done."""
    where = done["Location"]
    form = sent_by(client.get(where), "step")
    return client.post(where, form | {"action": "back"})


def test_what_was_done_is_taken_back(
    sort: Any, client: Client, book: Book, ids: dict[str, str]
) -> None:
    ticked = [ids["bare"], ids["rye"]]
    before = [about(book, id) for id in ticked]
    done = sort("q=r", ticked, category=ids["groceries"], vendor="Baker", status="pending")
    assert [about(book, id) for id in ticked] != before

    back = taken_back(client, done)

    assert back["Location"].startswith("/transactions?q=r&back=")
    assert [about(book, id) for id in ticked] == before
    assert told(client, back) == "2 transactions are what they were before."
    # Once more, from the page as it is by now: there is nothing left to take back.
    again = taken_back(client, done)
    assert told(client, again) == "Nothing was left to take back."


def test_taken_back_twice_it_is_done_once(
    sort: Any, client: Client, book: Book, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"]], category=ids["groceries"])
    form = sent_by(client.get(done["Location"]), "step") | {"action": "back"}

    first, again = (client.post("/transactions", form) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert told(client, again) == "1 transaction is what it was before."


def test_what_changed_since_stays(
    sort: Any, client: Client, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"], ids["rye"]], category=ids["groceries"])
    correct_elsewhere(book, by, ids)

    back = taken_back(client, done)

    assert told(client, back) == "1 transaction is what it was before."
    assert [about(book, ids[one])[0] for one in ("bare", "rye")] == ["Bread", "Bread"]


def test_entries_that_were_added_since_stay(
    sort: Any, client: Client, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"]], category=ids["groceries"])
    somebody = Actor(by.user_id, "api", email=by.email)
    added = tuple(
        EntryChange(given={"account_id": UUID(ids[name]), "amount": amount, "currency": "BRL"})
        for name, amount in (("bread", Decimal(5)), ("groceries", Decimal(-5)))
    )
    changes = Changes({}, added)
    services.correct(book=book, by=somebody, transaction_id=UUID(ids["bare"]), changes=changes)

    taken_back(client, done)

    assert len(transactions.get(book.id, UUID(ids["bare"]))["entries"]) == 4


def test_a_step_of_another_book_is_not_there(
    sort: Any, client: Client, book: Book, person: Any, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"]], category=ids["groceries"])
    step, _, version = done["Location"].partition("step=")[2].partition(".")
    other = Book.objects.create(name="Other", base_currency="BRL", time_zone="UTC")
    client.force_login(person("stranger", other))

    for sent in (step, str(uuid4()), "x"):
        back = {"action": "back", "step": sent, "version": version}
        answer = client.post("/transactions", back)
        assert answer.status_code in (400, 404), sent
    assert about(book, ids["bare"])[0] == "Groceries"
