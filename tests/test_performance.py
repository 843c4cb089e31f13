"""How investments did: amounts that add up to the cent, and returns as worked on paper."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from pyxirr import xirr

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from reports.asking import Asked
from reports.periods import Period
from reports.queries.performance import Performance, performance
from reports.queries.returns import YEAR, Flow, Mark, money_weighted, time_weighted
from reports.queries.tracks import Amounts, Grown
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry
from transactions.models import Entry
from transactions.queries import balances

BEFORE, JANUARY = date(2025, 12, 31), Period(date(2026, 1, 1), date(2026, 1, 31))
END = JANUARY.until


class Investor(Bookkeeper):
    """Someone who keeps a book with investments."""

    def fund(self, opening: str = "1000.00", currency: str = "BRL", **more: Any) -> Account:
        """Open an investment that holds so much before January."""
        account = self.open(more.pop("name", "Funds"), "investment", currency, **more)
        if Decimal(opening):
            self.put(account, BEFORE, opening)
        return account

    def put(self, account: Account, day: date, amount: str) -> None:
        """Put money in from another own account; a negative amount is taken out."""
        bank, _ = Account.objects.get_or_create(
            book=self.who["book"],
            name=f"Bank {account.currency}",
            defaults={"type": "asset", "kind": "checking", "currency": account.currency},
        )
        self.move(account, day, amount, transfer_to_id=bank.id)

    def value(self, account: Account, day: date, balance: str) -> None:
        """Say what an investment is worth at the end of a day."""
        self.point(account, day, balance, kind="valuation")

    def did(self, period: Period = JANUARY, currency: str = "BRL", *only: Account) -> Performance:
        """Return how the investments did."""
        book, ids = self.who["book"], tuple(one.id for one in only)
        return performance(Asked(book.id, 0, 0, TODAY, currency, period, ids))


@pytest.fixture
def investor(book: Book, by: Actor) -> Investor:
    """Someone with investments."""
    return Investor(book, by)


def returns(grown: Grown) -> tuple[str, str]:
    """Return the time-weighted and the money-weighted return of the period."""
    return str(grown.time_weighted.period), str(grown.money_weighted.period)


def parts(one: Amounts) -> dict[str, str]:
    """Return what is not nothing of what a value was made of."""
    names = "opening contributions withdrawals income costs gains rates closing".split()
    return {name: str(value.normalize()) for name in names if (value := getattr(one, name))}


def by_pyxirr(*flows: tuple[date, int]) -> str:
    """Return what pyxirr makes of flows, over the days from the first to the last, in percent."""
    days, amounts = zip(*flows, strict=True)
    found = xirr(days, amounts, day_count="act/365f")
    assert found is not None
    period = (1 + found) ** ((max(days) - min(days)).days / 365) - 1
    return f"{100 * period:.2f}"


def test_without_flows_both_returns_are_the_simple_one(investor: Investor) -> None:
    funds = investor.fund()
    investor.value(funds, END, "1050.00")

    found = investor.did().whole

    assert returns(found) == ("5.00", "5.00")
    assert found.time_weighted.annualised is None
    assert parts(found.amounts) == {"opening": "1E+3", "gains": "5E+1", "closing": "1.05E+3"}
    assert found.amounts.growth == 50


def test_a_deposit_earns_from_its_day_on(investor: Investor) -> None:
    funds = investor.fund("0")
    investor.put(funds, date(2026, 1, 11), "1000.00")
    investor.value(funds, END, "1020.00")

    found = investor.did().whole

    assert returns(found) == ("2.00", "2.00")
    assert found.time_weighted.days == found.money_weighted.days == 20


def test_two_deposits_between_two_valuations_are_weighted_by_their_days(
    investor: Investor,
) -> None:
    funds = investor.fund()
    investor.put(funds, date(2026, 1, 10), "500.00")
    investor.value(funds, date(2026, 1, 20), "1530.00")
    investor.put(funds, date(2026, 1, 25), "300.00")
    investor.value(funds, END, "1850.00")

    found = investor.did().whole

    # 30 / (1000 + 500 × 10/20) = 2.4 %; 20 / (1530 + 300 × 6/11) = 1.18089 %; linked 3.60924 %.
    assert found.time_weighted.period == Decimal("3.61")
    assert str(found.money_weighted.period) == by_pyxirr(
        (BEFORE, -1000), (date(2026, 1, 10), -500), (date(2026, 1, 25), -300), (END, 1850)
    )
    assert found.amounts.contributions == 800
    assert found.amounts.growth == 50


def test_what_was_taken_out_earns_until_its_day(investor: Investor) -> None:
    funds = investor.fund()
    investor.put(funds, date(2026, 1, 16), "-400.00")
    investor.value(funds, END, "630.00")

    found = investor.did().whole

    # 30 / (1000 − 400 × 15/31) = 3.72 %
    assert found.time_weighted.period == Decimal("3.72")
    assert str(found.money_weighted.period) == by_pyxirr(
        (BEFORE, -1000), (date(2026, 1, 16), 400), (END, 630)
    )
    assert (found.amounts.withdrawals, found.amounts.growth) == (400, 30)


def test_dividends_and_fees_are_growth_and_no_flows(
    investor: Investor, groceries: Account, salary: Account
) -> None:
    funds = investor.fund()
    investor.move(funds, date(2026, 1, 9), "-10.00", category_id=groceries.id)
    investor.move(funds, date(2026, 1, 12), "25.00", category_id=salary.id)

    found = investor.did().whole

    assert returns(found) == ("1.50", "1.50")
    assert (found.amounts.income, found.amounts.costs, found.amounts.gains) == (25, 10, 0)
    assert found.amounts.contributions == found.amounts.withdrawals == 0


def test_what_comes_on_the_day_of_a_valuation_has_not_earned_yet(investor: Investor) -> None:
    funds = investor.fund()
    investor.put(funds, END, "500.00")
    investor.value(funds, END, "1550.00")

    assert returns(investor.did().whole) == ("5.00", "5.00")


def test_an_account_is_told_in_its_own_currency_and_all_in_the_reports(
    investor: Investor,
) -> None:
    for day, value in ((BEFORE, "5.00"), (date(2026, 1, 16), "5.10"), (END, "5.20")):
        rate("USD", "BRL", day, value)
    funds = investor.fund("1000.00", "USD")
    investor.put(funds, date(2026, 1, 16), "100.00")
    investor.value(funds, END, "1155.00")

    found = investor.did()

    (account,) = found.accounts
    # 55 / (1000 + 100 × 15/31) = 5.246 %; 496 / (5000 + 510 × 15/31) = 9.453 %
    assert account.own.time_weighted.period == Decimal("5.25")
    assert found.whole.time_weighted.period == Decimal("9.45")
    assert str(found.whole.money_weighted.period) == by_pyxirr(
        (BEFORE, -5000), (date(2026, 1, 16), -510), (END, 6006)
    )
    assert account.own.amounts.rates == 0
    assert found.whole.amounts == account.brought
    assert found.whole.amounts == Amounts(
        "BRL", *map(Decimal, ("5000", "510", "0", "0", "0", "286", "210", "6006"))
    )
    assert {(one.currency, one.rate.rate) for one in found.conversions} == {
        ("USD", Decimal(5)), ("USD", Decimal("5.2"))
    }  # fmt: skip


def test_what_has_no_rate_is_told_alone_and_in_no_total(investor: Investor) -> None:
    investor.fund()
    yen = investor.fund("5000", "JPY", name="Yen")
    investor.value(yen, END, "5500")

    found = investor.did()

    assert [str(one) for one in found.left_out] == ["5500 JPY"]
    assert found.whole.amounts.closing == 1000
    (told,) = (one for one in found.accounts if one.brought is None)
    assert returns(told.own) == ("10.00", "10.00")


def test_a_year_is_annualised_and_a_day_less_is_not(investor: Investor) -> None:
    funds = investor.fund("0")
    investor.put(funds, date(2024, 12, 31), "1000.00")
    investor.value(funds, date(2025, 12, 30), "1100.00")

    whole = investor.did(Period(date(2025, 1, 1), BEFORE)).whole
    less = investor.did(Period(date(2025, 1, 1), date(2025, 12, 30))).whole
    both = investor.did(Period(date(2024, 12, 31), date(2026, 12, 31))).whole

    assert whole.time_weighted.annualised == whole.money_weighted.annualised == Decimal("10.00")
    assert less.time_weighted.period == Decimal("10.00")
    assert less.time_weighted.annualised is less.money_weighted.annualised is None
    # 1.1 ^ (365/730) − 1
    assert both.time_weighted.annualised == Decimal("4.88")


def test_emptied_and_refilled_only_the_days_with_something_count(investor: Investor) -> None:
    funds = investor.fund()
    investor.put(funds, date(2026, 1, 10), "-1000.00")
    investor.put(funds, date(2026, 1, 20), "500.00")
    investor.value(funds, END, "510.00")

    found = investor.did().whole

    assert (found.time_weighted.period, found.time_weighted.days) == (Decimal("2.00"), 21)
    assert str(found.money_weighted.period) == by_pyxirr(
        (BEFORE, -1000), (date(2026, 1, 10), 1000), (date(2026, 1, 20), -500), (END, 510)
    )


def test_what_is_lost_on_the_first_day_is_lost_of_what_came(
    investor: Investor, groceries: Account
) -> None:
    funds, day = investor.fund("0"), date(2026, 1, 20)
    investor.put(funds, day, "1000.00")
    investor.move(funds, day, "-10.00", category_id=groceries.id)

    assert investor.did().whole.time_weighted.period == Decimal("-1.00")


@pytest.mark.parametrize(
    ("moves", "reasons"),
    [
        ((), ("nothing_there", "nothing_there")),
        (((10, "=100.00"),), ("from_nothing", "one_sign")),
        (((10, "50.00"), (20, "=-5.00")), ("below_zero", "below_zero")),
        (((10, "50.00"), (20, "-170.00"), (31, "=1.00")), ("below_zero", "")),
        (((10, "50.00"), (20, "=0.00")), ("", "one_sign")),
        (((10, "50.00"), (10, "-50.00")), ("", "nothing_there")),
    ],
)
def test_what_cannot_be_said_has_a_reason(
    investor: Investor, moves: Any, reasons: tuple[str, str]
) -> None:
    funds = investor.fund("0")
    for day, amount in moves:
        if amount.startswith("="):
            investor.value(funds, date(2026, 1, day), amount[1:])
        else:
            investor.put(funds, date(2026, 1, day), amount)

    found = investor.did().whole

    told = (found.time_weighted, found.money_weighted)
    assert tuple(one.reason for one in told) == reasons
    assert all((one.period is None) == bool(one.reason) for one in told)


def test_a_book_without_investments_has_none(investor: Investor, checking: Account) -> None:
    found = investor.did()

    assert not found.brokers
    assert found.whole.amounts.closing == 0


def test_a_move_between_investments_is_neither_put_in_nor_taken_out_of_all(
    investor: Investor,
) -> None:
    one, other = investor.fund(), investor.fund("0", name="Other")
    investor.move(one, date(2026, 1, 10), "-400.00", transfer_to_id=other.id)
    investor.value(other, END, "440.00")

    found = investor.did()

    amounts = {each.account.name: each.own.amounts for each in found.accounts}
    assert (amounts["Funds"].withdrawals, amounts["Other"].contributions) == (400, 400)
    assert found.whole.amounts.contributions == found.whole.amounts.withdrawals == 0
    assert returns(found.whole) == ("4.00", "4.00")


def record(investor: Investor, day: date, *entries: tuple[Account, str]) -> None:
    """Record a transaction of several entries in reais."""
    made = tuple(DraftEntry(account.id, Decimal(amount), "BRL") for account, amount in entries)
    ledger.record(**investor.who, drafts=[Draft(date=day, description="x", entries=made)])


def test_a_split_is_told_apart(
    investor: Investor, checking: Account, groceries: Account, salary: Account
) -> None:
    cases = {
        "sale with a fee": [("F", "-1000"), ("C", "990"), ("E", "10")],
        "purchase with a fee": [("C", "-1000"), ("F", "990"), ("E", "10")],
        "sale with a gain": [("F", "-1000"), ("C", "1100"), ("I", "-100")],
        "dividend with tax": [("I", "-100"), ("E", "15"), ("F", "85")],
        "salary in parts": [("I", "-3000"), ("C", "2500"), ("F", "500")],
    }
    told = {}
    for name, entries in cases.items():
        funds = investor.fund("0", name=name)
        accounts = {"F": funds, "C": checking, "E": groceries, "I": salary}
        record(investor, END, *((accounts[letter], amount) for letter, amount in entries))
        told[name] = parts(investor.did(JANUARY, "BRL", funds).whole.amounts)

    assert told == {
        "sale with a fee": {"withdrawals": "9.9E+2", "costs": "1E+1", "closing": "-1E+3"},
        "purchase with a fee": {"contributions": "1E+3", "costs": "1E+1", "closing": "9.9E+2"},
        "sale with a gain": {"withdrawals": "1.1E+3", "income": "1E+2", "closing": "-1E+3"},
        "dividend with tax": {"income": "1E+2", "costs": "15", "closing": "85"},
        "salary in parts": {"contributions": "5E+2", "closing": "5E+2"},
    }


def test_archived_accounts_are_there_if_they_moved(investor: Investor) -> None:
    gone, still = investor.fund(name="Gone"), investor.fund(name="Still")
    investor.put(gone, date(2026, 1, 5), "-1000.00")
    Account.objects.filter(id=gone.id).update(archived_at="2026-02-01T00:00:00Z")

    january = investor.did()
    february = investor.did(Period(date(2026, 2, 1), date(2026, 2, 28)))

    assert {one.account.name for one in january.accounts} == {"Gone", "Still"}
    assert [one.account.id for one in february.accounts] == [str(still.id)]


def test_months_show_what_was_put_in(investor: Investor) -> None:
    funds = investor.fund()
    investor.put(funds, date(2026, 2, 10), "500.00")
    investor.value(funds, date(2026, 2, 28), "1600.00")

    found = investor.did(Period(date(2026, 1, 1), date(2026, 3, 31)))

    assert [(one.value, one.put_in) for one in found.months] == [
        (1000, 1000),
        (1600, 1500),
        (1600, 1500),
    ]


def test_four_statements_however_many_accounts_and_entries(investor: Investor) -> None:
    rate("USD", "BRL", BEFORE, "5.00")
    counts = []
    for number in range(3):
        funds = investor.fund("10.00", "USD", name=f"Funds {number}")
        investor.value(funds, date(2026, 1, 10 + number), "11.00")
        with CaptureQueriesContext(connection) as asked:
            investor.did()
        counts.append(len(asked))

    assert counts == [4, 4, 4]


@pytest.mark.parametrize("story", range(3))
def test_amounts_always_add_up(
    investor: Investor, groceries: Account, salary: Account, checking: Account, story: int
) -> None:
    chance = random.Random(story)
    for day in range(80):
        rate("USD", "BRL", BEFORE + timedelta(day), f"{chance.uniform(4.5, 5.5):.4f}")
    broker = chart.create_broker(**investor.who, name="Broker")
    accounts = [
        investor.fund("900.00", name="One", broker_id=broker.id),
        investor.fund("0", name="Two"),
        investor.fund("70.00", "USD", name="Three", broker_id=broker.id),
    ]
    for _ in range(40):
        account, day = chance.choice(accounts), BEFORE + timedelta(chance.randrange(1, 70))
        amount = f"{chance.uniform(-200, 300):.2f}"
        match chance.randrange(5):
            case 0:
                investor.put(account, day, amount)
            case 1:
                investor.move(account, day, amount, category_id=groceries.id)
            case 2:
                investor.move(account, day, amount, category_id=salary.id)
            case 3 if not account.points.filter(on=day).exists():
                investor.value(account, day, amount)
            case _:
                first, *_, last = accounts[:2]
                whole = abs(Decimal(amount)) + 1
                entries = [(first, str(whole)), (last, str(-whole - 1)), (groceries, "1")]
                record(investor, day, *entries)

    found = investor.did()

    for one in (found.whole, *(broker.whole for broker in found.brokers)):
        adds_up(one.amounts)
    for each in found.accounts:
        adds_up(each.own.amounts)
        assert each.own.amounts.rates == 0
        assert each.brought is not None
        adds_up(each.brought)
        moved = Entry.objects.filter(account=each.account.id, date__range=(JANUARY.since, END))
        assert each.own.amounts.closing - each.own.amounts.opening == sum(
            moved.values_list("amount", flat=True)
        )
        held = balances.balance(investor.who["book"].id, each.account.id, END)
        assert each.own.amounts.closing == held
    closings = (each.brought.closing for each in found.accounts if each.brought)
    assert found.whole.amounts.closing == sum(closings)


def adds_up(one: Amounts) -> None:
    """Check that a value is what it was made of."""
    came = one.opening + one.contributions - one.withdrawals
    assert one.closing == came + one.income - one.costs + one.gains + one.rates
    assert one.closing == came + one.growth


@seed(7)
@settings(max_examples=200, deadline=None)
@given(
    growth=st.integers(-30, 60),
    flows=st.lists(st.integers(-400, 900), min_size=1, max_size=12),
)
def test_constant_growth_is_the_return_however_much_comes_and_goes(
    growth: int, flows: list[int]
) -> None:
    factor = 1 + Decimal(growth) / 1000
    value, day = Decimal(1000), BEFORE
    marks, moved = [Mark(day, value)], {}
    for flow in flows:
        day += timedelta(days=30)
        came = max(Decimal(flow), -value * factor / 2)
        value = value * factor + came
        moved[day] = Flow(max(came, Decimal(0)), max(-came, Decimal(0)))
        marks.append(Mark(day, value))

    found = time_weighted(marks, moved), money_weighted(marks[0], moved, marks[-1])

    expected = f"{100 * (float(factor) ** len(flows) - 1):.2f}"
    for one in found:
        assert one.period is not None
        assert abs(one.period - Decimal(expected)) <= Decimal("0.01")
        assert one.days == 30 * len(flows)


@pytest.mark.parametrize(
    ("paid", "found"),
    [
        ((-100, 230, -132), ""),  # 10 and 20 %
        ((-100, 220, -121), "10.00"),  # the same rate twice
        ((-1000, 6000, -11000, 6000), ""),  # 0, 100 and 200 %
        ((-100, 250, -100, 20), "106.21"),  # owed at that rate, and yet the only one
        ((-100, 60, -30, 90), "8.64"),
    ],
)
def test_a_rate_is_told_where_it_is_the_only_one(paid: tuple[int, ...], found: str) -> None:
    days = [BEFORE + timedelta(YEAR * place) for place in range(len(paid))]
    flows = {
        day: Flow(Decimal(max(-one, 0)), Decimal(max(one, 0)))
        for day, one in zip(days, paid, strict=True)
    }

    told = money_weighted(Mark(BEFORE, Decimal(0)), flows, Mark(days[-1], Decimal(0)))

    assert (told.reason, f"{told.annualised or ''}") == ("" if found else "no_solution", found)


@seed(7)
@settings(max_examples=300, deadline=None)
@given(
    values=st.lists(st.decimals(-50, 5000, places=2), min_size=2, max_size=8),
    flows=st.dictionaries(st.integers(1, 70), st.decimals(-3000, 3000, places=2), max_size=8),
)
def test_no_values_and_flows_are_a_crash(values: list[Decimal], flows: dict[int, Decimal]) -> None:
    marks = [Mark(BEFORE + timedelta(10 * place), value) for place, value in enumerate(values)]
    moved = {
        BEFORE + timedelta(day): Flow(max(one, Decimal(0)), max(-one, Decimal(0)))
        for day, one in flows.items()
        if BEFORE + timedelta(day) <= marks[-1].on
    }

    found = time_weighted(marks, moved), money_weighted(marks[0], moved, marks[-1])

    assert all((one.period is None) == bool(one.reason) for one in found)
    assert all(before.on < after.on for before, after in pairwise(marks))
