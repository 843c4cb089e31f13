"""What must never be false is refused by the database itself, whoever writes."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic, savepoint, savepoint_rollback
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.models import Book, Tombstone
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.models import ClosedMonth, Entry, MonthlyBalance, Transaction, Vendor

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 5, 10)


def add(book: Book, *entries: tuple[Account, str, str], on: date = DAY) -> UUID:
    """Write a transaction past every service."""
    transaction = Transaction.objects.create(book=book, date=on, description="By hand")
    Entry.objects.bulk_create(
        Entry(
            id=uuid7(),
            book=book,
            transaction=transaction,
            account=account,
            date=on,
            currency=currency,
            amount=Decimal(amount),
        )
        for account, amount, currency in entries
    )
    return transaction.id


def purchase(book: Book, account: Account, category: Account, amount: str = "-10.00") -> UUID:
    """Write a balanced transaction."""
    other = amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
    with atomic():
        return add(book, (account, amount, "BRL"), (category, other, "BRL"))


def refused(constraint: str, change: Callable[[], Any]) -> None:
    """Expect the database to refuse a change by the name of its constraint."""
    with pytest.raises(IntegrityError) as caught, atomic():
        change()
    assert caught.value.__cause__.diag.constraint_name == constraint


@pytest.fixture
def other_book() -> Book:
    """A book of other people."""
    return Book.objects.create(name="Other", base_currency="BRL")


def test_an_unbalanced_transaction(book: Book, checking: Account, groceries: Account) -> None:
    refused(
        "entries_sum_to_zero",
        lambda: add(book, (checking, "-10.00", "BRL"), (groceries, "9.99", "BRL")),
    )
    assert not Transaction.objects.exists()


def test_entries_that_balance_across_currencies_only(
    book: Book, checking: Account, groceries: Account
) -> None:
    refused(
        "entries_sum_to_zero",
        lambda: add(book, (checking, "-10.00", "BRL"), (groceries, "10.00", "USD")),
    )


def test_entries_may_come_one_by_one_if_they_balance_in_the_end(
    book: Book, checking: Account, groceries: Account
) -> None:
    with atomic():
        id = add(book, (checking, "-10.00", "BRL"))
        Entry.objects.bulk_create(
            [
                Entry(
                    id=uuid7(), book=book, transaction_id=id, account=groceries, date=DAY,
                    currency="BRL", amount=Decimal("10.00"),
                )
            ]
        )  # fmt: skip

    assert Entry.objects.filter(transaction_id=id).count() == 2


def test_an_amount_changed_on_one_side(book: Book, checking: Account, groceries: Account) -> None:
    purchase(book, checking, groceries)

    refused("entries_sum_to_zero", lambda: Entry.objects.filter(account=checking).update(amount=-9))


def test_one_entry_deleted(book: Book, checking: Account, groceries: Account) -> None:
    purchase(book, checking, groceries)

    refused(
        "entries_sum_to_zero",
        lambda: Entry.objects.filter(account=checking)._raw_delete("default"),
    )


def test_all_entries_deleted_from_under_a_transaction(
    book: Book, checking: Account, groceries: Account
) -> None:
    purchase(book, checking, groceries)

    refused("transactions_have_entries", lambda: Entry.objects.all()._raw_delete("default"))


def test_an_entry_of_zero(book: Book, checking: Account, groceries: Account) -> None:
    refused("entry_moves_money", lambda: add(book, (checking, "0", "BRL"), (groceries, "0", "BRL")))


def test_more_decimals_than_the_currency_has(
    book: Book, checking: Account, groceries: Account
) -> None:
    refused(
        "entry_has_decimals_of_currency",
        lambda: add(book, (checking, "-1.001", "BRL"), (groceries, "1.001", "BRL")),
    )


def test_an_entry_in_another_currency_than_its_account(
    book: Book, checking: Account, groceries: Account
) -> None:
    refused(
        "entry_in_currency_of_account",
        lambda: add(book, (checking, "-1.00", "USD"), (groceries, "1.00", "USD")),
    )


def test_a_transfer_to_itself(book: Book, checking: Account) -> None:
    refused(
        "no_transfer_to_itself",
        lambda: add(book, (checking, "-1.00", "BRL"), (checking, "1.00", "BRL")),
    )


def test_a_transfer_turned_to_itself(book: Book, checking: Account, savings: Account) -> None:
    purchase(book, checking, savings)

    refused("no_transfer_to_itself", lambda: Entry.objects.update(account=checking))


def test_an_entry_on_an_account_of_another_book(
    other_book: Book, checking: Account, groceries: Account
) -> None:
    refused(
        "entry_account_in_book",
        lambda: add(other_book, (checking, "-1.00", "BRL"), (groceries, "1.00", "BRL")),
    )


def test_entries_of_a_transaction_of_another_book_or_day(
    book: Book, other_book: Book, checking: Account, groceries: Account
) -> None:
    purchase(book, checking, groceries)

    refused("entry_of_transaction", lambda: Entry.objects.update(book=other_book))
    refused("entry_of_transaction", lambda: Entry.objects.update(date=date(2026, 5, 11)))


def test_references_that_cross_books(
    book: Book, other_book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    purchase(book, checking, groceries)
    vendor = Vendor.objects.create(book=other_book, name="Theirs")
    broker = chart.create_broker(book=other_book, by=by, name="Theirs")
    category = chart.create_category(book=other_book, by=by, name="Theirs", type="expense")

    refused("transaction_vendor_in_book", lambda: Transaction.objects.update(vendor=vendor))
    refused(
        "account_broker_in_book",
        lambda: Account.objects.filter(id=checking.id).update(broker=broker),
    )
    refused(
        "account_parent_in_book",
        lambda: Account.objects.filter(id=groceries.id).update(parent=category),
    )


def test_a_parent_of_another_type(groceries: Account, salary: Account) -> None:
    refused(
        "account_parent_in_book",
        lambda: Account.objects.filter(id=groceries.id).update(parent=salary),
    )


def test_what_an_account_is_does_not_change(checking: Account) -> None:
    for change in ({"currency": "USD"}, {"type": "liability", "kind": "loan"}):
        refused(
            "nature_is_kept",
            lambda change=change: Account.objects.filter(id=checking.id).update(**change),
        )


def test_entries_of_a_closed_month(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    inside = purchase(book, checking, groceries)
    with atomic():
        outside = add(
            book, (checking, "-2.00", "BRL"), (groceries, "2.00", "BRL"), on=date(2026, 6, 1)
        )
    ledger.close_month(book=book, by=by, month=DAY, today=date(2026, 6, 15))
    moves = Transaction.objects.filter(id=inside)

    refused("closed_months_stay", lambda: purchase(book, checking, groceries))
    refused("closed_months_stay", lambda: Entry.objects.filter(date=DAY).update(note="x"))
    refused("closed_months_stay", lambda: Entry.objects.filter(date=DAY)._raw_delete("default"))
    refused("closed_months_stay", lambda: moves.update(date=date(2026, 6, 2)))
    refused("closed_months_stay", lambda: Transaction.objects.filter(id=outside).update(date=DAY))


def test_a_second_entry_with_an_external_id(
    book: Book, checking: Account, groceries: Account
) -> None:
    purchase(book, checking, groceries)
    purchase(book, checking, groceries)

    refused(
        "one_entry_per_external_id",
        lambda: Entry.objects.filter(account=checking).update(external_id="bank-1"),
    )


def test_a_category_below_itself(book: Book, by: Actor, groceries: Account) -> None:
    child = chart.create_category(
        book=book, by=by, name="Fruit", type="expense", parent_id=groceries.id
    )

    refused(
        "tree_has_no_cycle",
        lambda: Account.objects.filter(id=groceries.id).update(parent=child),
    )


def test_two_moves_at_once_that_would_close_a_circle(book: Book, by: Actor) -> None:
    one, two = (chart.create_category(book=book, by=by, name=name, type="expense") for name in "AB")
    waiting, failures = threading.Event(), []

    def second() -> None:
        waiting.set()
        try:
            Account.objects.filter(id=two.id).update(parent=one)
        except IntegrityError as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with atomic():
        Account.objects.filter(id=one.id).update(parent=two)
        thread.start()
        waiting.wait(5)
    thread.join(10)

    assert len(failures) == 1
    assert Account.objects.filter(parent__isnull=False).count() == 1


def test_truncate(book: Book) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%%_stay_%%' "
            "AND tgenabled = 'D'"
        )
        assert cursor.fetchone()[0] == 2, "the test session disables them, and only there"
        cursor.execute("ALTER TABLE transactions_entry ENABLE TRIGGER USER")
    try:
        refused(
            "ledger_is_not_truncated",
            lambda: connection.cursor().execute("TRUNCATE transactions_entry"),
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_entries_stay_%%'"
            )
            name = cursor.fetchone()[0]
            cursor.execute(f"ALTER TABLE transactions_entry DISABLE TRIGGER {name}")


def sums(account: Account) -> dict[date, tuple[Decimal, Decimal, int]]:
    """Return the kept months of an account that are not empty."""
    rows = MonthlyBalance.objects.filter(account=account, entries__gt=0)
    return {row.month: (row.debit, row.credit, row.entries) for row in rows}


def test_monthly_balances_follow_every_way_of_writing(
    book: Book, checking: Account, groceries: Account
) -> None:
    id = purchase(book, checking, groceries)
    purchase(book, checking, groceries, "-5.50")
    assert sums(checking) == {date(2026, 5, 1): (0, Decimal("15.50"), 2)}

    Transaction.objects.filter(id=id).update(date=date(2026, 7, 1))
    assert sums(checking) == {
        date(2026, 5, 1): (0, Decimal("5.50"), 1),
        date(2026, 7, 1): (0, Decimal("10.00"), 1),
    }

    with atomic(), connection.cursor() as cursor:
        transaction = Transaction.objects.create(book=book, date=DAY, description="COPY")
        columns = (
            "id, book_id, transaction_id, account_id, date, currency, amount, status, "
            "external_id, note"
        )
        with cursor.copy(f"COPY transactions_entry ({columns}) FROM STDIN") as copy:
            for account, amount in ((checking, "3.00"), (groceries, "-3.00")):
                copy.write_row(
                    (
                        uuid7(),
                        book.id,
                        transaction.id,
                        account.id,
                        DAY,
                        "BRL",
                        amount,
                        "cleared",
                        "",
                        "",
                    )
                )
    assert sums(checking)[date(2026, 5, 1)] == (Decimal("3.00"), Decimal("5.50"), 2)

    with atomic():
        Entry.objects.filter(transaction_id=id)._raw_delete("default")
        Transaction.objects.filter(id=id)._raw_delete("default")
    assert date(2026, 7, 1) not in sums(checking)
    assert sums(groceries)[date(2026, 5, 1)] == (Decimal("5.50"), Decimal("3.00"), 2)


def version(book: Book) -> int:
    """Return the book's version."""
    return Book.objects.values_list("version", flat=True).get(id=book.id)


