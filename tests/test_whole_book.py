"""A whole book as a file, and back: the same book."""

import os
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from cards import Cardholder
from conftest import Api
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from household import Home, at_home
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from test_ledger_property import Books
from wallet import Wallet
from whole_books import alike, exported, lines, load

from accounts.models import Account
from buffet.audit import Actor, Event
from buffet.models import Book, User
from invoices import services as cards
from invoices.models import InvoiceLine
from transactions.books.fields import field_of
from transactions.books.kinds import KINDS, LEFT_OUT
from transactions.models import Entry, Transaction
from transactions.queries.verification import verify

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("journals")]
MORE_EXAMPLES = os.environ.get("PROPERTY_EXAMPLES")


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[Home]:
    """The demo household and more, in the database for all of these tests."""
    with django_db_blocker.unblock(), at_home() as found:
        yield found


@pytest.fixture
def loader(db: None) -> User:
    """Somebody who has no book yet."""
    return User.objects.create_user("loader@example.com", "x")


def test_the_demo_that_is_exported_and_loaded_is_the_same(home: Home, loader: User) -> None:
    first = exported(home.book)

    book = load(loader, first)

    assert alike(exported(book)) == alike(first)
    assert not [check for check in verify(book.id) if not check.ok]
    assert {line["row"] for line in lines(first)} > {"account", "entry", "invoice", "installment"}


def test_every_table_of_a_book_is_in_its_file_or_left_out_for_a_reason() -> None:
    models = [
        model
        for model in apps.get_models()
        if not issubclass(model, Event) and "book" in {one.name for one in model._meta.fields}
    ]

    inside = {kind.model._meta.label for kind in KINDS.values()}
    assert {model._meta.label for model in models} == inside | set(LEFT_OUT)
    assert not inside & set(LEFT_OUT)
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())


def test_what_is_referred_to_stands_before_what_refers_to_it() -> None:
    seen = set()
    for kind in KINDS.values():
        seen.add(kind.model)
        for field in kind.model._meta.concrete_fields:
            known = {one.name for one in kind.fields}
            if field.name in known and field.related_model:
                assert field.related_model in seen, (kind.name, field.name)
        assert "row" not in {one.name for one in kind.fields}


def test_a_column_that_json_cannot_hold_is_noticed_at_the_start() -> None:
    with pytest.raises(TypeError, match="cannot be written"):
        field_of(User._meta.get_field("groups"))


def test_what_was_moved_and_chosen_by_hand_is_kept(wallet: Wallet, loader: User) -> None:
    later, sooner = wallet.statement(0), wallet.statement(10)
    entry = InvoiceLine.objects.get(invoice=sooner).entry_id
    cards.move_line(**wallet.keeper.who, entry_id=entry, invoice_id=later.id)
    cards.change_invoice(
        **wallet.keeper.who, invoice_id=later.id, due_on=later.due_on.replace(day=28)
    )
    first = exported(wallet.keeper.who["book"])

    book = load(loader, first)

    assert [line["row"] for line in lines(first)].count("moved_line") == 1
    assert alike(exported(book)) == alike(first)
    (line,) = InvoiceLine.objects.filter(book=book)
    assert line.chosen_month == later.month


def test_rows_get_ids_of_their_own_in_the_same_order(
    wallet: Wallet, book: Book, loader: User
) -> None:
    wallet.buy(9, "1.00")
    wallet.buy(8, "2.00")

    found = load(loader, exported(book))

    ours, theirs = (
        list(Entry.objects.filter(book=one).order_by("id").values_list("amount", flat=True))
        for one in (book, found)
    )
    assert ours == theirs
    for model in (Account, Entry, Transaction):
        kept = set(model.objects.filter(book=book).values_list("id", flat=True))
        assert not kept & set(model.objects.filter(book=found).values_list("id", flat=True))


class Exported(Books):
    """Random books, which go out and come back before they are thrown away."""

    def teardown(self) -> None:
        super().teardown()
        first = exported(Book.objects.get(id=self.book.id))
        user = User.objects.create_user(f"{self.book.id}@example.com")

        loaded = load(user, first)

        assert alike(exported(loaded)) == alike(first)


