"""Reports of periods remember months, and say the same as those that remember nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from bookkeeping import TODAY, Bookkeeper, own_rate, rate
from django.db import connection
from django.db.transaction import atomic, set_rollback
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import services as chart_services
from accounts.models import Account, BookRate, ExchangeRate
from buffet.models import Book
from buffet.remembering import forget
from reports.asking import Asked
from reports.flows import documents, worth_documents
from reports.periods import Period, named
from reports.queries.behind import behind
from reports.queries.chart import chart
from reports.queries.parts import Part
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import BalancePoint, Transaction

pytestmark = pytest.mark.django_db(transaction=True)
REPORTS = (
    documents.of_cash_flow,
    documents.of_spending,
    worth_documents.of_net_worth,
    documents.of_trial_balance,
)


@dataclass
class Household:
    """A book with accounts in two currencies, what is spent from them, and its reports."""

    book: Book
    keeper: Bookkeeper
    accounts: list[Account]
    category: Account
    recorded: list[UUID] = field(default_factory=list)

    def asked(self, period: str = "last-12-months", currency: str = "BRL", **more: Any) -> Asked:
        """Return what a report is asked for."""
        days = named(period, TODAY, self.book.month_start_day)
        return Asked(self.book.id, 0, 0, TODAY, currency, days, **more)

    def answers(self) -> list[Any]:
        """Return what the reports say, in the book's currency and in another, of all or a part."""
        own = self.accounts[0].id
        asked = (
            self.asked(),
            self.asked("this-month", "USD"),
            self.asked(accounts=(own,)),
            self.asked("last-24-months", categories=(self.category.id,)),
        )
        said = [orjson.dumps(report(one)) for one in asked for report in REPORTS]
        parts = (Part(category=self.category.id), Part(account=own), Part(type="expense"))
        return said + [behind(one, part) for one in asked[:2] for part in parts]

    def spend(self, day: date, place: int, cents: int) -> None:
        """Record a purchase from an account, or what came back of one."""
        self.recorded.append(
            self.keeper.move(
                self.accounts[place], day, str(Decimal(cents) / 100), category_id=self.category.id
            )
        )


@pytest.fixture
def home(
    book: Book, by: Any, checking: Account, dollars: Account, groceries: Account
) -> Iterator[Household]:
    keeper = Bookkeeper(book, by)
    broker = keeper.open("Shares", "investment", "USD")
    rate("USD", "BRL", date(2020, 1, 1), "5.4321")
    found = Household(book, keeper, [checking, dollars, broker], groceries)
    for month in range(1, 7):
        found.spend(date(2026, month, 10), 1, -1000)
    yield found
    forget()


DAYS = st.dates(date(2024, 7, 1), date(2026, 7, 20))
CENTS = st.integers(-100_000, 100_000).filter(bool)
CHANGES = st.one_of(
    st.tuples(st.just("spend"), DAYS, st.integers(0, 2), CENTS),
    st.tuples(st.just("correct"), DAYS, st.integers(0, 1000), CENTS),
    st.tuples(st.just("another day"), st.integers(1, 28), st.integers(0, 1000)),
    st.tuples(st.just("delete"), st.integers(0, 1000)),
    st.tuples(st.just("value"), DAYS, CENTS),
    st.tuples(st.just("rate"), DAYS, st.integers(1, 90_000)),
    st.tuples(st.just("own rate"), DAYS, st.integers(1, 90_000)),
)


def change(home: Household, what: str, *how: Any) -> None:
    """Do one thing to a book."""
    who = home.keeper.who
    if what == "spend":
        home.spend(*how)
    elif what == "value":
        day, cents = how
        if not BalancePoint.objects.filter(on=min(day, TODAY)).exists():
            home.keeper.point(home.accounts[2], min(day, TODAY), str(cents / 100), "valuation")
    elif what == "rate":
        ExchangeRate.objects.filter(on=how[0]).delete()
        rate("USD", "BRL", how[0], str(how[1] / 10_000))
    elif what == "own rate":
        BookRate.objects.filter(on=how[0]).delete()
        own_rate(home.book, "USD", "BRL", how[0], str(how[1] / 10_000))
    elif home.recorded and what == "delete":
        id = home.recorded.pop(how[0] % len(home.recorded))
        ledger.delete(**who, transaction_ids=[id])
    elif home.recorded and what == "another day":
        day, place = how
        id = home.recorded[place % len(home.recorded)]
        to = Transaction.objects.get(id=id).date.replace(day=day)
        ledger.correct(**who, transaction_id=id, changes=Changes({"date": to}))
    elif home.recorded:
        day, place, cents = how
        id = home.recorded[place % len(home.recorded)]
        given = Changes({"date": day, "amount": Decimal(cents) / 100})
        ledger.correct(**who, transaction_id=id, changes=given)


