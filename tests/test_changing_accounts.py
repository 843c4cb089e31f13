"""The page that changes an account: its names, whether it is in use, and that it was never used."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper
from django.test import Client
from django.utils import timezone
from fields import sent_by
from test_writers import Start, start, until_waiting
from wallet import text_of

from accounts.models import Account, Broker, CreditCard
from buffet.audit import Actor, writing
from buffet.models import Book, Role, User
from invoices import services as cards
from transactions import services as ledger

__all__ = ["start"]


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def a_card(book: Book, by: Actor, paying: Account, name: str) -> CreditCard:
    """Return a new card in reais that an account pays."""
    return cards.create_card(
        book=book, by=by, today=TODAY, name=name, currency="BRL", limit=None,
        closing_day=25, due_day=5, paying_account_id=paying.id,
    )  # fmt: skip


def as_shown(page: Any) -> dict[str, str]:
    """Return what the form of a page would send if nothing was changed."""
    return sent_by(page, "number") | {"action": "keep"}


def test_an_editor_renames_an_account_and_says_where_it_is_kept(
    browser: Any, checking: Account
) -> None:
    client, address = browser(Role.EDITOR), f"/accounts/{checking.id}"
    assert f"{address}/change" in client.get(address).content.decode()

    sent = as_shown(client.get(f"{address}/change"))
    answer = client.post(
        f"{address}/change", sent | {"name": "Daily", "broker": "Banco Azul", "number": "77-1"}
    )

    assert (answer.status_code, answer["Location"]) == (303, address)
    checking.refresh_from_db()
    assert (checking.name, checking.broker.name, checking.number) == ("Daily", "Banco Azul", "77-1")
    assert "Banco Azul, 77-1" in text_of(client.get(address))


def test_what_somebody_else_changed_meanwhile_stays(browser: Any, checking: Account) -> None:
    client, address = browser(Role.OWNER), f"/accounts/{checking.id}/change"
    sent = as_shown(client.get(address))
    Account.objects.filter(id=checking.id).update(number="99")

    client.post(address, sent | {"name": "Daily"})

    checking.refresh_from_db()
    assert (checking.name, checking.number) == ("Daily", "99")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Savings"}, "The book already has an account of this name."),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"number": "x" * 65}, "at most 64 characters"),
        ({"action": "nothing"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    browser: Any, checking: Account, savings: Account, wrong: dict[str, str], why: str
) -> None:
    client, address = browser(Role.OWNER), f"/accounts/{checking.id}/change"
    Account.objects.filter(id=savings.id).update(name="Savings")
    before = Account.objects.filter(id=checking.id).values().get()

    answer = client.post(address, as_shown(client.get(address)) | {"broker": "New"} | wrong)

    assert answer.status_code == (400 if why else 404)
    assert why in text_of(answer)
    assert Account.objects.filter(id=checking.id).values().get() == before
    assert not Broker.objects.filter(name="New").exists()


def test_an_account_is_archived_and_taken_back_into_use(browser: Any, checking: Account) -> None:
    client, address = browser(Role.OWNER), f"/accounts/{checking.id}"

    for _ in range(2):
        answer = client.post(f"{address}/change", {"action": "archive"})
        assert (answer.status_code, answer["Location"]) == (303, address)
        checking.refresh_from_db()
        assert checking.archived_at is not None
        assert "archived" in text_of(client.get(address))
        assert "Take it back into use" in text_of(client.get(f"{address}/change"))
        client.post(f"{address}/change", {"action": "reopen"})
        checking.refresh_from_db()
        assert checking.archived_at is None


@pytest.mark.parametrize("action", ["archive", "reopen", "drop"])
def test_what_is_sent_twice_is_done_once_and_no_mistake(
    browser: Any, checking: Account, action: str
) -> None:
    client, address = browser(Role.OWNER), f"/accounts/{checking.id}/change"
    if action == "reopen":
        client.post(address, {"action": "archive"})

    answers = [client.post(address, {"action": action}) for _ in range(2)]

    where = "/accounts" if action == "drop" else f"/accounts/{checking.id}"
    assert [(one.status_code, one["Location"]) for one in answers] == [(303, where)] * 2
    found = Account.objects.filter(id=checking.id)
    if action == "drop":
        assert not found.exists()
    else:
        assert (found.get().archived_at is None) == (action == "reopen")


def test_a_card_is_deleted_once_however_often_it_is_sent(
    browser: Any, book: Book, by: Actor, checking: Account
) -> None:
    card = a_card(book, by, checking, "Platinum")
    client, address = browser(Role.OWNER), f"/accounts/{card.account_id}/change"

    answers = [client.post(address, {"action": "drop"}) for _ in range(2)]

    assert [(one.status_code, one["Location"]) for one in answers] == [(303, "/accounts")] * 2
    assert not CreditCard.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_card", [False, True])
def test_two_clicks_at_once_delete_and_are_no_mistake(
    book: Book, by: Actor, owner: User, checking: Account, start: Start, is_card: bool
) -> None:
    id = a_card(book, by, checking, "Platinum").account_id if is_card else checking.id
    clients = Client(), Client()
    for client in clients:
        client.force_login(owner)

    with writing(book.id, by=by):
        clicks = [
            start(partial(client.post, f"/accounts/{id}/change", {"action": "drop"}))
            for client in clients
        ]
        until_waiting(2)
    answers = [click.result(timeout=10) for click in clicks]

    assert [(one.status_code, one["Location"]) for one in answers] == [(303, "/accounts")] * 2
    assert not Account.objects.filter(id=id).exists()


def test_what_the_book_never_had_is_not_deleted(
    browser: Any, by: Actor, checking: Account, groceries: Account
) -> None:
    other = Book.objects.create(name="Theirs", base_currency="BRL")
    theirs = ledger.open_account(
        book=other, by=by, today=TODAY, name="Cash", kind="cash", currency="BRL"
    )
    ledger.delete_account(book=other, by=by, account_id=theirs.id)
    client = browser(Role.OWNER)

    answers = [
        client.post(f"/accounts/{id}/change", {"action": "drop"})
        for id in (theirs.id, groceries.id, other.id)
    ]

    assert [one.status_code for one in answers] == [404] * 3
    assert Account.objects.filter(id=groceries.id).exists()


def test_only_what_was_never_used_is_deleted(
    browser: Any, book: Book, by: Actor, checking: Account, savings: Account
) -> None:
    client = browser(Role.OWNER)
    Bookkeeper(book, by).move(checking, TODAY, "-7.00")

    refused = client.post(f"/accounts/{checking.id}/change", {"action": "drop"})
    gone = client.post(f"/accounts/{savings.id}/change", {"action": "drop"})

    assert refused.status_code == 400
    assert "has entries" in text_of(refused)
    assert (gone.status_code, gone["Location"]) == (303, "/accounts")
    assert [*Account.objects.real().values_list("id", flat=True)] == [checking.id]


def test_a_card_goes_with_its_statements(
    browser: Any, book: Book, by: Actor, checking: Account
) -> None:
    unused, used = (a_card(book, by, checking, name) for name in ("Unused", "Used"))
    Bookkeeper(book, by).move(used.account, TODAY, "-9.00")
    client = browser(Role.EDITOR)

    answers = [
        client.post(f"/accounts/{card.account_id}/change", {"action": "drop"})
        for card in (unused, used)
    ]

    assert [one.status_code for one in answers] == [303, 400]
    assert [*CreditCard.objects.values_list("id", flat=True)] == [used.id]
    paying = client.post(f"/accounts/{checking.id}/change", {"action": "drop"})
    assert "A card is of this account, or paid by it" in text_of(paying)


def test_viewers_change_nothing(browser: Any, checking: Account) -> None:
    client, address = browser(Role.VIEWER), f"/accounts/{checking.id}/change"

    seen = client.get(address)
    answer = client.post(address, {"action": "archive"})

    assert "An owner or editor of the book can change accounts." in text_of(seen)
    assert answer.status_code == 403
    assert f"{address}" not in client.get(f"/accounts/{checking.id}").content.decode()
    checking.refresh_from_db()
    assert checking.archived_at is None


@pytest.mark.django_db(transaction=True)
def test_what_was_known_is_not_changed(browser: Any, book: Book, checking: Account) -> None:
    client, address = browser(Role.OWNER), f"/accounts/{checking.id}/change"

    now = client.get(address)
    then = client.get(f"{address}?known_on={book.day(timezone.now())}")

    assert then.status_code == 200
    assert "An account can be changed as the book is now." in text_of(then)
    for action in ("keep", "archive", "drop"):
        button = f'name="action" value="{action}"'
        assert button in now.content.decode()
        assert button not in then.content.decode()
