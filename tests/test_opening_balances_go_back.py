"""An opening balance that imports moved goes back with them, and is no other one by then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import permutations

import pytest
from bookkeeping import Bookkeeper
from importing import Importer
from whole_books import exported, load

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger
from transactions.drafts import Changes, EntryChange
from transactions.models import Entry, Import, Transaction
from transactions.queries.balances import balance

pytestmark = pytest.mark.django_db
OPENED = date(2026, 6, 1)
MAY = [("20260510", "-100.00", "B1", "May")]
APRIL = [("20260410", "-50.00", "B2", "April")]


@pytest.fixture
def late(keeper: Bookkeeper) -> Account:
    """An account that opened with 2,000.00 in June."""
    return keeper.open(
        "Late", "checking", "BRL", opening_balance=Decimal("2000.00"), opened_on=OPENED
    )


@pytest.fixture
def bank(book: Book, by: Actor, late: Account) -> Importer:
    """Somebody who imports its files of the months before."""
    return Importer(book, by, late)


def brought(bank: Importer, rows: list[tuple[str, str, str, str]], closing: str) -> Import:
    """Commit a file whose bank says what is on the account, and move the opening balance."""
    told = replace(bank, closing=closing)
    return told.commit(told.look(rows), book_opening_balance=True)


def told(bank: Importer, day: date, amount: int) -> Import:
    """Commit a table of one line, which says no balance, and move the opening balance."""
    table = BytesIO(f"Date,Description,Amount\n{day},x,{amount}.00\n".encode())
    started = ledger.preview(
        book=bank.book, by=bank.by, account_id=bank.account.id, file=table, file_name="x.csv"
    )
    return bank.commit(started, book_opening_balance=True)


def opening(account: Account) -> tuple[date, Decimal] | None:
    """Return the day and the amount of the opening balance, if there is one."""
    rows = Entry.objects.filter(account=account, transaction__source="opening")
    return rows.values_list("date", "amount").first()


def test_what_was_deleted_by_hand_stays_deleted(bank: Importer, late: Account) -> None:
    started = brought(bank, MAY, "1900.00")
    assert opening(late) == (date(2026, 4, 30), Decimal("2000.00"))
    ids = list(Transaction.objects.filter(source="opening").values_list("id", flat=True))
    ledger.delete(book=bank.book, by=bank.by, transaction_ids=ids)

    bank.revert(started)

    assert opening(late) is None


def test_what_was_corrected_by_hand_stays_so(bank: Importer, late: Account) -> None:
    started = brought(bank, MAY, "1900.00")
    own = Entry.objects.get(account=late, transaction__source="opening")
    other = Entry.objects.exclude(id=own.id).get(transaction=own.transaction_id)
    amounts = zip((own.id, other.id), (Decimal(3000), Decimal(-3000)), strict=True)
    changed = tuple(EntryChange(id, given={"amount": amount}) for id, amount in amounts)
    ledger.correct(
        book=bank.book, by=bank.by, transaction_id=own.transaction_id,
        changes=Changes({}, changed),
    )  # fmt: skip

    bank.revert(started)

    assert opening(late) == (date(2026, 4, 30), Decimal("3000.00"))


@pytest.mark.parametrize("closing", ["2050.00", "-150.00"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_imports_are_taken_back_in_any_order(
    order: tuple[int, int], closing: str, bank: Importer, late: Account
) -> None:
    # With -150.00 the account opened with nothing before April, so that no such entry is left.
    both = brought(bank, MAY, "1950.00"), brought(bank, APRIL, closing)
    before = None if closing == "-150.00" else (date(2026, 4, 9), Decimal("2200.00"))
    assert opening(late) == before

    bank.revert(both[order[0]])
    assert opening(late) == (before if order[0] == 0 else (date(2026, 4, 30), Decimal("2050.00")))
    bank.revert(both[order[1]])

    assert opening(late) == (OPENED, Decimal("2000.00"))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_without_a_balance_of_the_bank_s_it_leads_back_from_the_lines_that_are_left(
    order: tuple[int, ...], bank: Importer, late: Account
) -> None:
    files = [(date(2026, month, 10), amount) for month, amount in ((5, -100), (4, -50), (3, 2150))]
    started = [told(bank, day, amount) for day, amount in files]
    # The lines lead back to nothing, so that no such entry is left.
    assert opening(late) is None
    for number in order:
        bank.revert(started[number])

        assert balance(bank.book.id, late.id, OPENED) == 2000

    assert opening(late) == (OPENED, Decimal("2000.00"))


@pytest.mark.parametrize("closing", ["2050.00", "-150.00"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_that_an_import_booked_goes_with_the_last_of_them(
    order: tuple[int, int], closing: str, keeper: Bookkeeper, bank: Importer
) -> None:
    fresh = keeper.open("Fresh", "checking", "BRL")
    bank = replace(bank, account=fresh)
    both = brought(bank, MAY, "1950.00"), brought(bank, APRIL, closing)
    before = None if closing == "-150.00" else (date(2026, 4, 9), Decimal("2200.00"))
    assert opening(fresh) == before

    bank.revert(both[order[0]])
    assert opening(fresh) == (before if order[0] == 0 else (date(2026, 4, 30), Decimal("2050.00")))
    bank.revert(both[order[1]])

    assert opening(fresh) is None


def test_what_was_moved_goes_back_in_a_book_that_was_loaded(
    bank: Importer, late: Account, person: Callable[..., User]
) -> None:
    brought(bank, MAY, "1950.00")
    loader = person("loader")
    book = load(loader, exported(bank.book))
    started = Import.objects.get(book=book)

    ledger.revert(book=book, by=Actor(loader.id, "api"), import_id=started.id)

    assert opening(started.account) == (OPENED, Decimal("2000.00"))
    assert opening(late) == (date(2026, 4, 30), Decimal("2050.00"))
