"""A recomputation finds every kind of damage, and nothing else."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from conftest import Api
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.queries.verification import CHECKS, verify

DAMAGE = {
    "entries of each transaction sum to zero per currency": (
        "UPDATE transactions_entry SET amount = amount * 2 WHERE amount < 0"
    ),
    "each transaction has entries on two accounts or more": "DELETE FROM transactions_entry",
    "entries agree with their transaction in book and date": (
        "UPDATE transactions_entry SET date = date + 1"
    ),
    "entries agree with their account in book and currency": (
        "UPDATE transactions_entry SET currency = 'USD'"
    ),
    "entries move money in the decimals of their currency": (
        "ALTER TABLE transactions_entry DROP CONSTRAINT entry_has_decimals_of_currency; "
        "UPDATE transactions_entry SET amount = amount * 1.0001"
    ),
    "monthly balances are the sums of entries": (
        "UPDATE transactions_monthlybalance SET debit = debit + 1"
    ),
    "references stay in their book": (
        "UPDATE transactions_transaction SET vendor_id = gen_random_uuid()"
    ),
    "the category tree has no circle": (
        "UPDATE accounts_account SET parent_id = id WHERE kind = 'category'"
    ),
    "an external id stands once per account": (
        "DROP INDEX one_entry_per_external_id; "
        "UPDATE transactions_entry SET external_id = 'one', account_id = "
        "(SELECT id FROM accounts_account WHERE kind = 'category')"
    ),
    "no row is newer than its book": "UPDATE buffet_book SET version = 0",
    "no transaction waits to be looked at": (
        "INSERT INTO transactions_balancecheck (transaction_id) VALUES (gen_random_uuid())"
    ),
}


@pytest.fixture
def recorded(book: Book, by: Actor, checking: Account, groceries: Account) -> Book:
    """A book with a purchase in it."""
    ledger.record(
        book=book,
        by=by,
        drafts=[
            Draft(
                date=date(2026, 6, 1),
                description="Market",
                account_id=checking.id,
                amount=Decimal("-10.00"),
                category_id=groceries.id,
            )
        ],
    )
    return book


@pytest.fixture
def unguarded(recorded: Book) -> Iterator[None]:
    """Damage gets past every trigger and foreign key, as only a superuser can let it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_sound_book_holds(recorded: Book, api: Api) -> None:
    assert all(check.ok for check in verify(recorded.id))
    assert all(check.ok for check in verify())
    assert api.get("/integrity").json()["ok"] is True


def test_every_check_has_its_damage() -> None:
    assert set(DAMAGE) == set(CHECKS)


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.usefixtures("unguarded")
def test_damage_is_found(name: str) -> None:
    with connection.cursor() as cursor:
        for statement in DAMAGE[name].split("; "):
            cursor.execute(statement)

    broken = {check.name: check for check in verify() if not check.ok}

    assert broken[name].count > 0
    assert broken[name].found
    with pytest.raises(CommandError):
        call_command("verify_books")
