"""Verification finds every way the books could be off, names that and nothing else."""

from io import StringIO
from uuid import UUID

import pytest
from conftest import Api
from damage import ACCOUNT, ALL, DAMAGE, OF_PURCHASE, REFERENCES, TRANSACTION, TWO, VERSIONS
from django.core.management import CommandError, call_command
from django.db import connection
from raw import check_now, put, put_transaction, run
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions.queries.verification import OF_OTHERS, Check, verify


@pytest.fixture
def elsewhere(db: None) -> Book:
    """Another book."""
    return Book.objects.create(name="Elsewhere", base_currency="EUR")


@pytest.fixture
def unguarded(
    book: Book,
    by: Actor,
    elsewhere: Book,
    checking: Account,
    dollars: Account,
    groceries: Account,
    salary: Account,
) -> dict[str, UUID]:
    """A sound book, and its ids; from here on no trigger and no foreign key looks."""
    fruit = chart.create_category(
        book=book, by=by, name="Fruit", type="expense", parent_id=groceries.id
    )
    purchase = put(book, (checking, "-42.50"), (groceries, "42.50"), external_id="a")
    put(book, (checking, "-7"), (fruit, "7"), external_id="b")
    put(book, (dollars, "-3"), (groceries, "3"), currency="USD")
    check_now()
    assert off(book) == off(None) == {}
    # Until the test's own database transaction is undone.
    run("SET LOCAL session_replication_role = replica")
    named = {"book": book, "elsewhere": elsewhere, "checking": checking, "fruit": fruit}
    named |= {"groceries": groceries, "salary": salary}
    return {name: row.id for name, row in named.items()} | {"purchase": purchase, "new": uuid7()}


def off(book: Book | None) -> dict[str, Check]:
    """Return the checks that fail, by name."""
    checks = verify(book.id if book else None)
    assert {check.name for check in checks} == ALL | set(OF_OTHERS)
    return {check.name: check for check in checks if not check.ok}


@pytest.mark.parametrize("damage", DAMAGE)
def test_each_damage_fails_its_check_alone(
    unguarded: dict[str, UUID], book: Book, damage: str
) -> None:
    statements, name, shown = DAMAGE[damage]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, unguarded)

    for failed in (off(book), off(None)):
        assert set(failed) == {name}
        assert failed[name].count == len(shown)
        for text in shown:
            assert any(text.format(**unguarded) in row for row in failed[name].found)


def test_every_check_is_failed_by_some_damage() -> None:
    assert {name for _, name, _ in DAMAGE.values()} == ALL


def test_an_entry_of_another_book_agrees_with_nothing(
    unguarded: dict[str, UUID], book: Book, elsewhere: Book
) -> None:
    sql = f"UPDATE transactions_entry SET book_id = %s {OF_PURCHASE.replace('(purchase)', '')}"
    run(sql, elsewhere.id, unguarded["purchase"])

    assert set(off(book)) == set(off(None)) == {TRANSACTION, ACCOUNT}


def test_an_entry_without_its_transaction_is_found(unguarded: dict[str, UUID], book: Book) -> None:
    run("DELETE FROM transactions_transaction WHERE id = %s", unguarded["purchase"])

    assert off(book)[TRANSACTION].count == off(None)[TRANSACTION].count == 2


def test_an_account_that_moved_to_another_book_is_found(
    unguarded: dict[str, UUID], book: Book, elsewhere: Book
) -> None:
    run("UPDATE accounts_account SET book_id = %s WHERE id = %s", elsewhere.id, unguarded["fruit"])

    assert set(off(book)) == {ACCOUNT}
    assert set(off(elsewhere)) == {REFERENCES, TRANSACTION, VERSIONS}


def test_the_faults_of_one_book_are_not_those_of_another(
    unguarded: dict[str, UUID], book: Book, elsewhere: Book
) -> None:
    put_transaction(elsewhere)

    assert off(book) == {}
    assert set(off(elsewhere)) == {TWO}


def test_many_faults_are_counted_and_a_few_shown(unguarded: dict[str, UUID], book: Book) -> None:
    for _ in range(7):
        put_transaction(book)

    check = off(book)[TWO]

    assert (check.count, len(check.found)) == (7, 5)


def test_the_command_says_that_all_is_well(book: Book, checking: Account) -> None:
    said = StringIO()

    call_command("verify_books", book=book.id, stdout=said)

    assert said.getvalue().count("ok  ") == len(ALL | set(OF_OTHERS))
    assert said.getvalue().endswith(f"All {len(ALL | set(OF_OTHERS))} checks hold.\n")


def test_the_command_fails_and_names_what_is_off(unguarded: dict[str, UUID], book: Book) -> None:
    id = put_transaction(book)
    said = StringIO()

    with pytest.raises(CommandError, match=f"1 of {len(ALL | set(OF_OTHERS))} checks failed"):
        call_command("verify_books", stdout=said)

    assert f"OFF {TWO}: 1\n      {id}\n" in said.getvalue()


def test_the_command_refuses_a_book_that_is_not_there(db: None) -> None:
    with pytest.raises(CommandError, match="There is no book"):
        call_command("verify_books", book=uuid7())


def test_a_member_sees_the_integrity_of_their_book(
    api: Api, unguarded: dict[str, UUID], book: Book
) -> None:
    assert api.get("/integrity").json()["ok"] is True
    put_transaction(book)

    seen = api.get("/integrity").json()

    assert seen["ok"] is False
    assert [check for check in seen["checks"] if not check["ok"]] == [
        {"name": TWO, "ok": False, "count": 1}
    ]
