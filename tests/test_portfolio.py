"""What am I worth: the overview's figures against books worked by hand and against all entries."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from buffet.money import Money
from reports import documents
from reports.queries import portfolio_overview
from reports.queries.account import account_past
from transactions import services as ledger
from transactions.drafts import Changes, Draft
from transactions.models import Entry
from transactions.queries.months import closings

PATH = "/reports/accounts/portfolio-overview"


@pytest.fixture
def opened(book: Book, by: Actor) -> Callable[..., Account]:
    """Open an account in the book."""
    return Bookkeeper(book, by).open


@pytest.fixture
def moved(book: Book, by: Actor) -> Callable[..., UUID]:
    """Record a transaction in the book."""
    return Bookkeeper(book, by).move


def test_net_worth_is_assets_less_debts(
    book: Book, checking: Account, opened: Any, moved: Any
) -> None:
    loan = opened("Car", "loan", "BRL")
    moved(checking, date(2026, 4, 10), "1000.00")
    moved(loan, date(2026, 5, 10), "-300.00")
    moved(checking, date(2026, 6, 10), "50.00")

    report = portfolio_overview(book, TODAY)

    assert report.net_worth == Money("750.00", "BRL")
    assert (report.assets, report.liabilities) == (Money("1050", "BRL"), Money("-300", "BRL"))
    assert [(f"{one.day:%Y-%m-%d}", str(one.net_worth)) for one in report.history] == [
        ("2026-04-30", "1000.00"),
        ("2026-05-31", "700.00"),
        ("2026-06-15", "750.00"),
    ]
    assert report.month_change.amount == Money("50.00", "BRL")
    assert report.month_change.percent == Decimal("7.1")
    assert report.year_change is None
    assert report.growth.since == date(2026, 4, 30)
    assert report.growth.percent == Decimal("-25.0")
    # Moves of −30 % and +7.14 %: their mean is −11.43 %, their deviation 18.57 %.
    assert report.volatility == Decimal("18.57")


def test_the_year_is_compared_with_the_same_month_of_the_year_before(
    book: Book, checking: Account, moved: Any
) -> None:
    moved(checking, date(2025, 3, 1), "80.00")
    moved(checking, date(2025, 6, 30), "120.00")
    moved(checking, date(2025, 7, 1), "100.00")

    report = portfolio_overview(book, TODAY)

    assert report.year_change.since == date(2025, 6, 30)
    assert report.year_change.amount == Money("100.00", "BRL")
    assert report.year_change.percent == Decimal("50.0")


def test_a_day_is_asked_about_as_it_ended(book: Book, checking: Account, moved: Any) -> None:
    for day, amount in (
        (date(2026, 6, 1), "1"),
        (date(2026, 6, 15), "10"),
        (date(2026, 6, 16), "100"),
        (date(2026, 7, 1), "1000"),
    ):
        moved(checking, day, amount)

    worth = {day: portfolio_overview(book, date(2026, 6, day)).net_worth.amount for day in (1, 15)}
    worth |= {16: portfolio_overview(book, date(2026, 6, 16)).net_worth.amount}

    assert worth == {1: 1, 15: 11, 16: 111}
    assert portfolio_overview(book, date(2026, 5, 31)).net_worth.amount == 0


def test_a_correction_of_the_past_is_in_every_month_since(
    book: Book, by: Actor, checking: Account, moved: Any
) -> None:
    id = moved(checking, date(2026, 4, 10), "100.00")
    moved(checking, date(2026, 5, 10), "5.00")

    ledger.correct(
        book=book, by=by, transaction_id=id, changes=Changes({"amount": Decimal("40.00")})
    )

    report = portfolio_overview(book, TODAY)
    assert [one.net_worth for one in report.history] == [40, 45, 45]


@pytest.mark.parametrize("of_some", [False, True])
def test_months_are_those_of_the_book(
    book: Book, checking: Account, opened: Any, moved: Any, of_some: bool
) -> None:
    loan = opened("Car", "loan", "BRL")
    for day, amount in (
        (date(2026, 2, 26), "100.00"),
        (date(2026, 3, 24), "1000.00"),
        (date(2026, 3, 25), "10000.00"),
        (date(2026, 5, 30), "5.00"),
        (TODAY, "2.00"),
        (date(2026, 6, 16), "9999.00"),
    ):
        moved(checking, day, amount)
    moved(loan, date(2026, 5, 20), "-700.00")
    book.month_start_day = 25
    book.save()
    ids = [checking.id, loan.id] if of_some else []

    report = portfolio_overview(book, TODAY, accounts=ids)

    # February is that from the 25th on: nothing was there at the end of January, on the 24th.
    assert [(one.name.month, one.day, one.net_worth) for one in report.history] == [
        (2, date(2026, 3, 24), 1100),
        (3, date(2026, 4, 24), 11100),
        (4, date(2026, 5, 24), 10400),
        (5, TODAY, 10407),
    ]
    assert report.month_change.since == date(2026, 5, 24)
    assert report.month_change.amount == Money("7.00", "BRL")
    at_end = portfolio_overview(book, date(2026, 4, 24), accounts=ids)
    assert [one.net_worth for one in at_end.history] == [1100, 11100]
    assert [one["month"] for one in documents.portfolio_overview(report, 0)["history"]] == [
        "2026-02",
        "2026-03",
        "2026-04",
        "2026-05",
    ]


@pytest.mark.django_db(transaction=True)
def test_months_of_a_book_follow_what_was_changed_in_them(
    book: Book, by: Actor, checking: Account, moved: Any
) -> None:
    Book.objects.filter(id=book.id).update(month_start_day=10)
    book.refresh_from_db()

    def history() -> list[Decimal]:
        return [one.net_worth for one in portfolio_overview(book, TODAY).history]

    moved(checking, date(2026, 4, 12), "100.00")
    id = moved(checking, date(2026, 6, 9), "30.00")
    assert history() == [100, 130, 130]

    ledger.correct(
        book=book, by=by, transaction_id=id, changes=Changes({"amount": Decimal("40.00")})
    )
    assert history() == [100, 140, 140]

    moved(checking, date(2026, 6, 10), "1.00")
    assert history() == [100, 140, 141]


def test_months_that_were_emptied_again_are_none_of_the_past(
    book: Book, by: Actor, checking: Account, moved: Any
) -> None:
    typo = moved(checking, date(2006, 5, 10), "100.00")
    moved(checking, date(2026, 5, 10), "50.00")

    ledger.correct(
        book=book, by=by, transaction_id=typo, changes=Changes({"date": date(2026, 5, 11)})
    )

    since = [date(2026, 5, 31), TODAY]
    assert [one.day for one in portfolio_overview(book, TODAY).history] == since
    of_some = portfolio_overview(book, TODAY, accounts=[checking.id])
    assert [one.day for one in of_some.history] == since
    assert [day for day, _ in account_past(book.id, checking.id, TODAY).months] == since
    assert closings(book.id).first == date(2026, 5, 1)


def test_an_archived_account_leaves_the_list_and_stays_in_the_past(
    book: Book, by: Actor, checking: Account, savings: Account, moved: Any
) -> None:
    moved(savings, date(2026, 4, 1), "70.00")
    moved(savings, date(2026, 5, 1), "-70.00", transfer_to_id=checking.id)
    chart.archive_account(book=book, by=by, account_id=savings.id)

    report = portfolio_overview(book, TODAY)

    assert [line.name for line in report.accounts] == ["Checking"]
    assert [one.net_worth for one in report.history] == [70, 70, 70]


def test_shares_are_of_what_is_held(
    book: Book, by: Actor, checking: Account, savings: Account, opened: Any, moved: Any
) -> None:
    broker = chart.create_broker(book=book, by=by, name="Inter")
    chart.change_account(book=book, by=by, account_id=savings.id, broker_id=broker.id)
    moved(checking, TODAY, "250.00")
    moved(savings, TODAY, "750.00")
    moved(opened("Card", "credit_card", "BRL"), TODAY, "-100.00")
    moved(opened("Overdrawn", "cash", "BRL"), TODAY, "-500.00")

    report = portfolio_overview(book, TODAY)

    assert {one.name: one.share for one in report.by_kind} == {
        "savings": Decimal("75.0"),
        "checking": Decimal("25.0"),
        "credit_card": None,
        "cash": None,
    }
    assert [(one.name, one.total.amount) for one in report.by_broker] == [
        ("Inter", 750),
        ("", -350),
    ]
    assert report.concentration == Decimal("75.0")


def test_an_empty_book_is_worth_nothing(book: Book) -> None:
    report = portfolio_overview(book, TODAY)

    assert report.net_worth == Money("0", "BRL")
    assert len(report.history) == 1
    assert (report.month_change, report.growth, report.volatility) == (None, None, None)


@pytest.mark.parametrize("seed", range(4))
def test_every_day_is_the_sum_of_its_entries(
    book: Book, by: Actor, checking: Account, savings: Account, opened: Any, seed: int
) -> None:
    chance = random.Random(seed)
    loan = opened("Loan", "loan", "BRL")
    real, drafts = [checking, savings, loan], []
    for _ in range(120):
        source, target = chance.sample([*real, None], 2)
        drafts.append(
            Draft(
                date=date(2025, 1, 1) + timedelta(days=chance.randrange(600)),
                description="x",
                account_id=(source or target).id,
                amount=Decimal(chance.randrange(-50_000, 50_000) * 2 + 1) / 100,
                transfer_to_id=target.id if source and target else None,
            )
        )
    ids = ledger.record(book=book, by=by, drafts=drafts)
    ledger.delete(book=book, by=by, transaction_ids=chance.sample(ids, 20))
    book.month_start_day = (1, 2, 16, 28)[seed]
    book.save()
    on = date(2025, 1, 1) + timedelta(days=chance.randrange(600))

    report = portfolio_overview(book, on)

    for one in report.history:
        assert one.net_worth == _sum_until(book, one.day), one.day
    for line in report.accounts:
        assert line.balance.amount == _sum_until(book, on, account_id=line.id)
    assert report.history[-1].day == on
    of_some = portfolio_overview(book, on, accounts=[one.id for one in real])
    assert of_some.history == report.history


def _sum_until(book: Book, day: date, **more: Any) -> Decimal:
    amounts = Entry.objects.filter(
        book=book, date__lte=day, account__type__in=("asset", "liability"), **more
    ).values_list("amount", flat=True)
    return sum(amounts, Decimal(0))


def test_five_years_of_months_are_shown_at_the_most(
    book: Book, checking: Account, moved: Any
) -> None:
    moved(checking, date(2015, 2, 1), "3.00")

    history = portfolio_overview(book, TODAY).history

    assert len(history) == 60
    assert (history[0].day, history[0].net_worth) == (date(2021, 7, 31), 3)


def test_statements_do_not_grow_with_the_book(
    book: Book, by: Actor, dollars: Account, opened: Any, moved: Any
) -> None:
    rate("USD", "BRL", date(2020, 1, 1), "5")
    moved(dollars, date(2025, 4, 1), "1.00")
    with CaptureQueriesContext(
        connection,
    ) as few:
        portfolio_overview(book, TODAY)
    for number in range(18):
        currency = ("BRL", "USD", "JPY")[number % 3]
        account = opened(f"Account {number}", "savings", currency)
        moved(account, date(2022, 1 + number % 12, 5), "100")

    with CaptureQueriesContext(connection) as many:
        portfolio_overview(book, TODAY)

    assert len(few) == len(many) == 3


def test_the_api_answers_with_strings_and_their_currencies(
    api: Any, checking: Account, moved: Any
) -> None:
    moved(checking, date(2026, 5, 10), "1234.50")

    answer = api.get(f"{PATH}?on=2026-06-15").json()

    assert answer["as_of"] == "2026-06-15"
    assert answer["net_worth"] == {"amount": "1234.50", "currency": "BRL"}
    assert answer["history"][0]["month"] == "2026-05"
    assert answer["accounts"][0]["balance"] == "1234.50"
    assert answer["accounts"][0]["conversion"]["status"] == "exact"
    assert answer["change"]["month"]["since"] == "2026-05-31"
    assert answer["concentration"] == "100.0"


@pytest.mark.parametrize("query", ["on=2026-13-01", "on=today", "currency=XXX", "year=2026"])
def test_a_question_that_cannot_be_read_is_refused(api: Any, query: str) -> None:
    answer = api.get(f"{PATH}?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"


def test_someone_elses_book_does_not_exist(
    book: Book, person: Callable[..., User], sign_in: Any, checking: Account, moved: Any
) -> None:
    moved(checking, TODAY, "10.00")
    theirs = Book.objects.create(name="Theirs", base_currency="EUR")
    stranger = person("stranger", theirs)

    asked = sign_in(stranger, book=str(book.id)).get(PATH)
    own = sign_in(stranger).get(PATH)

    assert asked.status_code == 404
    assert own.json()["net_worth"] == {"amount": "0.00", "currency": "EUR"}
    assert own.json()["accounts"] == []
    assert [one["net_worth"]["amount"] for one in own.json()["history"]] == ["0.00"]
