"""A few entries that come in one statement are kept as many are: one by one, not as a set."""

from uuid import UUID

import pytest
from django.db.transaction import atomic
from raw import JUNE, monthly, one, put, put_entries, put_transaction, refused, run
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.queries.verification import verify

# Versions rise once in a database transaction, so each write is one of its own.
pytestmark = pytest.mark.django_db(transaction=True)

#: The most that is taken one by one, and more.
SIZES = (2, 3, 4, 5, 8)
TOTALS = "SELECT max(version) FROM transactions_typetotal WHERE book_id = %s"
VERSION = "SELECT version FROM buffet_book WHERE id = %s"
OF = "SELECT version FROM transactions_transaction WHERE id = %s"


def broken(book: Book) -> list[str]:
    return [check.name for check in verify(book.id) if not check.ok]


@pytest.fixture
def other(book: Book, by: Actor) -> tuple[Book, Account, Account]:
    """Another book, with two accounts."""
    elsewhere = Book.objects.create(name="Elsewhere", base_currency="BRL")
    first, second = (
        ledger.open_account(
            book=elsewhere, by=by, today=JUNE, name=name, kind="checking", currency="BRL"
        )
        for name in ("Here", "There")
    )
    return elsewhere, first, second


@pytest.mark.parametrize("many", SIZES)
def test_sums_and_versions_are_kept(
    book: Book, checking: Account, savings: Account, groceries: Account, many: int
) -> None:
    places = [savings, groceries, checking, savings]
    entries = [(places[number % 4], f"-{number + 1}.25") for number in range(many - 1)]
    rest = sum(number + 1.25 for number in range(many - 1))
    for _ in range(2):
        with atomic():
            id = put_transaction(book)
            put_entries(book, id, *entries, (checking, f"{rest:.2f}"))

    assert broken(book) == []
    assert one(OF, id) == one(VERSION, book.id) == one(TOTALS, book.id)
    assert monthly(savings)["2026-06", "BRL"][2] == 2 * sum(a is savings for a, _ in entries)


@pytest.mark.parametrize("many", SIZES)
def test_entries_that_come_later_are_news_of_their_transaction(
    book: Book, checking: Account, savings: Account, many: int
) -> None:
    with atomic():
        id = put_transaction(book)
        put_entries(book, id, (checking, "-1.00"), (savings, "1.00"))
    before = one(OF, id)

    pairs = [(checking, "-1.00"), (savings, "1.00")] * (many // 2)
    with atomic():
        put_entries(book, id, *pairs)

    assert one(OF, id) == one(VERSION, book.id) == before + 1
    assert broken(book) == []


def test_entries_of_two_books_in_one_statement_are_each_its_own(
    book: Book, checking: Account, savings: Account, other: tuple[Book, Account, Account]
) -> None:
    elsewhere, here, there = other
    run("UPDATE buffet_book SET version = version + 7 WHERE id = %s", elsewhere.id)
    with atomic():
        mine, others = put_transaction(book), put_transaction(elsewhere)
    before = {book: one(VERSION, book.id), elsewhere: one(VERSION, elsewhere.id)}

    with atomic():
        put_across(
            (book, mine, checking, "-5"),
            (elsewhere, others, here, "-9"),
            (book, mine, savings, "5"),
            (elsewhere, others, there, "9"),
        )

    for of, id in ((book, mine), (elsewhere, others)):
        assert before[of] < one(TOTALS, of.id) <= one(VERSION, of.id)
        assert one(OF, id) == one(VERSION, of.id)
        assert broken(of) == []


def test_each_of_two_transactions_in_one_statement_is_to_balance(
    book: Book, checking: Account, savings: Account
) -> None:
    """All of them together do."""
    first, second = put_transaction(book), put_transaction(book)
    with refused("entries_sum_to_zero"):
        put_across((book, first, checking, "-5"), (book, second, savings, "5"))


def test_an_entry_of_no_account_is_refused_as_a_reference(book: Book, checking: Account) -> None:
    nowhere = Account(id=uuid7(), book=book)
    with refused("entry_account_in_book"):
        put(book, (checking, "-5.00"), (nowhere, "5.00"))


def put_across(*rows: tuple[Book, UUID, Account, str]) -> None:
    """Insert entries of several transactions, or books, in one statement."""
    run(
        "INSERT INTO transactions_entry (id, book_id, transaction_id, account_id, date, currency, "
        "amount, status, external_id, note) SELECT e.id, e.book_id, e.transaction_id, "
        "e.account_id, %s, 'BRL', e.amount, 'cleared', '', '' FROM unnest(%s::uuid[], "
        "%s::uuid[], %s::uuid[], %s::uuid[], %s::numeric[]) "
        "AS e (id, book_id, transaction_id, account_id, amount)",
        JUNE,
        [uuid7() for _ in rows],
        [book.id for book, *_ in rows],
        [id for _, id, *_ in rows],
        [account.id for _, _, account, _ in rows],
        [amount for *_, amount in rows],
    )
