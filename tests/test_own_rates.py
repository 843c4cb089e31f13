"""A book's own rates: before the shared ones of their day and pair, and for this book alone."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper, own_rate, rate
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext
from raw import run

from accounts.models import Account, BookRate, OwnRates
from accounts.rates import Rates
from buffet.audit import Actor
from buffet.models import Book
from buffet.money import Money
from reports.queries import PortfolioOverview, portfolio_overview

YESTERDAY = TODAY - timedelta(days=1)


def worth(book: Book, currency: str = "USD", target: str = "BRL", on: date = TODAY) -> Any:
    """Return status, rate, day and source of a currency."""
    found = Rates.read(book.id, book.base_currency, target, [currency], [on]).rate(currency, on)
    return found.status, found.rate, found.as_of, found.source


def test_an_own_rate_goes_before_a_shared_one_of_its_day(book: Book) -> None:
    rate("USD", "BRL", TODAY, "5.00")
    own_rate(book, "USD", "BRL", TODAY, "5.40")

    assert worth(book) == ("exact", Decimal("5.40"), TODAY, "own")


def test_whichever_way_round_it_is_quoted(book: Book) -> None:
    rate("USD", "BRL", TODAY, "5.00")
    own_rate(book, "BRL", "USD", TODAY, "0.16")

    assert worth(book) == ("exact", Decimal("6.25"), TODAY, "own")


def test_the_latest_day_wins_whosever_it_is(book: Book) -> None:
    own_rate(book, "USD", "BRL", YESTERDAY, "5.40")
    rate("USD", "BRL", TODAY, "5.00")

    assert worth(book) == ("exact", Decimal("5.00"), TODAY, "test")
    assert worth(book, on=YESTERDAY) == ("exact", Decimal("5.40"), YESTERDAY, "own")

    own_rate(book, "USD", "BRL", TODAY + timedelta(days=1), "9.00")

    assert worth(book) == ("exact", Decimal("5.00"), TODAY, "test")


def test_own_and_shared_rates_cross_through_the_euro(book: Book) -> None:
    rate("EUR", "BRL", TODAY, "6.00")
    own_rate(book, "BTC", "EUR", YESTERDAY, "80000")

    assert worth(book, "BTC") == ("carried", Decimal(480000), YESTERDAY, "own, test")


def test_another_book_does_not_see_it(book: Book) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    own_rate(book, "USD", "BRL", TODAY, "5.40")

    assert worth(other)[0] == "missing"


def test_all_rates_of_a_report_are_read_in_one_query(book: Book) -> None:
    own_rate(book, "USD", "BRL", TODAY, "5.40")
    rate("EUR", "BRL", TODAY, "6.00")
    days = [TODAY - timedelta(days=30 * n) for n in range(12)]

    with CaptureQueriesContext(connection) as seen:
        found = Rates.read(book.id, "BRL", "BRL", ["USD", "EUR", "JPY"], days)

    assert len(seen) == 1
    assert [found.rate(one, TODAY).status for one in ("USD", "EUR", "JPY")] == [
        "exact",
        "exact",
        "missing",
    ]


@pytest.mark.parametrize(
    "change", ["quote = base", "base = 'usd'", "rate = 0", "rate = -5", "rate = 'NaN'"]
)
def test_the_database_refuses_what_is_no_rate(book: Book, change: str) -> None:
    own_rate(book, "USD", "BRL", TODAY, "5.40")

    with pytest.raises(IntegrityError, match="own_rate_is"), atomic():
        run(f"UPDATE accounts_bookrate SET {change}")


def test_a_pair_has_one_own_rate_a_day(book: Book) -> None:
    own_rate(book, "USD", "BRL", TODAY, "5.40")

    with pytest.raises(IntegrityError, match="one_own_rate_per_day"), atomic():
        own_rate(book, "USD", "BRL", TODAY, "5.50")


# What is remembered


@pytest.fixture
def held(book: Book, by: Actor, dollars: Account) -> Callable[[], tuple[list[Decimal], int]]:
    """Ten dollars since March; asked for what they were worth, and in how many statements."""
    keeper = Bookkeeper(book, by)
    keeper.move(dollars, date(2026, 3, 10), "10.00")
    rate("USD", "BRL", date(2020, 1, 1), "5")

    def looked() -> tuple[list[Decimal], int]:
        with CaptureQueriesContext(connection) as seen:
            report: PortfolioOverview = portfolio_overview(book, TODAY)
        return [one.net_worth for one in report.history], len(seen)

    return looked


@pytest.mark.django_db(transaction=True)
def test_every_change_of_an_own_rate_is_seen_at_once(book: Book, held: Any) -> None:
    assert held()[0] == [50] * 4
    assert held() == ([50] * 4, 1)

    own_rate(book, "USD", "BRL", date(2026, 5, 1), "6")
    assert held()[0] == [50, 50, 60, 60]
    assert held() == ([50, 50, 60, 60], 1)

    BookRate.objects.update(rate=7)
    assert held()[0] == [50, 50, 70, 70]

    BookRate.objects.update(on=date(2026, 4, 1))
    assert held()[0] == [50, 70, 70, 70]

    BookRate.objects.all().delete()
    assert held()[0] == [50] * 4
    assert held() == ([50] * 4, 1)


@pytest.mark.django_db(transaction=True)
def test_an_own_rate_that_is_undone_was_never_remembered(book: Book, held: Any) -> None:
    assert held()[0] == [50] * 4
    transaction = atomic()
    transaction.__enter__()
    own_rate(book, "USD", "BRL", date(2026, 5, 1), "6")
    assert held()[0] == [50, 50, 60, 60]
    connection.set_rollback(True)
    transaction.__exit__(None, None, None)

    own_rate(book, "USD", "BRL", date(2026, 4, 1), "8")

    assert held()[0] == [50, 80, 80, 80]


@pytest.mark.django_db(transaction=True)
def test_what_else_changes_in_the_book_leaves_the_state_of_its_rates(
    book: Book, by: Actor, checking: Account, held: Any
) -> None:
    own_rate(book, "USD", "BRL", date(2026, 5, 1), "6")
    before = OwnRates.objects.get(book=book).version

    Bookkeeper(book, by).move(checking, TODAY, "1.00")

    assert OwnRates.objects.get(book=book).version == before
    book.refresh_from_db()
    assert book.version > before


def test_a_row_that_moves_to_another_book_changes_both(book: Book) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    own_rate(book, "USD", "BRL", TODAY, "5.40")
    OwnRates.objects.all().delete()

    BookRate.objects.update(book=other)

    assert set(OwnRates.objects.values_list("book_id", flat=True)) == {book.id, other.id}


def test_figures_are_converted_at_the_own_rate(book: Book, by: Actor, dollars: Account) -> None:
    moved: UUID = Bookkeeper(book, by).move(dollars, TODAY, "100.00")
    own_rate(book, "USD", "BRL", YESTERDAY, "5.432100000001")

    (line,) = portfolio_overview(book, TODAY).accounts

    assert moved
    assert line.converted == Money("543.21", "BRL")
    assert (line.rate.status, line.rate.as_of, line.rate.source) == ("carried", YESTERDAY, "own")