def test_a_book_rises_once_per_change_and_stamps_what_changed(
    book: Book, checking: Account, groceries: Account
) -> None:
    before = version(book)

    id = purchase(book, checking, groceries)

    assert version(book) == before + 1
    assert Transaction.objects.get(id=id).version == before + 1
    Entry.objects.filter(transaction_id=id).update(note="by hand")
    assert version(book) == before + 2
    assert Transaction.objects.get(id=id).version == before + 2


def test_an_undone_change_leaves_the_version(book: Book, checking: Account) -> None:
    before = version(book)

    with atomic():
        undone = savepoint()
        Vendor.objects.create(book=book, name="Never")
        savepoint_rollback(undone)
        kept = Vendor.objects.create(book=book, name="Kept")

    assert version(book) == before + 1
    assert Vendor.objects.get(id=kept.id).version == before + 1


def test_a_deleted_row_leaves_a_tombstone(
    book: Book, checking: Account, groceries: Account
) -> None:
    id = purchase(book, checking, groceries)

    with atomic():
        Entry.objects.all()._raw_delete("default")
        Transaction.objects.all()._raw_delete("default")

    assert Tombstone.objects.get(row_id=id).resource == "transaction"
    assert Tombstone.objects.get(row_id=id).version == version(book)


def test_writers_of_one_book_queue_and_of_two_do_not(
    book: Book, other_book: Book, by: Actor
) -> None:
    events: list[str] = []
    inside = threading.Event()

    def write(where: Book, name: str) -> None:
        try:
            inside.wait(5)
            with writing(where.id, by=by):
                events.append(name)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=write, args=(book, "same book")),
        threading.Thread(target=write, args=(other_book, "other book")),
    ]
    for thread in threads:
        thread.start()
    with writing(book.id, by=by):
        inside.set()
        threads[1].join(5)
        events.append("first")
    threads[0].join(5)

    assert events == ["other book", "first", "same book"]


def test_months_close_at_the_database_too(book: Book) -> None:
    refused(
        "closed_month_is_a_month",
        lambda: ClosedMonth.objects.create(book=book, month=date(2026, 5, 2)),
    )


def test_a_row_says_who_made_it_and_through_which_door(
    book: Book, by: Actor, checking: Account
) -> None:
    (id,) = ledger.record(
        book=book,
        by=by,
        drafts=[Draft(date=DAY, description="x", account_id=checking.id, amount=Decimal("-1.00"))],
    )
    by_hand = purchase(book, checking, Account.objects.get(kind="conversion"))

    row, other = Transaction.objects.get(id=id), Transaction.objects.get(id=by_hand)
    assert (row.created_by, row.created_via) == (by.user_id, "api")
    assert (other.created_by, other.created_via) == (None, "sql")
