"""A book's version rises with each committed change and stamps the rows it touched."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from django.apps import apps
from django.db.transaction import atomic, savepoint, savepoint_rollback
from raw import JUNE, check_now, one, put, put_entries, run

from accounts import services as chart
from accounts.models import Account
from buffet import services
from buffet.audit import Actor
from buffet.models import Book, BookRow
from transactions import services as ledger
from transactions.imports.tables import Profile
from transactions.models import ClosedMonth, Import, Transaction
from transactions.services.vendors import VendorNameTaken


def version(book: Book) -> int:
    """Return the book's version."""
    return one("SELECT version FROM buffet_book WHERE id = %s", book.id)


@pytest.mark.django_db(transaction=True)
def test_it_rises_once_per_database_transaction(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    before = version(book)

    with atomic():
        touched = put(book, (checking, "-1.00"), (groceries, "1.00"))
        other = put(book, (checking, "-2.00"), (groceries, "2.00"))
        vendor = ledger.create_vendor(book=book, by=by, name="Market")
        ledger.change_vendor(book=book, by=by, vendor_id=vendor.id, notes="Changed")
    with atomic():
        put_entries(book, touched, (checking, "-3.00"), (groceries, "3.00"))

    assert version(book) == before + 2
    stamped = dict(Transaction.objects.values_list("id", "version"))
    assert stamped == {touched: before + 2, other: before + 1}
    assert one("SELECT version FROM transactions_vendor") == before + 1
    assert one("SELECT max(version) FROM accounts_account") <= before


@pytest.mark.django_db(transaction=True)
def test_what_is_undone_does_not_raise_it(book: Book, by: Actor) -> None:
    before = version(book)

    with atomic():
        undone = savepoint()
        ledger.create_vendor(book=book, by=by, name="Never")
        savepoint_rollback(undone)
        assert version(book) == before
        kept = ledger.create_vendor(book=book, by=by, name="Kept")
        undone = savepoint()
        ledger.create_vendor(book=book, by=by, name="Never")
        savepoint_rollback(undone)
        also_kept = ledger.create_vendor(book=book, by=by, name="Kept too")
    with pytest.raises(VendorNameTaken):
        ledger.create_vendor(book=book, by=by, name="kept")

    kept.refresh_from_db()
    also_kept.refresh_from_db()
    assert version(book) == kept.version == also_kept.version == before + 1


def test_a_statement_that_touches_no_row_does_not_raise_it(book: Book, checking: Account) -> None:
    # As in a database transaction that has not raised it yet.
    run("SELECT set_config('buffet.touched', '', true)")
    before = version(book)

    run("DELETE FROM transactions_entry")
    run("UPDATE transactions_entry SET note = 'x'")
    run("DELETE FROM transactions_vendor")

    assert version(book) == before


def test_another_book_keeps_its_own(book: Book, checking: Account, groceries: Account) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")

    put(book, (checking, "-1.00"), (groceries, "1.00"))

    assert version(other) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transactions_entry SET status = 'reconciled' WHERE amount < 0",
        "UPDATE transactions_entry SET amount = amount * 2",
        "DELETE FROM transactions_entry WHERE note <> ''",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_an_entry_that_changes_stamps_its_transaction(
    book: Book, checking: Account, groceries: Account, change: str
) -> None:
    with atomic():
        id = put(book, (checking, "-1.00"), (groceries, "1.00"))
        later = put_entries(book, id, (checking, "-1.00"), (groceries, "1.00"))
        run("UPDATE transactions_entry SET note = 'later' WHERE id = ANY(%s)", later)
    before = version(book)

    run(change)

    assert Transaction.objects.get(id=id).version == version(book) == before + 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transactions_entry SET amount = amount * 2",
        """
        INSERT INTO transactions_entry (id, book_id, transaction_id, account_id, date, currency,
            amount, status, external_id, note)
        SELECT gen_random_uuid(), book_id, transaction_id, account_id, date, currency, amount,
            status, '', 'again' FROM transactions_entry
        """,
    ],
    ids=["update", "insert"],
)
@pytest.mark.django_db(transaction=True)
def test_a_statement_over_two_books_gives_each_its_own_version(
    book: Book, by: Actor, change: str
) -> None:
    other = services.create_book(by=by, user_id=by.user_id, name="Other", base_currency="BRL")
    for one_book, times in ((book, 1), (other, 5)):
        keeper = Bookkeeper(one_book, by)
        account = keeper.open("Wallet", "cash", "BRL")
        for _ in range(times):
            keeper.move(account, JUNE, "-1.00")
    before = version(book), version(other)
    assert before[0] != before[1]

    run(change)

    stamped = (
        "SELECT version FROM transactions_transaction WHERE book_id = %s "
        "UNION SELECT max(version) FROM transactions_typetotal WHERE book_id = %s"
    )
    for one_book, old in zip((book, other), before, strict=True):
        # Whoever alternates between books may raise each more than once.
        for (new,) in run(stamped, one_book.id, one_book.id):
            assert old < new <= version(one_book) < old + 5


