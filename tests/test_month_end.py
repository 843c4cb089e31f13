"""A month's end: what is left before it is closed, by hand-made cases."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from reports.queries.closing import Left, MonthToClose, Standing, month_end, month_to_close
from reports.queries.closing_accounts import gaps
from transactions import services as ledger
from transactions.models import Import, ImportStatus
from transactions.queries.months import closings

MAY = date(2026, 5, 1)
TODAY = date(2026, 6, 15)
ADDRESS = "/month-end/2026-05"


def day(number: int) -> date:
    """Return a day of May."""
    return date(2026, 5, number)


@pytest.fixture
def found(book: Book) -> Callable[[], MonthToClose]:
    """What is left before May is closed."""
    return lambda: month_end(book.id, MAY, TODAY)


def imported(account: Account, first: int, last: int, status: str = "committed") -> None:
    """Say that a bank's file about these days of May was imported."""
    Import.objects.create(
        book_id=account.book_id,
        account=account,
        status=ImportStatus(status),
        format="ofx",
        file_name="may.ofx",
        file_hash="0" * 64,
        starts_on=day(first),
        ends_on=day(last),
    )


def left(found: MonthToClose) -> list[tuple[str, str]]:
    """Return what is left, each with whose it is."""
    return [(str(one.what), one.account.name if one.account else "") for one in found.left]


# Which days are backed


