"""The demo household: the same everywhere, believable, and kept out of other people's data."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.db.transaction import atomic, set_rollback

from accounts.models import Account, Broker
from buffet.demo import household, loading
from buffet.demo import points as demo_points
from buffet.demo import statements as demo_statements
from buffet.models import Book, User
from invoices.models import InvoiceChange, InvoiceLine
from invoices.queries import cards, installments, statements
from transactions.models import Entry, Import, Transaction
from transactions.queries import balances, points, subscriptions
from transactions.queries.imports import detail
from transactions.queries.proposals import proposals
from transactions.queries.verification import verify

TODAY = date(2026, 11, 23)


#: Among them the last of February; when a statement closes; when it is due.
DAYS = (TODAY, date(2028, 2, 29), date(2026, 3, 31), date(2026, 7, 25), date(2026, 8, 5))

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module", params=DAYS, ids=str)
def today(request: pytest.FixtureRequest) -> date:
    """The day on which the household is loaded."""
    return request.param


@pytest.fixture(scope="module")
def book(today: date, django_db_setup: None, django_db_blocker: Any) -> Iterator[Book]:
    """The household as it is loaded on a day, for all who look at it."""
    with django_db_blocker.unblock(), atomic():
        book = loading.load(today)
        with connection.cursor() as cursor:
            # As the database would by itself a minute later.
            cursor.execute("ANALYZE")
        yield book
        set_rollback(True)


def test_the_same_day_makes_the_same_household() -> None:
    assert household.rows(TODAY) == household.rows(TODAY)
    assert household.rows(TODAY)[-1].date <= TODAY


def test_the_household_is_as_large_as_promised_and_sound(book: Book, today: date) -> None:
    real = Account.objects.real().filter(book=book)
    assert real.count() >= 8
    assert {account.currency for account in real} == {"BRL", "USD"}
    assert real.filter(kind="credit_card").count() == 2
    assert Broker.objects.filter(book=book).count() >= 2
    assert Account.objects.categories().filter(book=book).count() >= 30
    assert Transaction.objects.filter(book=book).count() >= 4000
    assert all(check.ok for check in verify(book.id))
    for account in balances.accounts(book.id, today):
        owed = account["type"] == "liability"
        assert (float(account["balance"]) < 0) == owed, account


def test_the_household_s_subscriptions_are_paid_and_one_is_dearer(book: Book, today: date) -> None:
    rows = subscriptions.of_book(book.id, today)
    found = {row.name: subscriptions.standing(row, today) for row in rows}
    assert set(found) == set(household.SUBSCRIPTIONS.values())
    assert all(one.last_payment for one in found.values())
    assert {one.status for name, one in found.items() if name != household.UNLINKED} == {"active"}
    risen = found[household.RISEN].price_change
    assert risen is not None
    assert risen.after > risen.before
    (proposed,) = proposals(book.id, today)
    assert (proposed.name, proposed.score) == (household.UNLINKED, 90)
    assert subscriptions.upcoming(book.id, today, today + timedelta(days=31))
    assert InvoiceLine.objects.filter(book=book, section="refund").exists()


def test_the_household_s_statements_agree_but_one_and_its_investments_rise_and_fall(
    book: Book, today: date
) -> None:
    found = points.page(book.id, points.Filters())
    (off,) = (point for point in found if not point.ok)
    assert (off.account_name, off.difference) == (demo_points.DIFFERING, demo_points.OFF)
    assert today - off.on < timedelta(days=32)
    statements = Counter(point.account_name for point in found if point.kind == "statement")
    assert statements == dict.fromkeys(demo_points.BANKS, demo_points.MONTHS)
    reconciled = {point.account_name for point in found if point.reconciled_at}
    assert reconciled == set(demo_points.RECONCILED)
    valued = [point for point in found if point.kind == "valuation"]
    for name in demo_points.RETURNS:
        gains = Entry.objects.filter(
            transaction__in=[one.transaction_id for one in valued if one.account_name == name],
            account__name=name,
        ).values_list("amount", flat=True)
        assert len(gains) == 36
        assert 3 < sum(gain < 0 for gain in gains) < 18
        assert sum(gains) > 0
    assert [point.on.month for point in valued if point.account_name == "Apartment"] == [12] * 3


def test_each_day_of_a_year_makes_a_household() -> None:
    for number in range(0, 366, 8):
        today = date(2028, 1, 1) + timedelta(number)
        rows = household.rows(today)
        bills = [row for row in rows if row.to in household.CARDS]

        assert rows[-1].date <= today
        assert len(bills) > 60
        assert sum(row.description.endswith("the rest") for row in bills) == 1
        for name in ("Nubank", "Itaú checking", "Savings", "Dollars"):
            moved = sum(row.amount for row in rows if row.account == name)
            taken = sum(row.amount for row in rows if row.to == name)
            assert Decimal(household.ACCOUNTS[name][3]) + moved - taken > 0, (today, name)


def test_the_household_s_cards_are_paid_and_have_parcels_to_come(book: Book, today: date) -> None:
    for card in statements.of_cards(book.id, today).values():
        due = [one for one in card.statements if one.invoice.due_on <= today and one.total > 0]
        assert len(due) > 30
        assert {(one.status, one.remaining) for one in due} == {("paid", 0)}
        parts = [len(one.allocations) for one in due]
        assert sum(parts) == len(due) + (card.card.account.name == "Visa Platinum")
        entries = Entry.objects.filter(account=card.card.account_id)
        debt = sum(one.total - one.invoice.payments for one in card.statements)
        assert debt == -entries.aggregate(all=Sum("amount"))["all"]
        told = cards.get(book.id, card.card.id, today)
        assert 0 < Decimal(told["outstanding"]) < Decimal(told["limit"])
    assert installments.committed(book.id, today)["months"]
    # Each March of the three years, of which the first and the last may both have one.
    assert InvoiceLine.objects.filter(book=book, section="fee").count() in (3, 4)
    assert not InvoiceChange.objects.filter(book=book).exists()
    assert [check.name for check in verify(book.id) if not check.ok] == []


def test_the_household_s_bank_files_are_in_the_book_but_for_one_to_look_at(book: Book) -> None:
    imports = list(Import.objects.filter(book=book).order_by("id"))
    assert [one.status for one in imports] == ["committed", "committed", "preview"]
    read = [detail(one) for one in imports]
    for one in read[:2]:
        assert one["counts"]["duplicate"] == one["progress"]["total"] > 10
        assert Decimal(one["statement"]["gap"]) == 0
    assert read[2]["counts"]["new"] == len(demo_statements.UNKNOWN)
    assert not Transaction.objects.filter(book=book, source="import").exists()


@pytest.mark.django_db
def test_the_demo_is_loaded_once() -> None:
    call_command("demo")
    before = Transaction.objects.count()

    call_command("demo")
    call_command("demo", if_empty=True)

    assert (Transaction.objects.count(), Book.objects.count()) == (before, 1)
    staff = User.objects.get(email="staff@example.com")
    assert staff.is_staff
    assert list(staff.groups.values_list("name", flat=True)) == ["administrator"]


@pytest.mark.django_db
def test_other_people_s_data_is_not_touched() -> None:
    User.objects.create_user("somebody@example.com", "x")

    call_command("demo", if_empty=True)
    with pytest.raises(CommandError, match="other people"):
        call_command("demo")

    assert not Book.objects.exists()
