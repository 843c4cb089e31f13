"""Nothing refers to another book's rows, to nothing or in a circle: the database refuses it."""

import pytest
from django.apps import apps
from django.db import models
from raw import JUNE, check_now, one, put, refused, run
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import Account, Broker
from buffet.audit import Actor, Event
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Import, Sums, Transaction, Vendor


@pytest.fixture
def theirs(db: None) -> Book:
    """A book of other people."""
    return Book.objects.create(name="Theirs", base_currency="BRL")


@pytest.fixture
def fruit(book: Book, by: Actor, groceries: Account) -> Account:
    """A category below another."""
    return chart.create_category(
        book=book, by=by, name="Fruit", type="expense", parent_id=groceries.id
    )


def _has_book(model: type[models.Model]) -> bool:
    return "book" in {field.name for field in model._meta.concrete_fields}


def references_between_book_rows() -> list[tuple[str, str, str]]:
    """Return (table, column, target table) of each, whichever app has it."""
    return [
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models()
        if _has_book(model) and not issubclass(model, (Event, Sums))
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and _has_book(field.related_model)
    ]


@pytest.mark.parametrize(("table", "column", "target"), references_between_book_rows())
def test_every_reference_carries_its_book(db: None, table: str, column: str, target: str) -> None:
    foreign = run(
        "SELECT c.conkey::int[] @> ARRAY[r.attnum, b.attnum]::int[] FROM pg_constraint c "
        "JOIN pg_attribute r ON r.attrelid = c.conrelid AND r.attname = %s "
        "JOIN pg_attribute b ON b.attrelid = c.conrelid AND b.attname = 'book_id' "
        "WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.confrelid = %s::regclass",
        column,
        table,
        target,
    )

    assert (True,) in foreign, f"{table}.{column} may point into another book"


def test_an_entry_across_books(
    book: Book, theirs: Book, checking: Account, groceries: Account
) -> None:
    with refused("entry_account_in_book"):
        put(theirs, (checking, "-1.00"), (groceries, "1.00"))
    put(book, (checking, "-1.00"), (groceries, "1.00"))
    with refused("entry_of_transaction"):
        run("UPDATE transactions_entry SET book_id = %s", theirs.id)
    with refused("entry_account_in_book"):
        run("UPDATE transactions_transaction SET book_id = %s", theirs.id)


def test_other_references_across_books(
    book: Book, theirs: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"))
    check_now()
    broker = Broker.objects.create(book=theirs, name="Theirs")
    category = chart.create_category(book=theirs, by=by, name="Theirs", type="expense")
    vendor = Vendor.objects.create(book=theirs, name="Theirs")

    with refused("transaction_vendor_in_book"):
        Transaction.objects.update(vendor=vendor)
    with refused("account_broker_in_book"):
        Account.objects.filter(id=checking.id).update(broker=broker)
    with refused("account_parent_in_book"):
        Account.objects.filter(id=groceries.id).update(parent=category)
    with refused("import_account_in_book"):
        Import.objects.create(book=theirs, account=checking)
    with refused("import_line_in_book"):
        started = Import.objects.create(book=book, account=checking)
        started.lines.create(book=theirs, number=1, date=JUNE, amount=1)


def test_what_others_refer_to_is_not_deleted(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    vendor = ledger.create_vendor(book=book, by=by, name="Market")
    id = put(book, (checking, "-1.00"), (groceries, "1.00"))
    run("UPDATE transactions_transaction SET vendor_id = %s WHERE id = %s", vendor.id, id)

    with refused("transaction_vendor_in_book"):
        run("DELETE FROM transactions_vendor")
    with refused("entry_account_in_book"):
        run("DELETE FROM accounts_account WHERE id = %s", checking.id)
    with refused("entry_of_transaction"):
        run("DELETE FROM transactions_transaction")


def test_a_row_of_no_book(db: None) -> None:
    with refused("rows_have_a_book"):
        run(
            "INSERT INTO transactions_vendor (id, book_id, name, notes) VALUES (%s, %s, 'V', '')",
            uuid7(),
            uuid7(),
        )


# Accounts


def test_a_category_below_itself(groceries: Account, fruit: Account) -> None:
    with refused("tree_has_no_cycle"):
        Account.objects.filter(id=groceries.id).update(parent=groceries)
    with refused("tree_has_no_cycle"):
        Account.objects.filter(id=groceries.id).update(parent=fruit)


def test_a_circle_above_a_category_that_is_not_part_of_it(
    book: Book, by: Actor, groceries: Account, fruit: Account
) -> None:
    below = chart.create_category(book=book, by=by, name="Below", type="expense")
    run("SET LOCAL statement_timeout = '5s'")

    with refused("tree_has_no_cycle"):
        run(
            "UPDATE accounts_account SET parent_id = CASE id WHEN %s THEN %s::uuid ELSE %s END "
            "WHERE id = ANY(%s)",
            groceries.id,
            fruit.id,
            groceries.id,
            [below.id, groceries.id],
        )


def test_a_parent_of_another_type(groceries: Account, salary: Account) -> None:
    with refused("account_parent_in_book"):
        Account.objects.filter(id=groceries.id).update(parent=salary)


def test_a_parent_of_a_real_account(checking: Account, savings: Account) -> None:
    with refused("only_categories_have_parents"):
        Account.objects.filter(id=checking.id).update(parent=savings)


def test_what_an_account_is_does_not_change(checking: Account, theirs: Book) -> None:
    for change in ({"currency": "USD"}, {"type": "liability", "kind": "loan"}, {"book": theirs}):
        with refused("nature_is_kept"):
            Account.objects.filter(id=checking.id).update(**change)


@pytest.mark.parametrize(
    "table",
    ["transactions_entry", "transactions_transaction", "accounts_account", "buffet_book"],
)
def test_the_ledger_is_not_truncated(
    book: Book, checking: Account, groceries: Account, table: str
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"))
    check_now()

    with refused("ledger_is_not_truncated"):
        run(f"TRUNCATE {table} CASCADE")

    assert one("SELECT count(*) FROM transactions_entry") == 2