@pytest.mark.parametrize(
    ("backed", "expected"),
    [
        ([], [(1, 31)]),
        ([(1, 31)], []),
        ([(1, 15)], [(16, 31)]),
        ([(16, 31)], [(1, 15)]),
        ([(1, 10), (12, 31)], [(11, 11)]),
        ([(1, 20), (5, 8), (21, 31)], []),
        ([(5, 8), (20, 25)], [(1, 4), (9, 19), (26, 31)]),
    ],
)
def test_gaps_are_the_days_that_nothing_covers(
    backed: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    days = [(day(since), day(until)) for since, until in backed]

    assert gaps(day(1), day(31), days) == [(day(a), day(b)) for a, b in expected]


@pytest.mark.parametrize(
    ("files", "points", "expected"),
    [
        ([(1, 15)], [], [(16, 31)]),
        ([], [(date(2026, 5, 31), "90.00")], []),
        ([], [(date(2026, 5, 20), "90.00")], [(21, 31)]),
        ([(1, 15)], [(date(2026, 5, 31), "91.00")], [(16, 31)]),
        # A balance that agrees backs nothing behind one that does not.
        ([], [(date(2026, 5, 15), "91.00"), (date(2026, 5, 31), "90.00")], [(1, 31)]),
        ([], [(date(2026, 4, 30), "100.00"), (date(2026, 6, 10), "90.00")], []),
        ([], [(date(2026, 4, 30), "99.00"), (date(2026, 6, 10), "90.00")], [(1, 31)]),
        ([(1, 15)], [(date(2026, 5, 10), "90.00"), (date(2026, 5, 31), "90.00")], []),
    ],
)
def test_days_are_backed_by_imports_and_by_balances_that_agree(
    found: Any,
    keeper: Bookkeeper,
    checking: Account,
    groceries: Account,
    files: list[tuple[int, int]],
    points: list[tuple[date, str]],
    expected: list[tuple[int, int]],
) -> None:
    keeper.move(checking, date(2026, 4, 20), "100.00")
    keeper.move(checking, day(5), "-10.00", category_id=groceries.id)
    for first, last in files:
        imported(checking, first, last)
    for on, balance in points:
        keeper.point(checking, on, balance)

    (line,) = found().accounts

    assert line.gaps == [(day(a), day(b)) for a, b in expected]


@pytest.mark.parametrize("status", ["preview", "reverted"])
def test_an_import_that_is_not_committed_backs_nothing(
    found: Any, keeper: Bookkeeper, checking: Account, status: str
) -> None:
    keeper.move(checking, day(5), "-10.00")
    imported(checking, 1, 31, status)

    assert found().accounts[0].gaps == [(day(5), day(31))]


def test_days_count_from_the_account_s_first_as_coverage_counts_them(
    found: Any, keeper: Bookkeeper
) -> None:
    began = {"opening_balance": Decimal("50.00"), "opening_on": day(3)}
    account = keeper.open("Giro", "checking", "BRL", opened_on=day(4), **began)
    keeper.move(account, day(8), "-10.00")
    imported(account, 6, 31)

    (line,) = found().accounts

    assert line.gaps == [(day(4), day(5))]
    keeper.move(keeper.open("Other", "savings", "BRL", opened_on=day(20)), day(10), "1.00")
    assert found().accounts[1].gaps == [(day(10), day(31))]


def test_days_to_come_are_no_gap(book: Book, keeper: Bookkeeper, checking: Account) -> None:
    keeper.move(checking, date(2026, 6, 5), "-10.00")

    found = month_end(book.id, date(2026, 6, 1), TODAY)

    assert found.accounts[0].gaps == [(date(2026, 6, 5), TODAY)]
    assert found.status == Standing.NOT_OVER


def test_cash_and_property_have_no_statements(found: Any, keeper: Bookkeeper) -> None:
    keeper.move(keeper.open("Purse", "cash", "BRL"), day(5), "10.00")
    keeper.move(keeper.open("Flat", "property", "BRL"), day(5), "10.00")

    assert [line.gaps for line in found().accounts] == [(), ()]


# What is left


def test_a_month_with_all_that_can_be_left(
    found: Any, keeper: Bookkeeper, checking: Account, groceries: Account
) -> None:
    broker = keeper.open("Broker", "investment", "BRL")
    keeper.move(checking, day(2), "500.00")
    keeper.move(checking, day(3), "-7.00", status="pending", category_id=groceries.id)
    keeper.move(broker, day(4), "100.00", category_id=None)
    keeper.point(checking, day(31), "400.00")

    report = found()

    assert left(report) == [
        ("not_valued", "Broker"),
        ("differs", "Checking"),
        ("not_backed", "Checking"),
        ("pending", ""),
        ("uncategorised", ""),
    ]
    assert (report.pending, report.uncategorised, report.status) == (1, 2, Standing.LEFT)
    assert [(line.pending, line.uncategorised) for line in report.accounts] == [(0, 1), (1, 1)]


def test_a_month_that_is_ready(
    found: Any, keeper: Bookkeeper, checking: Account, salary: Account
) -> None:
    broker = keeper.open("Broker", "investment", "BRL")
    keeper.move(checking, day(2), "500.00", category_id=salary.id)
    keeper.move(checking, day(3), "-100.00", transfer_to_id=broker.id)
    keeper.point(broker, day(31), "108.00", "valuation")
    keeper.point(checking, day(31), "400.00")

    report = found()

    assert (left(report), report.status) == ([], Standing.READY)


def test_where_a_balance_differs_is_narrowed(
    found: Any, keeper: Bookkeeper, checking: Account, groceries: Account
) -> None:
    keeper.move(checking, date(2026, 4, 20), "100.00")
    keeper.point(checking, date(2026, 4, 30), "100.00")
    doubled = keeper.move(checking, day(7), "-30.00", category_id=groceries.id)
    keeper.point(checking, day(31), "100.00")

    (line,) = found().accounts

    assert line.differs
    assert (line.check.differs_from, line.check.suspect) == (day(7), doubled)


def test_the_balance_of_a_later_day_stands_for_the_month(
    found: Any, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, day(5), "100.00")
    keeper.point(checking, date(2026, 6, 10), "100.00")

    (line,) = found().accounts

    assert (line.point.on, line.differs, line.may_reconcile) == (date(2026, 6, 10), False, True)


def test_an_account_that_nothing_moved_is_there_if_it_holds_something(
    found: Any, keeper: Bookkeeper, checking: Account, savings: Account
) -> None:
    keeper.move(checking, date(2026, 4, 5), "100.00")

    assert [(line.name, line.entries) for line in found().accounts] == [("Checking", 0)]


def test_a_bill_due_in_the_month_is_left_until_it_is_paid(
    book: Book, wallet: Any, page: Any
) -> None:
    due = wallet.statement(10).due_on

    unpaid = month_end(book.id, due.replace(day=1), wallet.today)
    seen = text_of(page(f"/month-end/{due:%Y-%m}"))

    assert Left.UNPAID in [one.what for one in unpaid.left]
    assert "120.00 BRL was due on" in seen


def test_transactions_dated_ahead_are_told_and_nothing_to_do(
    found: Any, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, date(2026, 6, 16), "-10.00")

    report = found()

    assert (report.ahead, report.left) == (1, [])


def test_what_is_dated_ahead_leads_to_its_rows(
    book: Book, page: Any, keeper: Bookkeeper, checking: Account
) -> None:
    today = book.day(timezone.now())
    keeper.move(checking, today, "-10.00", description="Today")
    keeper.move(checking, today + timedelta(1), "-10.00", description="Tomorrow")
    keeper.move(checking, today + timedelta(70), "-10.00", description="Later")

    seen = page("/month-end").content.decode()

    ((address, count),) = re.findall(r'<a href="(/transactions\?date_from=[^"]+)">(\d+)</a>', seen)
    found = page(f"{address}&format=json").json()["transactions"]
    assert [row["description"] for row in found] == ["Later", "Tomorrow"]
    assert count == "2"


# Which month


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("period=2026-05", "2026-05"),
        ("date_from=2026-05-01&date_to=2026-05-31", "2026-05"),
        # What is no month that is over leads to the one that is to be closed.
        ("period=2026-Q2", ""),
        ("date_from=2026-05-02&date_to=2026-05-31", ""),
        ("period=this-month", ""),
        ("period=2099-01", ""),
        ("on=2026-05-31", ""),
    ],
)
def test_the_month_that_a_page_came_with_is_shown(
    page: Any, book: Book, asked: str, shown: str
) -> None:
    usual = page("/month-end?format=json").json()["month"]

    found = page(f"/month-end?{asked}&format=json").json()["month"]

    assert found == (shown or usual)
    assert usual != "2026-05"