# Tombstones


def _broker(book: Book, by: Actor) -> UUID:
    id = chart.create_broker(book=book, by=by, name="Bank").id
    chart.delete_broker(book=book, by=by, broker_id=id)
    return id


def _vendor(book: Book, by: Actor) -> UUID:
    id = ledger.create_vendor(book=book, by=by, name="Market").id
    ledger.delete_vendor(book=book, by=by, vendor_id=id)
    return id


def _account(book: Book, by: Actor) -> UUID:
    id = chart.create_category(book=book, by=by, name="Fruit", type="expense").id
    ledger.delete_account(book=book, by=by, account_id=id)
    return id


def _closedmonth(book: Book, by: Actor) -> UUID:
    may = date(2026, 5, 1)
    id = ledger.close_month(book=book, by=by, month=may, today=date(2026, 6, 1)).id
    ledger.reopen_month(book=book, by=by, month=may, reason="x")
    return id


def _balancepoint(book: Book, by: Actor) -> UUID:
    keeper = Bookkeeper(book, by)
    id = keeper.point(keeper.open("Old", "cash", "BRL"), date(2026, 5, 1), "0").id
    ledger.delete_point(book=book, by=by, point_id=id)
    return id


def _importprofile(book: Book, by: Actor) -> UUID:
    id = ledger.create_profile(book=book, by=by, name="Bank", profile=Profile()).id
    ledger.delete_profile(book=book, by=by, profile_id=id)
    return id


def _transaction(book: Book, by: Actor) -> UUID:
    account = chart.create_category(book=book, by=by, name="Fruit", type="expense")
    other = chart.create_category(book=book, by=by, name="Wages", type="income")
    id = put(book, (account, "1.00"), (other, "-1.00"))
    ledger.delete(book=book, by=by, transaction_ids=[id])
    return id


def _import(book: Book, by: Actor) -> UUID:
    account = ledger.open_account(
        book=book, by=by, today=date(2026, 6, 1), name="Old", kind="cash", currency="BRL"
    )
    id = Import.objects.create(book=book, account=account).id
    ledger.discard(book=book, by=by, import_id=id)
    return id


DELETIONS: dict[str, Callable[[Book, Actor], UUID]] = {
    "account": _account,
    "balancepoint": _balancepoint,
    "broker": _broker,
    "closedmonth": _closedmonth,
    "import": _import,
    "importprofile": _importprofile,
    "transaction": _transaction,
    "vendor": _vendor,
}


@pytest.mark.parametrize("resource", DELETIONS)
def test_a_deleted_row_leaves_a_tombstone(book: Book, by: Actor, resource: str) -> None:
    id = DELETIONS[resource](book, by)

    rows = run("SELECT resource, row_id, version FROM buffet_tombstone WHERE row_id = %s", id)
    assert rows == [(resource, id, version(book))]


def test_several_deleted_rows_leave_a_tombstone_each(
    book: Book, checking: Account, groceries: Account
) -> None:
    ids = {put(book, (checking, "-1.00"), (groceries, "1.00")) for _ in range(3)}

    run("DELETE FROM transactions_entry")
    run("DELETE FROM transactions_transaction")

    check_now()
    assert {id for (id,) in run("SELECT row_id FROM buffet_tombstone")} == ids


def test_every_kind_of_row_is_stamped_and_leaves_a_tombstone(db: None) -> None:
    for model in apps.get_models():
        if not issubclass(model, BookRow):
            continue
        triggers = run(
            "SELECT count(*) FILTER (WHERE tgname LIKE 'pgtrigger_stamp_version_%%'), "
            "count(*) FILTER (WHERE tgname LIKE 'pgtrigger_leave_tombstone_%%') "
            "FROM pg_trigger WHERE tgrelid = %s::regclass",
            model._meta.db_table,
        )
        assert triggers == [(1, 1)], model


# Who and when


def test_a_row_says_who_made_it_and_through_which_door(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    made = ledger.close_month(book=book, by=by, month=date(2026, 5, 1), today=date(2026, 6, 1))

    kept = ClosedMonth.objects.get(id=made.id)
    assert (kept.created_by, kept.created_via) == (by.user_id, "api")


@pytest.mark.django_db(transaction=True)
def test_a_row_made_past_the_services_says_so(
    book: Book, checking: Account, groceries: Account
) -> None:
    with atomic():
        id = put(book, (checking, "-1.00"), (groceries, "1.00"))

    row = Transaction.objects.get(id=id)
    assert (row.created_by, row.created_via) == (None, "sql")
