"""What must never be false is refused by the database itself, whoever writes, or its commit."""

from datetime import date

import pytest
from django.db import DataError, IntegrityError
from django.db.transaction import atomic
from raw import JUNE, check_now, one, put, put_entries, put_transaction, refused, run
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions import storage
from transactions.models import Entry, MonthlyBalance, Transaction

TODAY = date(2026, 7, 15)


# Balance


@pytest.mark.parametrize("amount", ["9.99", "10.01", "-10.00"])
def test_entries_that_do_not_sum_to_zero(
    book: Book, checking: Account, groceries: Account, amount: str
) -> None:
    with refused("entries_sum_to_zero"):
        put(book, (checking, "-10.00"), (groceries, amount))


def test_an_amount_that_is_no_number(book: Book, checking: Account, groceries: Account) -> None:
    with refused("entries_sum_to_zero"):
        put(book, (checking, "NaN"), (groceries, "NaN"))
    with pytest.raises(DataError), atomic():
        put(book, (checking, "Infinity"), (groceries, "-Infinity"))


def test_entries_that_sum_to_zero_only_across_currencies(
    book: Book, checking: Account, groceries: Account
) -> None:
    with refused("entries_sum_to_zero"):
        id = put_transaction(book)
        put_entries(book, id, (checking, "-10.00"))
        put_entries(book, id, (groceries, "10.00"), currency="USD")


def test_entries_of_one_statement_that_sum_to_zero_only_across_currencies(
    book: Book, checking: Account, groceries: Account
) -> None:
    with refused("entries_sum_to_zero"):
        id = put_transaction(book)
        run(
            "INSERT INTO transactions_entry (id, book_id, transaction_id, account_id, date, "
            "currency, amount, status, external_id, note) "
            "SELECT gen_random_uuid(), %s, %s, e.account, %s, e.currency, e.amount, 'cleared', "
            "'', '' FROM (VALUES (%s, 'BRL', -10), (%s, 'USD', 10)) AS e "
            "(account, currency, amount)",
            book.id,
            id,
            JUNE,
            checking.id,
            groceries.id,
        )


def test_a_single_entry(book: Book, checking: Account) -> None:
    with refused("entries_sum_to_zero"):
        put(book, (checking, "-10.00"))


def test_entries_may_come_one_by_one_and_balance_in_the_end(
    book: Book, checking: Account, groceries: Account
) -> None:
    id = put_transaction(book)
    put_entries(book, id, (checking, "-10.00"))
    put_entries(book, id, (groceries, "7.00"))
    put_entries(book, id, (groceries, "3.00"))

    check_now()

    assert Entry.objects.filter(transaction_id=id).count() == 3


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transactions_entry SET amount = amount + 0.01 WHERE amount > 0",
        "UPDATE transactions_entry SET amount = -amount WHERE amount > 0",
        "UPDATE transactions_entry SET currency = 'USD' WHERE amount > 0",
        "DELETE FROM transactions_entry WHERE amount > 0",
        "UPDATE transactions_entry SET transaction_id = "
        "(SELECT id FROM transactions_transaction WHERE id <> transaction_id) WHERE amount = 10",
    ],
)
def test_a_transaction_that_is_taken_out_of_balance(
    book: Book, checking: Account, groceries: Account, change: str
) -> None:
    put(book, (checking, "-10.00"), (groceries, "10.00"))
    put(book, (checking, "-5.00"), (groceries, "5.00"))

    with refused("entries_sum_to_zero"):
        run(change)


def test_a_transaction_whose_entries_are_all_deleted(
    book: Book, checking: Account, groceries: Account
) -> None:
    put(book, (checking, "-10.00"), (groceries, "10.00"))

    with refused("transactions_have_entries"):
        run("DELETE FROM transactions_entry")


def test_a_transfer_to_itself(book: Book, checking: Account, savings: Account) -> None:
    with refused("no_transfer_to_itself"):
        put(book, (checking, "-1.00"), (checking, "1.00"))
    put(book, (checking, "-1.00"), (savings, "1.00"))
    with refused("no_transfer_to_itself"):
        run("UPDATE transactions_entry SET account_id = %s", checking.id)


def test_a_transaction_whose_entries_all_move_to_another(
    book: Book, checking: Account, savings: Account
) -> None:
    left = put(book, (checking, "-1.00"), (savings, "1.00"))
    other = put(book, (checking, "-2.00"), (savings, "2.00"))

    with refused("transactions_have_entries"):
        run(
            "UPDATE transactions_entry SET transaction_id = %s WHERE transaction_id = %s",
            other,
            left,
        )


def test_entries_that_leave_one_account_in_another_transaction(
    book: Book, checking: Account, savings: Account
) -> None:
    """What moves adds up to zero, and what stays is on one account."""
    split = put(book, (checking, "-1"), (savings, "1"), (checking, "-2"), (checking, "2"))
    other = put(book, (checking, "-2"), (savings, "2"))

    with refused("no_transfer_to_itself"):
        run(
            "UPDATE transactions_entry SET transaction_id = %s "
            "WHERE transaction_id = %s AND abs(amount) = 1",
            other,
            split,
        )


