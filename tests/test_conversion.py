"""Many currencies in one figure: dated rates, said with each; what has none stays apart."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper, rate

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from buffet.money import Money
from reports.queries import portfolio_overview

PATH = "/reports/accounts/portfolio-overview"


@pytest.fixture
def opened(book: Book, by: Actor) -> Callable[..., Account]:
    """Open an account in the book."""
    return Bookkeeper(book, by).open


@pytest.fixture
def moved(book: Book, by: Actor) -> Callable[..., UUID]:
    """Record a transaction in the book."""
    return Bookkeeper(book, by).move


def test_each_month_is_converted_at_its_own_rate(book: Book, dollars: Account, moved: Any) -> None:
    moved(dollars, date(2026, 4, 2), "100.00")
    rate("USD", "BRL", date(2026, 4, 30), "5.00")
    rate("USD", "BRL", date(2026, 5, 29), "5.50")
    rate("USD", "BRL", TODAY, "6.00")
    rate("USD", "BRL", TODAY + timedelta(days=1), "9.00")

    report = portfolio_overview(book, TODAY)

    assert [one.net_worth for one in report.history] == [500, 550, 600]
    (line,) = report.accounts
    assert (line.balance, line.converted) == (Money("100", "USD"), Money("600", "BRL"))
    assert (line.rate.status, line.rate.as_of, line.rate.source) == ("exact", TODAY, "test")
    later = portfolio_overview(book, date(2026, 6, 14))
    assert (later.accounts[0].rate.status, later.accounts[0].rate.as_of) == (
        "carried",
        date(2026, 5, 29),
    )


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([("BRL", "USD", TODAY, "0.20")], ("500.00", "exact", TODAY)),
        (
            [("EUR", "USD", TODAY, "1.25"), ("EUR", "BRL", date(2026, 6, 12), "7.50")],
            ("600.00", "carried", date(2026, 6, 12)),
        ),
        # Two days ago beats five years ago, whichever way round it is quoted.
        (
            [
                ("USD", "BRL", date(2021, 6, 15), "9.00"),
                ("EUR", "USD", date(2026, 6, 13), "1.25"),
                ("EUR", "BRL", date(2026, 6, 13), "7.50"),
            ],
            ("600.00", "carried", date(2026, 6, 13)),
        ),
    ],
    ids=["inverse", "crossed", "freshest"],
)
def test_a_rate_may_be_inverted_or_crossed(
    book: Book, dollars: Account, moved: Any, rates: Any, expected: Any
) -> None:
    moved(dollars, date(2026, 4, 2), "100.00")
    for one in rates:
        rate(*one)

    (line,) = portfolio_overview(book, TODAY).accounts

    assert line.converted == Money(expected[0], "BRL")
    assert (line.rate.status, line.rate.as_of, line.rate.source) == (*expected[1:], "test")


def test_what_has_no_rate_is_listed_apart_and_never_counted(
    book: Book, checking: Account, opened: Any, moved: Any
) -> None:
    yen = opened("Yen", "savings", "JPY")
    moved(checking, date(2026, 4, 1), "10.00")
    moved(yen, date(2026, 4, 1), "1000000")

    report = portfolio_overview(book, TODAY)

    assert report.net_worth == Money("10.00", "BRL")
    assert list(report.not_converted) == [Money("1000000", "JPY")]
    assert {one.name: one.converted for one in report.accounts} == {
        "Checking": Money("10.00", "BRL"),
        "Yen": None,
    }
    assert {one.total.currency: one.rate.status for one in report.currencies} == {
        "BRL": "exact",
        "JPY": "missing",
    }
    assert not any(one.is_complete for one in report.history)


def test_a_first_rate_is_no_growth(book: Book, checking: Account, opened: Any, moved: Any) -> None:
    yen = opened("Yen", "savings", "JPY")
    moved(checking, date(2026, 4, 1), "10.00")
    moved(yen, date(2026, 4, 1), "1000000")
    rate("JPY", "BRL", date(2026, 6, 1), "0.035")

    report = portfolio_overview(book, TODAY)

    assert [one.net_worth for one in report.history] == [10, 10, 35010]
    assert report.month_change is None
    assert report.growth is None
    assert report.volatility is None


def test_the_parts_add_up_to_the_whole(book: Book, opened: Any, moved: Any) -> None:
    rate("USD", "BRL", TODAY, "5.0049")
    for number in range(7):
        kind = "loan" if number == 3 else "savings"
        moved(opened(f"Account {number}", kind, "USD"), TODAY, "1.01")

    report = portfolio_overview(book, TODAY)

    converted = [line.converted.amount for line in report.accounts]
    assert sum(converted) == report.net_worth.amount
    assert sum(one.total.amount for one in report.by_type) == report.net_worth.amount
    assert sum(one.total.amount for one in report.by_kind) == report.net_worth.amount
    assert sum(one.total.amount for one in report.by_broker) == report.net_worth.amount
    assert sum(one.converted.amount for one in report.currencies) == report.net_worth.amount
    assert report.history[-1].net_worth == report.net_worth.amount


def test_the_report_may_be_in_another_currency(api: Any, checking: Account, moved: Any) -> None:
    moved(checking, TODAY, "1000.00")
    rate("JPY", "BRL", TODAY, "0.04")

    answer = api.get(f"{PATH}?on=2026-06-15&currency=JPY").json()

    assert answer["net_worth"] == {"amount": "25000", "currency": "JPY"}