def closed(book: Book, by: Actor, *months: int) -> None:
    """Close months of 2026."""
    for month in months:
        ledger.close_month(book=book, by=by, month=date(2026, month, 1), today=TODAY)


@pytest.mark.parametrize(
    ("first", "months", "expected"),
    [
        (None, (), (2026, 5)),
        ((2026, 2), (), (2026, 5)),
        ((2026, 2), (5,), (2026, 4)),
        ((2026, 4), (4, 5), (2026, 5)),
        (None, (3,), (2026, 3)),
    ],
)
def test_the_latest_open_month_is_asked_about_else_the_last_closed(
    book: Book,
    by: Actor,
    keeper: Bookkeeper,
    checking: Account,
    first: Any,
    months: Any,
    expected: Any,
) -> None:
    if first:
        keeper.move(checking, date(*first, 5), "1.00")
    closed(book, by, *months)

    assert month_to_close(closings(book.id), TODAY) == date(*expected, 1)


# Its doors


def test_the_api_says_what_the_page_says(
    api: Any, page: Any, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, day(5), "-10.00", status="pending")
    keeper.point(checking, day(31), "0.00")

    ours = page(f"{ADDRESS}?format=json").json()

    assert api.get("/reports/month-end?month=2026-05").json() == ours
    assert ours["status"] == "left"
    assert ours["accounts"][0]["point"]["difference"] == "10.00"
    assert b"Checking,checking,BRL,-10.00" in b"".join(
        page(f"{ADDRESS}?format=csv").streaming_content
    )


def test_every_count_leads_to_its_rows_and_every_task_to_what_is_sorted(
    page: Any, keeper: Bookkeeper, checking: Account, savings: Account, groceries: Account
) -> None:
    keeper.move(checking, day(5), "-10.00", status="pending", category_id=groceries.id)
    keeper.move(checking, day(6), "-10.00", category_id=groceries.id)
    keeper.move(savings, day(6), "-20.00")
    days = "date_from=2026-05-01&date_to=2026-05-31"

    links = page(ADDRESS).content.decode().replace("&amp;", "&")
    counts = {
        part: page(f"/rows?{part}&{days}&format=json").json()["count"]
        for part in (
            f"account={checking.id}&status=pending",
            f"kind=uncategorized&accounts={savings.id}",
            f"kind=uncategorized&accounts={checking.id}",
        )
    }
    tasks = {
        part: len(page(f"/transactions?{part}&{days}&format=json").json()["transactions"])
        for part in ("status=pending", "category=none")
    }

    assert list(counts.values()) == [1, 1, 0]
    for part, count in counts.items():
        assert (f"/rows?{part}&{days}" in links) == bool(count), part
    assert list(tasks.values()) == [1, 1]
    for part in tasks:
        assert f"/transactions?{part}&{days}" in links, part
    # A balance is what all entries came to: the account at the month's end.
    assert f'<a href="/accounts/{checking.id}?on=2026-05-31">−20.00</a>' in links


def test_what_was_known_then_is_told(
    api: Any, book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, day(5), "-10.00")
    closed(book, by, 5)
    today = api.get("/reports/month-end?month=2026-05").json()

    assert today["status"] == "closed"
    assert api.get("/reports/month-end?month=2026-05&known_on=2026-05-02").status_code == 404


def test_a_month_takes_as_many_statements_for_one_account_as_for_many(
    page: Any, keeper: Bookkeeper
) -> None:
    counts = []
    for number in range(4):
        account = keeper.open(f"Bank {number}", "checking", "BRL")
        keeper.move(account, day(5), "-5.00", status="pending")
        keeper.point(account, day(31), "-4.00" if number > 1 else "-5.00")
        imported(account, 1, 5)
        with CaptureQueriesContext(connection) as asked:
            page(ADDRESS)
        counts.append(len(asked))

    # The reader's, the closings, the accounts and their points, what subscriptions missed; and
    # where to look, if any differ.
    assert counts == [6, 6, 7, 7]