def test_what_stays_in_balance_is_not_looked_at(
    book: Book, checking: Account, savings: Account, groceries: Account
) -> None:
    """Or moving a category's entries, or reverting a long file, looks at each transaction."""
    waiting = "SELECT count(*) FROM transactions_balancecheck"
    put(book, (checking, "-1.00"), (savings, "1.00"))
    gone = put(book, (checking, "-2.00"), (savings, "2.00"))

    run("UPDATE transactions_entry SET account_id = %s WHERE amount > 0", groceries.id)
    assert one(waiting) == 0
    run("UPDATE transactions_entry SET amount = amount * 2")
    assert one(waiting) == 0
    storage.delete([gone])
    assert one(waiting) == 0
    with refused("transactions_have_entries"):
        run("DELETE FROM transactions_entry")
        assert one(waiting) == 1


@pytest.mark.django_db(transaction=True)
def test_the_commit_itself_fails(book: Book, checking: Account, groceries: Account) -> None:
    transaction = atomic()
    transaction.__enter__()
    put(book, (checking, "-10.00"), (groceries, "9.99"))

    with pytest.raises(IntegrityError, match="off by"):
        transaction.__exit__(None, None, None)

    assert not Transaction.objects.exists()
    assert not MonthlyBalance.objects.exists()


# Entries


@pytest.mark.parametrize("amount", ["0", "0.00", "0.000000001"])
def test_an_entry_of_zero(book: Book, checking: Account, groceries: Account, amount: str) -> None:
    with refused("entry_moves_money"):
        put(book, (checking, amount), (groceries, f"-{amount}"))


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("JPY", "1.5"), ("BRL", "1.001"), ("KWD", "1.0001"), ("CLF", "1.00001"), ("XXX", "0.001")],
)
def test_more_decimals_than_the_currency_has(
    book: Book, groceries: Account, salary: Account, currency: str, amount: str
) -> None:
    with refused("entry_has_decimals_of_currency"):
        put(book, (groceries, amount), (salary, f"-{amount}"), currency=currency)


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "1"), ("KWD", "0.001"), ("BTC", "0.00000001")]
)
def test_as_many_decimals_as_the_currency_has(
    book: Book, groceries: Account, salary: Account, currency: str, amount: str
) -> None:
    put(book, (groceries, amount), (salary, f"-{amount}"), currency=currency)

    check_now()


@pytest.mark.parametrize("currency", ["", "brl", "R$", "BR"])
def test_a_currency_that_is_no_code(
    book: Book, groceries: Account, salary: Account, currency: str
) -> None:
    with refused("entry_currency_is_a_code"):
        put(book, (groceries, "1"), (salary, "-1"), currency=currency)


def test_an_entry_in_another_currency_than_its_account(
    book: Book, checking: Account, groceries: Account
) -> None:
    with refused("entry_in_currency_of_account"):
        put(book, (checking, "-1.00"), (groceries, "1.00"), currency="USD")
    put(book, (checking, "-1.00"), (groceries, "1.00"))
    with refused("entry_in_currency_of_account"):
        run("UPDATE transactions_entry SET currency = 'USD'")


def test_a_second_entry_with_an_external_id(
    book: Book, checking: Account, savings: Account, groceries: Account
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"), external_id="bank-1")
    put(book, (savings, "-1.00"), (groceries, "1.00"), external_id="bank-1")

    with refused("one_entry_per_external_id"):
        put(book, (checking, "-2.00"), (groceries, "2.00"), external_id="bank-1")
    with refused("one_entry_per_external_id"):
        run("UPDATE transactions_entry SET account_id = %s WHERE amount < 0", savings.id)


def test_an_entry_of_another_day_than_its_transaction(
    book: Book, checking: Account, groceries: Account
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"))

    with refused("entry_of_transaction"):
        run("UPDATE transactions_entry SET date = '2026-06-11'")


# Closed months


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transactions_entry SET note = 'x' WHERE date = '2026-05-31'",
        "UPDATE transactions_entry SET amount = amount * 2 WHERE date = '2026-05-31'",
        "DELETE FROM transactions_entry WHERE date = '2026-05-31'",
        "UPDATE transactions_transaction SET date = '2026-06-01' WHERE date = '2026-05-31'",
        "UPDATE transactions_transaction SET date = '2026-05-01' WHERE date = '2026-06-10'",
    ],
)
def test_entries_of_a_closed_month(
    book: Book, by: Actor, checking: Account, groceries: Account, change: str
) -> None:
    may = date(2026, 5, 31)
    put(book, (checking, "-1.00"), (groceries, "1.00"), on=may)
    put(book, (checking, "-1.00"), (groceries, "1.00"), on=JUNE)
    check_now()
    ledger.close_month(book=book, by=by, month=may, today=TODAY)

    with refused("closed_months_stay"):
        put(book, (checking, "-1.00"), (groceries, "1.00"), on=may)
    with refused("closed_months_stay"):
        run(change)


def test_a_closed_month_is_a_month_and_closes_once(book: Book) -> None:
    sql = "INSERT INTO transactions_closedmonth (id, book_id, month) VALUES (%s, %s, %s)"
    run(sql, uuid7(), book.id, date(2026, 5, 1))

    with refused("closed_month_is_a_month"):
        run(sql, uuid7(), book.id, date(2026, 4, 2))
    with refused("a_month_closes_once"):
        run(sql, uuid7(), book.id, date(2026, 5, 1))