@pytest.mark.django_db(transaction=True)
def test_random_books_come_back_as_they_went() -> None:
    run_state_machine_as_test(
        Exported,
        settings=settings(
            max_examples=int(MORE_EXAMPLES or 4),
            stateful_step_count=25,
            derandomize=not MORE_EXAMPLES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Doors


def test_a_book_is_loaded_over_the_network(api: Api, wallet: Wallet, book: Book) -> None:
    file = SimpleUploadedFile("book.jsonl", exported(book))
    headers = {"Authorization": f"Bearer {api.token}"}

    answer = api.client.post("/api/v1/books/load", {"file": file}, headers=headers)

    assert answer.status_code == 201, answer.content
    assert answer.json()["role"] == "owner"
    assert answer.json()["name"] == "Household"
    loaded = Api(api.client, api.token, answer.json()["id"])
    names = [row["name"] for row in loaded.get("/accounts").json()["results"]]
    assert sorted(names) == ["Checking", "Platinum"]
    assert loaded.get("/integrity").json()["ok"]


def test_a_larger_file_is_for_the_command(
    api: Api, wallet: Wallet, book: Book, settings: Any
) -> None:
    settings.BOOK_MAX_BYTES = 1000
    file = BytesIO(exported(book))

    answer = api.client.post(
        "/api/v1/books/load", {"file": file}, headers={"Authorization": f"Bearer {api.token}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "load_book" in answer.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_commands_write_and_load_a_book(
    wallet: Wallet, book: Book, loader: User, tmp_path: Path, capsys: Any
) -> None:
    file = tmp_path / "book.jsonl"

    call_command("export_book", book=book.id)
    file.write_text(capsys.readouterr().out)
    call_command("load_book", file, owner=loader.email)

    id, _, name = capsys.readouterr().out.strip().partition(" ")
    assert name == "Household"
    assert alike(exported(Book.objects.get(id=id))) == alike(file.read_bytes())


@pytest.mark.django_db(transaction=True)
def test_commands_say_what_is_wrong(loader: User, tmp_path: Path) -> None:
    file = tmp_path / "no.jsonl"
    file.write_text("{}")
    for command, asked, sentence in (
        (("export_book",), {"book": UUID(int=1)}, "There is no book"),
        (("load_book", file), {"owner": "nobody@example.com"}, "Nobody signs in"),
        (("load_book", tmp_path / "x"), {"owner": loader.email}, "No such file"),
        (("load_book", file), {"owner": loader.email}, "Line 1: This is not a book"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command(*command, **asked)


def test_a_book_without_anything_comes_back(book: Book, loader: User) -> None:
    assert alike(exported(load(loader, exported(book)))) == alike(exported(book))


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-01", "2199-12-31"])
@pytest.mark.parametrize("closing_day", [1, 25, 31])
def test_the_first_and_the_last_days_of_a_card_come_back(
    book: Book, by: Actor, checking: Account, loader: User, day: str, closing_day: int
) -> None:
    holder = Cardholder(book, by, checking, closing_day=closing_day, due_day=5)
    Bookkeeper(book, by).move(holder.card.account, date.fromisoformat(day), "-1.00")
    first = exported(book)

    assert alike(exported(load(loader, first))) == alike(first)


def test_parcels_end_with_the_calendar_and_come_back(
    api: Api, book: Book, by: Actor, checking: Account, loader: User
) -> None:
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5)
    body = {"card": str(holder.card.id), "description": "Lamp", "total": "100.00", "parcels": 2}

    def ask(**more: str) -> Any:
        return api.post("/installment-plans", body | {"date": "2026-06-10"} | more)

    refused = [ask(first_month="2199-12"), ask(date="2199-11-28"), ask(date="2199-12-10")]

    pointers = [answer.json()["errors"][0]["pointer"] for answer in refused]
    assert pointers == ["/first_month", "/parcels", "/parcels"]
    assert ask(first_month="2199-11").status_code == 201
    first = exported(book)
    assert alike(exported(load(loader, first))) == alike(first)
