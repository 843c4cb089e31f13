"""A person gets all that is kept of them, and may be forgotten; books of others stay right."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import PASSWORD, Api
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from test_admin import DAY, fill, spend
from test_staff_roles import clerk

from accounts.models import Account
from buffet import roles, services
from buffet.audit import Actor
from buffet.models import Book, Erasure, Membership, Role, User
from buffet.services.erasing import NotOneself, StillNeeded, erase_user
from transactions import services as ledger
from transactions.books.people import export_person
from transactions.models import Transaction

OFFICE = Actor(None, "command")


@pytest.fixture
def full(book: Book, by: Actor, checking: Account, groceries: Account) -> Book:
    """A book with one row of everything, closed months and history among it."""
    fill(book, by, checking, groceries, "one")
    services.change_user(by=by, user_id=by.user_id, name="Olivia Owner")
    return book


@pytest.fixture
def partner(book: Book, person: Callable[..., User]) -> User:
    """Another owner of the book."""
    return person("partner", book, Role.OWNER)


def telling(text: str) -> set[str]:
    """Return the tables in which some row has a text anywhere."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text LIKE %s)',
                           [f"%{text}%"])  # fmt: skip
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def verify() -> None:
    """Check all books, as they are when the database transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    call_command("verify_books", verbosity=0)


def test_a_person_and_a_book_of_theirs_alone_are_gone_from_every_table(
    full: Book, owner: User, by: Actor
) -> None:
    other = services.create_book(by=by, user_id=by.user_id, name="Second", base_currency="EUR")
    assert "transactions_transactionevent" in telling(str(full.id))

    report = erase_user(by=OFFICE, user_id=owner.id, reason="Letter 12")

    assert set(report.books_removed) == {str(full.id), str(other.id)}
    assert report.removed["transactions.Transaction"] > 3
    assert report.removed["buffet.User"] == 1
    for text in ("owner@example.com", "Olivia Owner"):
        assert telling(text) == set()
    # The record of the erasure alone tells that there was something of these ids.
    assert telling(str(full.id)) == {"buffet_erasure"}
    verify()


def test_books_that_others_keep_stay_and_their_traces_have_no_name(
    full: Book, owner: User, partner: User, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(full, by, checking, groceries)
    ledger.delete(book=full, by=by, transaction_ids=[id], reason="Twice")
    ledger.verify_books(by=by, book=full)
    before = Transaction.objects.filter(book=full).count()

    report = erase_user(by=OFFICE, user_id=owner.id, reason="Letter 13")

    assert report.books_left == [str(full.id)]
    assert report.books_removed == []
    assert report.traces_without_a_name > 0
    assert Transaction.objects.filter(book=full).count() == before
    # What was deleted can still be brought back, and who did it is an id that leads nowhere.
    ledger.restore(book=full, by=Actor(partner.id, "api"), transaction_id=id)
    assert telling("owner@example.com") == set()
    assert str(owner.id) in str(Transaction.objects.filter(book=full).values())
    verify()


def test_the_last_owner_of_a_book_that_others_keep_is_still_needed(
    full: Book, owner: User, person: Callable[..., User]
) -> None:
    person("viewer", full, Role.VIEWER)

    with pytest.raises(StillNeeded):
        erase_user(by=OFFICE, user_id=owner.id, reason="Letter 14")

    assert User.objects.filter(id=owner.id).exists()
    assert Membership.objects.filter(book=full).count() == 2


def test_the_ledger_is_guarded_as_before_after_an_erasure(
    full: Book, owner: User, person: Callable[..., User]
) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    by = Actor(person("other", other).id, "api")
    erase_user(by=OFFICE, user_id=owner.id, reason="Letter 15")

    opened = ledger.open_account(
        book=other, by=by, today=DAY, name="Cash", kind="cash", currency="BRL"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM buffet_book WHERE id = %s", [other.id])
        assert cursor.fetchone()[0] > 0
    assert opened.version > 0


def test_nobody_erases_themselves(owner: User) -> None:
    with pytest.raises(NotOneself):
        erase_user(by=Actor(owner.id, "admin"), user_id=owner.id, reason="x")


def test_whoever_is_erased_is_out_at_once(
    full: Book, owner: User, sign_in: Any, partner: User
) -> None:
    api = sign_in(owner)
    browser = Client()
    browser.force_login(owner)
    assert api.get("/users/me").status_code == 200

    erase_user(by=OFFICE, user_id=owner.id, reason="Letter 16")

    assert api.get("/users/me").status_code == 401
    assert browser.get("/").status_code == 302
    again = {"email": "owner@example.com", "password": PASSWORD}
    assert Api(Client()).post("/auth/token", again).status_code == 401


def test_an_administrator_erases_who_was_named_and_reads_the_report(
    full: Book, owner: User
) -> None:
    desk = clerk(roles.ADMINISTRATOR)
    address = reverse("admin:buffet_user_erase", args=[owner.id])
    sent = {"email": "somebody@example.com", "reason": "Letter 17"}
    assert desk.post(address, sent).status_code == 400
    assert User.objects.filter(id=owner.id).exists()

    assert desk.post(address, sent | {"email": "Owner@example.com"}).status_code == 302

    assert not User.objects.filter(id=owner.id).exists()
    page = desk.get(reverse("admin:buffet_erasure_change", args=[Erasure.objects.get().pk]))
    for said in ("Letter 17", "transactions.Transaction", str(owner.id)):
        assert said in page.content.decode()
    assert telling("owner@example.com") == set()


def parts(content: bytes) -> dict[str, bytes]:
    """Return what is in a zip, by name."""
    with zipfile.ZipFile(BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_a_person_s_file_has_all_that_is_kept_of_them(
    full: Book, owner: User, person: Callable[..., User]
) -> None:
    Api(Client()).post("/auth/token", {"email": owner.email, "password": PASSWORD})
    theirs = Book.objects.create(name="Theirs", base_currency="EUR")
    person("friend", theirs)
    Membership.objects.create(book=theirs, user=owner, role=Role.VIEWER)

    with export_person(owner.id) as file:
        found = parts(file.read())

    assert orjson.loads(found["profile.json"])["email"] == "owner@example.com"
    (before,) = orjson.loads(found["profile_before.json"])[-1:]
    assert before["name"] == "Owner"
    assert {one["book__name"] for one in orjson.loads(found["seats.json"])} == {
        "Household", "Theirs",
    }  # fmt: skip
    assert orjson.loads(found["sessions.json"])
    (attempt,) = orjson.loads(found["sign_ins.json"])
    assert (attempt["door"], attempt["outcome"]) == ("api", "password")
    # The books that they own, and no others.
    (whole,) = [name for name in found if name.startswith("books/")]
    assert str(full.id) in whole
    assert b'"row":"transaction"' in found[whole]
    everything = b"".join(found.values())
    assert owner.password.encode() not in everything
    assert b"digest" not in everything


def test_an_administrator_hands_the_file_out_and_others_do_not(full: Book, owner: User) -> None:
    address = reverse("admin:buffet_user_export_all", args=[owner.id])

    answer = clerk(roles.ADMINISTRATOR).post(address)

    assert "profile.json" in parts(b"".join(answer.streaming_content))
    assert clerk(roles.AUDITOR).post(address).status_code == 403


def test_commands_export_and_erase(full: Book, owner: User, tmp_path: Path) -> None:
    file = tmp_path / "owner.zip"
    call_command("export_person", "Owner@example.com", file)
    assert "profile.json" in parts(file.read_bytes())
    with pytest.raises(CommandError, match="exist"):
        call_command("export_person", "owner@example.com", file)

    with pytest.raises(CommandError, match="--yes"):
        call_command("erase_person", "owner@example.com", reason="Letter 18")
    call_command("erase_person", "owner@example.com", reason="Letter 18", yes=True)

    assert not User.objects.filter(email="owner@example.com").exists()
    for command in (["export_person", "owner@example.com", file],
                    ["erase_person", "owner@example.com", "--reason", "x", "--yes"]):  # fmt: skip
        with pytest.raises(CommandError, match="Nobody"):
            call_command(*command)