@settings(
    max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(start_day=st.sampled_from((1, 1, 5, 28)), changes=st.lists(CHANGES, min_size=1, max_size=8))
def test_what_is_remembered_is_what_is_there(
    home: Household, start_day: int, changes: list[Any]
) -> None:
    home.book.month_start_day = start_day
    for one in changes:
        change(home, *one)
        said = home.answers()
        again = home.answers()
        forget()
        assert said == again == home.answers()


def test_a_month_that_nobody_changed_is_not_read_again(home: Household) -> None:
    documents.of_cash_flow(home.asked(currency="USD"))
    home.spend(date(2026, 3, 11), 1, -500)
    # Behind the back of the triggers, which say what has changed.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE transactions_monthlybalance SET debit = debit * 2")

    months = documents.of_cash_flow(home.asked(currency="USD"))["months"]

    spent = {one["month"]: one["expenses"]["amount"] for one in months if one["month"] >= "2026"}
    assert spent.pop("2026-03") == "30.00"
    assert set(spent.values()) == {"10.00"}


def test_days_that_a_period_cuts_off_are_read_again_when_their_month_has_changed(
    home: Household,
) -> None:
    def before() -> str:
        return documents.of_cash_flow(home.asked("this-month"))["year_before"]["expenses"]["amount"]

    # Of June a year ago a report of this month up to the 15th tells the first half.
    home.spend(date(2025, 6, 10), 0, -1000)
    assert before() == "10.00"
    home.spend(date(2025, 6, 20), 0, -500)
    assert before() == "10.00"
    last = home.recorded[-1]

    moved = Changes({"date": date(2025, 6, 12)})
    ledger.correct(**home.keeper.who, transaction_id=last, changes=moved)
    assert before() == "15.00"

    ledger.delete(**home.keeper.who, transaction_ids=[last])
    assert before() == "10.00"


def test_ranges_that_end_on_a_day_and_begin_on_others_are_told_apart(home: Household) -> None:
    for day in (2, 5, 8):
        home.spend(date(2025, 6, day), 0, -100 * day)

    def spent(since: int) -> str:
        june = Period(date(2025, 6, since), date(2025, 6, 30))
        found = documents.of_cash_flow(replace(home.asked(), period=june))
        return found["total"]["expenses"]["amount"]

    assert [spent(since) for since in (1, 4, 7, 10)] == ["15.00", "13.00", "8.00", "0.00"]


def test_days_that_nobody_changed_are_not_read_again(home: Household) -> None:
    home.spend(date(2025, 6, 10), 0, -1000)
    home.spend(date(2025, 6, 20), 0, -500)
    asked = home.asked("this-month")
    documents.of_cash_flow(asked)
    home.spend(TODAY, 0, -300)

    # Behind the back of the triggers, which say what has changed.
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE transactions_entry SET amount = 2 * amount WHERE date < '2026-01-01'"
        )
        cursor.execute("RESET session_replication_role")

    assert documents.of_cash_flow(asked)["year_before"]["expenses"]["amount"] == "10.00"


def test_what_is_undone_was_never_remembered(home: Household) -> None:
    home.spend(date(2026, 3, 11), 1, -500)
    before = home.answers()
    with atomic():
        home.spend(date(2026, 3, 12), 1, -700)
        own_rate(home.book, "USD", "BRL", date(2026, 3, 31), "2")
        assert home.answers() != before
        set_rollback(True)
    # What comes now has the number of what was undone.
    own_rate(home.book, "USD", "BRL", date(2026, 3, 31), "3")
    said = home.answers()

    forget()
    assert said == home.answers()


def test_the_chart_of_accounts_is_that_of_now(home: Household) -> None:
    who, top = home.keeper.who, home.category
    sweets = chart_services.create_category(**who, name="Sweets", type="expense")

    def changes() -> Iterator[None]:
        home.keeper.open("Cash", "cash", "BRL")
        yield
        chart_services.change_category(**who, category_id=sweets.id, parent_id=top.id)
        yield
        chart_services.change_category(**who, category_id=top.id, name="Food")
        yield
        chart_services.archive_account(**who, account_id=home.accounts[2].id)
        yield
        # Which leaves no account that has another version than before.
        ledger.delete_account(**who, account_id=sweets.id)
        yield

    before = home.answers()
    for _ in changes():
        said = home.answers()
        forget()
        assert said == home.answers()
    assert said != before


def test_accounts_that_nobody_changed_are_not_read_again(home: Household) -> None:
    before = chart(home.book.id)
    home.spend(TODAY, 0, -300)
    assert chart(home.book.id) is before
