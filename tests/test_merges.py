"""A merge of categories moves everything, or says what stands in its way."""

from collections.abc import Callable
from datetime import date

import pytest
from charting import TODAY, Chart
from drafting import entries, record
from raw import monthly, one

from accounts.models import Account
from accounts.services import (
    NameTaken,
)
from buffet.audit import Actor
from buffet.errors import Invalid, Refusal
from buffet.models import Book
from transactions import services as ledger
from transactions.services.accounts import (
    MergeDoublesExternalId,
    MergeEmptiesTransactions,
    MergeOfItself,
    MergeOfTypes,
    MergeTouchesClosedMonth,
)


@pytest.fixture
def book_chart(book: Book, by: Actor) -> Chart:
    """The verbs, in the book."""
    return Chart(book, by)


def test_a_merge_moves_entries_and_children(
    book: Book, by: Actor, book_chart: Chart, checking: Account, groceries: Account
) -> None:
    food = book_chart.category("Food")
    fruit = book_chart.category("Fruit", parent=food)
    id = record(book, by, account=checking, amount="-5", category=food)
    record(book, by, account=checking, amount="-2", category=groceries)

    book_chart.merge(food, groceries)

    assert [name for name, *_ in entries(id)] == ["Checking", "Groceries"]
    assert monthly(groceries) == {("2026-06", "BRL"): ("7", "0", 2)}
    assert monthly(food) == {}
    fruit.refresh_from_db()
    assert fruit.parent_id == groceries.id
    assert one("SELECT row_id FROM buffet_tombstone WHERE resource = 'account'") == food.id


def in_itself(book: Book, by: Actor, said: Chart, food: Account, checking: Account) -> Account:
    """Merge it into itself."""
    return food


def in_its_child(book: Book, by: Actor, said: Chart, food: Account, checking: Account) -> Account:
    """Merge it into one below it."""
    return said.category("Fruit", parent=food)


def in_income(book: Book, by: Actor, said: Chart, food: Account, checking: Account) -> Account:
    """Merge it into a category for income."""
    return said.category("Wages", type="income")


def in_a_closed_month(
    book: Book, by: Actor, said: Chart, food: Account, checking: Account
) -> Account:
    """Merge it with entries in a closed month."""
    record(book, by, account=checking, amount="-5", category=food, date=date(2026, 5, 1))
    ledger.close_month(book=book, by=by, month=date(2026, 5, 1), today=TODAY)
    return said.category("Groceries")


def with_one_child_in_both(
    book: Book, by: Actor, said: Chart, food: Account, checking: Account
) -> Account:
    """Merge it into one that has a child of the same name."""
    target = said.category("Groceries")
    said.category("Fruit", parent=food)
    said.category("fruit", parent=target)
    return target


def with_a_transaction_between_both(
    book: Book, by: Actor, said: Chart, food: Account, checking: Account
) -> Account:
    """Merge it into one that money was moved to."""
    target = said.category("Groceries")
    record(book, by, entries=[(food, "-5", "BRL"), (target, "5", "BRL")])
    return target


def with_an_external_id_in_both(
    book: Book, by: Actor, said: Chart, food: Account, checking: Account
) -> Account:
    """Merge it into one that has an entry with the same external id."""
    target = said.category("Groceries")
    for category in (food, target):
        record(book, by, entries=[(checking, "-5"), (category, "5", "BRL", "a")])
    return target


def in_nothing(book: Book, by: Actor, said: Chart, food: Account, checking: Account) -> Account:
    """Merge it into what is not there."""
    return checking


@pytest.mark.parametrize(
    ("prepare", "refusal", "code"),
    [
        (in_itself, MergeOfItself, "merge_of_itself"),
        (in_its_child, MergeOfItself, "merge_of_itself"),
        (in_income, MergeOfTypes, "merge_of_types"),
        (in_a_closed_month, MergeTouchesClosedMonth, "month_closed"),
        (with_one_child_in_both, NameTaken, "name_taken"),
        (with_a_transaction_between_both, MergeEmptiesTransactions, "merge_empties"),
        (with_an_external_id_in_both, MergeDoublesExternalId, "duplicate"),
        (in_nothing, Invalid, "invalid"),
    ],
)
def test_a_merge_that_would_break_something_is_refused(
    book: Book,
    by: Actor,
    book_chart: Chart,
    checking: Account,
    prepare: Callable[..., Account],
    refusal: type[Refusal],
    code: str,
) -> None:
    food = book_chart.category("Food")
    record(book, by, account=checking, amount="-5", category=food)
    target = prepare(book, by, book_chart, food, checking)
    before = monthly(food), monthly(target)

    with pytest.raises(refusal) as refused:
        book_chart.merge(food, target)

    assert (refused.value.code, refused.value.detail[-1]) == (code, ".")
    assert (monthly(food), monthly(target)) == before
    assert Account.objects.filter(id=food.id).exists()
