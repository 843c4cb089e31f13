"""Every figure of every report, counted again by beancount from the book's journal."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from household import TODAY, Home, at_home
from recounting import DAY, REAL, ZERO, Days, Recount, later, rounded

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("recounted")]

FIRST = date(2023, 11, 1)
MONTH_ENDS = [later(FIRST, number + 1) - DAY for number in range(39)]
#: What is asked for → its days, where the name of a period says them. {…} are accounts' ids.
WAYS: dict[str, Days | None] = {
    "": None,
    "period=2026-03": Days(date(2026, 3, 1), date(2026, 3, 31)),
    "period=2026-Q2": Days(date(2026, 4, 1), date(2026, 6, 30)),
    "period=2025": Days(date(2025, 1, 1), date(2025, 12, 31)),
    "period=last-24-months": None,
    "date_from=2026-02-11&date_to=2026-06-17": Days(date(2026, 2, 11), date(2026, 6, 17)),
    "date_from=2026-05-13&date_to=2026-05-21": Days(date(2026, 5, 13), date(2026, 5, 21)),
    "period=2025&currency=USD": Days(date(2025, 1, 1), date(2025, 12, 31)),
    "date_from=2025-11-24&date_to=2026-08-24&currency=EUR": Days(
        date(2025, 11, 24), date(2026, 8, 24)
    ),
}
NARROWED = ("period=2026-Q2", "date_from=2026-02-11&date_to=2026-10-25&currency=USD")
#: What explains a month's change of net worth, all of it.
MOVED = ("savings", "unrealised_gains", "opening_balances", "transfers")
MOVED += ("newly_converted", "exchange_rates")
FOOD = ("Food", "Travel", "Freelance")
THROUGH = ("Dollars", "Visa Platinum", "現金")


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[Home]:
    """The demo household and more, in the database for all of these tests."""
    with django_db_blocker.unblock(), at_home() as found:
        yield found


@pytest.fixture(params=[1, 25], ids=["from the 1st", "from the 25th"])
def start_day(request: pytest.FixtureRequest, home: Home) -> int:
    """The day on which months begin."""
    home.begin_months_on(request.param)
    return request.param


def days_of(told: dict[str, Any]) -> Days:
    """Return the days that a report says it is about."""
    return Days(*(date.fromisoformat(told["period"][name]) for name in ("since", "until")))


def asked(home: Home, report: str, way: str, start_day: int) -> tuple[dict[str, Any], Days]:
    """Ask for a report, and see that it is about the days that were asked for."""
    told = home.get(f"/reports/{report}?{way}")
    days = days_of(told)
    expected = WAYS.get(way)
    if expected and "period=" in way and start_day != 1:
        since = expected.since.replace(day=start_day)
        expected = Days(since, (expected.until + DAY).replace(day=start_day) - DAY)
    assert days == (expected or days)
    return told, days


def amount(told: dict[str, str]) -> Decimal:
    """Return an amount of money as the API says it."""
    return Decimal(told["amount"])


def flows(recount: Recount, months: list[Days], target: str, kept: set[str]) -> dict[str, Any]:
    """Return what came in, went out and was invested in each month."""
    income = recount.flow(recount.of(type="income") & kept, months, target)
    expenses = recount.flow(recount.of(type="expense") & kept, months, target)
    no_flows = ("valuation", "opening_balances", "adjustments")
    moved = recount.without(set[str]().union(*(recount.of(kind=one) for one in no_flows)))
    invested = moved.flow(recount.of(kind="investment") & kept, months, target)
    rows = zip(income, expenses, invested, strict=True)
    return [flow(-came, went, held) for came, went, held in rows]


def flow(income: Decimal, expenses: Decimal, investments: Decimal) -> dict[str, Any]:
    """Return a flow as the API says it, amounts as numbers."""
    savings = income - expenses
    return {
        "income": income,
        "expenses": expenses,
        "savings": savings,
        "investments": investments,
        "savings_rate": str(round(100 * savings / income, 1)) if income > 0 else None,
    }


def total(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Add flows up."""
    return flow(
        *(sum((row[name] for row in rows), ZERO) for name in ("income", "expenses", "investments"))
    )


def told_flow(told: dict[str, Any]) -> dict[str, Any]:
    """Return a flow that the API says, amounts as numbers."""
    names = ("income", "expenses", "savings", "investments")
    return {name: amount(told[name]) for name in names} | {"savings_rate": told["savings_rate"]}


def narrowed(home: Home, way: str) -> list[tuple[str, Recount, set[str]]]:
    """Return a way of asking, whole, by categories and by accounts: with what it is about."""
    recount = home.recount
    categories, accounts = home.ids(*FOOD), home.ids(*THROUGH)
    found = [(way, recount, set(recount.accounts))]
    if way in NARROWED:
        found += [
            (f"{way}&categories={categories}", recount, recount.below(categories.split(","))),
            (
                f"{way}&accounts={accounts}",
                recount.through(accounts.split(",")),
                set(recount.accounts),
            ),
        ]
    return found


@pytest.mark.parametrize("on", MONTH_ENDS, ids=str)
def test_balances_are_those_of_beancount_at_every_month_end(home: Home, on: date) -> None:
    recount = home.recount
    expected = recount.balances(on)

    listed = home.get(f"/accounts?on={on}&limit=500")["results"]
    report = home.get(f"/reports/accounts/balances?on={on}")

    real = {id: one for id, one in recount.accounts.items() if one.type in REAL}
    assert {one["id"]: Decimal(one["balance"]) for one in listed} == {
        id: expected.get((id, one.currency), ZERO) for id, one in real.items()
    }
    for one in report["accounts"]:
        balance = expected.get((one["id"], one["currency"]), ZERO)
        converted = recount.convert(balance, one["currency"], "BRL", on)
        assert Decimal(one["balance"]) == balance
        assert (one["converted"] and amount(one["converted"])) == converted
    for name, type in (("assets", "asset"), ("liabilities", "liability")):
        assert amount(report[name]) == recount.worth(recount.of(type=type), on, "BRL")


@pytest.mark.parametrize("way", [*WAYS, NARROWED[1]])
def test_cash_flow_is_that_of_beancount(home: Home, start_day: int, way: str) -> None:
    for address, recount, kept in narrowed(home, way):
        told, days = asked(home, "cash-flow", address, start_day)
        target = told["currency"]

        def of(days: Days, recount: Recount = recount, kept: Any = kept, to: str = target) -> Any:
            return flows(recount, days.months(start_day), to, kept)

        assert [told_flow(one) for one in told["months"]] == of(days)
        assert told_flow(told["total"]) == total(of(days))
        assert told_flow(told["before"]) == total(of(days.before(start_day)))
        assert told_flow(told["year_before"]) == total(of(days.year_before()))


def spent(
    recount: Recount, kept: set[str], days: Days, start_day: int, target: str
) -> dict[str, dict[str, Any]]:
    """Return what was spent on each category, its tree and itself, as the API says it."""
    spans = [one.months(start_day) for one in (days, days.before(start_day), days.year_before())]
    found = {}
    for id in recount.of(type="expense") & kept:
        tree = recount.below([id])
        months, before, year_before = (recount.flow(tree, span, target) for span in spans)
        row = {
            "total": sum(months),
            "own": sum(recount.flow([id], spans[0], target)),
            "before": sum(before),
            "year_before": sum(year_before),
            "count": recount.count(tree, days),
            "months": months,
        }
        if row["count"] or row["total"] or row["before"] or row["year_before"]:
            found[id] = row
    return found


@pytest.mark.parametrize("way", [*WAYS, NARROWED[1]])
def test_spending_is_that_of_beancount(home: Home, start_day: int, way: str) -> None:
    for address, recount, kept in narrowed(home, way):
        address = address.replace(f",{home.ids('Freelance')}", "")
        told, days = asked(home, "spending", address, start_day)
        months, target = days.months(start_day), told["currency"]
        expected = spent(recount, kept, days, start_day, target)
        expenses = recount.of(type="expense") & kept

        found = {
            row["id"]: {name: Decimal(row[name]) for name in ("total", "own")}
            | {name: Decimal(row[name]) for name in ("before", "year_before")}
            | {"count": row["count"], "months": [Decimal(one) for one in row["months"]]}
            for row in told["categories"]
        }
        whole = recount.flow(expenses, months, target)
        assert found == expected
        assert [amount(one["total"]) for one in told["months"]] == whole
        assert amount(told["total"]) == sum(whole)
        assert sum(Decimal(row["own"]) for row in told["categories"]) == sum(whole)
        for name, beside in (
            ("before", days.before(start_day)),
            ("year_before", days.year_before()),
        ):
            assert amount(told[name]) == sum(
                recount.flow(expenses, beside.months(start_day), target)
            )


@pytest.mark.parametrize("way", WAYS)
def test_net_worth_is_that_of_beancount(home: Home, start_day: int, way: str) -> None:
    recount = home.recount
    told, days = asked(home, "net-worth", way, start_day)
    months, target = days.months(start_day), told["currency"]
    steps = [told["opening"], *told["months"]]

    opened = recount.of(kind="opening_balances") | recount.of(kind="adjustments")
    earned = recount.of(type="income") | recount.of(type="expense")
    savings, came = recount.flow(earned, months, target), recount.flow(opened, months, target)
    ends = [days.since - DAY, *(month.until for month in months)]
    assert [date.fromisoformat(one["on"]) for one in steps] == ends
    for one, on in zip(steps, ends, strict=True):
        assert amount(one["assets"]) == recount.worth(recount.of(type="asset"), on, target)
        assert amount(one["liabilities"]) == recount.worth(recount.of(type="liability"), on, target)
        assert amount(one["net_worth"]) == amount(one["assets"]) + amount(one["liabilities"])
    assert [amount(one["savings"]) for one in told["months"]] == [-one for one in savings]
    assert [amount(one["opening_balances"]) for one in told["months"]] == [-one for one in came]
    for before, one in zip(steps, told["months"], strict=False):
        moved = sum(amount(one[name]) for name in MOVED)
        assert amount(one["net_worth"]) - amount(before["net_worth"]) == moved
    for row in told["by_kind"]:
        of_kind = [recount.worth(recount.of(kind=row["kind"]), on, target) for on in ends[1:]]
        assert [Decimal(one) for one in row["months"]] == of_kind


@pytest.mark.parametrize("way", [*WAYS, NARROWED[1]])
def test_net_worth_of_some_accounts_is_that_of_beancount(
    home: Home, start_day: int, way: str
) -> None:
    recount, accounts = home.recount, home.ids(*THROUGH)
    told, days = asked(home, "net-worth", f"{way}&accounts={accounts}", start_day)
    target = told["currency"]

    kept, months = set(accounts.split(",")), days.months(start_day)
    steps = [told["opening"], *told["months"]]
    ends = [days.since - DAY, *(month.until for month in months)]
    through = recount.through(kept)
    given = through.flow(
        (recount.of(type="asset") | recount.of(type="liability")) - kept, months, target
    )
    saved = through.flow(recount.of(type="income") | recount.of(type="expense"), months, target)
    opened = through.flow(recount.of(kind="opening_balances"), months, target)
    for place, (before, one) in enumerate(zip(steps, told["months"], strict=False)):
        expected = (-saved[place], ZERO, -opened[place], -given[place])
        assert tuple(amount(one[name]) for name in MOVED[:4]) == expected
        moved = sum(amount(one[name]) for name in MOVED)
        assert amount(one["net_worth"]) - amount(before["net_worth"]) == moved
    for one, on in zip(steps, ends, strict=True):
        assert amount(one["assets"]) == recount.worth(recount.of(type="asset") & kept, on, target)
        assert amount(one["liabilities"]) == recount.worth(
            recount.of(type="liability") & kept, on, target
        )


@pytest.mark.parametrize("way", WAYS)
def test_the_trial_balance_is_that_of_beancount(home: Home, start_day: int, way: str) -> None:
    recount, accounts, categories = home.recount, home.ids(*THROUGH), home.ids(*FOOD)
    some = {*accounts.split(","), *recount.below(categories.split(","))}
    for more, kept in (("", set(recount.accounts)), (f"{accounts}&categories={categories}", some)):
        address = f"{way}&accounts={more}" if more else way
        told, days = asked(home, "trial-balance", address, start_day)

        expected, converted, target = {}, {}, told["currency"]
        opening, closing = recount.balances(days.since - DAY), recount.balances(days.until)
        for cell in closing:
            moves = recount.moves(cell, days)
            if cell[0] in kept and (opening[cell] or moves):
                debit = sum((one for one in moves if one > 0), ZERO)
                credit = -sum((one for one in moves if one < 0), ZERO)
                expected[cell] = [opening[cell], debit, credit, closing[cell], len(moves)]
                converted[cell] = recount.convert(closing[cell], cell[1], target, days.until)
        assert {
            (row["id"], row["currency"]): [
                *(Decimal(row[name]) for name in ("opening", "debit", "credit", "closing")),
                row["count"],
            ]
            for row in told["accounts"]
        } == expected
        assert more or all(one["balanced"] for one in told["totals"])
        assert converted == {
            (row["id"], row["currency"]): row["converted"] and amount(row["converted"])
            for row in told["accounts"]
        }
        assert amount(told["converted"]) == sum(filter(None, converted.values()), ZERO)


def test_each_day_of_each_account_is_that_of_beancount(home: Home) -> None:
    halves = (Days(FIRST, date(2025, 5, 31)), Days(date(2025, 6, 1), MONTH_ENDS[-1]))
    for id, one in home.recount.accounts.items():
        if one.type not in REAL:
            continue
        balance = ZERO
        for days in halves:
            sent = f"date_from={days.since}&date_to={days.until}&currency=EUR"
            told = home.get(f"/reports/accounts/{id}/timeline?{sent}")
            assert Decimal(told["opening"]) == balance
            assert len(told["days"]) == (days.until - days.since).days + 1
            for row in told["days"]:
                on = date.fromisoformat(row["date"])
                moves = home.recount.moves((id, one.currency), Days(on, on))
                balance += sum(moves, ZERO)
                assert (row["count"], Decimal(row["moved"])) == (len(moves), sum(moves, ZERO))
                assert Decimal(row["balance"]) == balance
                converted = home.recount.convert(balance, one.currency, "EUR", on)
                assert (row["converted"] and amount(row["converted"])) == converted


@pytest.mark.parametrize("target", ["BRL", "USD", "EUR"])
@pytest.mark.parametrize("on", [TODAY, date(2026, 5, 14), date(2026, 8, 31)], ids=str)
@pytest.mark.parametrize("some", [(), THROUGH], ids=["all", "some"])
def test_the_portfolio_is_that_of_beancount(
    home: Home, on: date, target: str, some: tuple[str, ...]
) -> None:
    recount = home.recount
    of_some = f"&accounts={home.ids(*some)}" if some else ""
    told = home.get(f"/reports/accounts/portfolio-overview?on={on}&currency={target}{of_some}")
    wanted = set(home.ids(*some).split(",")) if some else set(recount.accounts)

    def worth(day: date, **named: str) -> Decimal:
        return recount.worth(recount.of(**named) & wanted, day, target)

    real = {id: recount.accounts[id] for id in wanted if recount.accounts[id].type in REAL}
    for name, field in (("by_type", "type"), ("by_kind", "kind"), ("by_broker", "broker")):
        shown = {getattr(real[one["id"]], field) for one in told["accounts"]}
        expected = {
            group: recount.worth(
                {id for id, one in real.items() if getattr(one, field) == group}, on, target
            )
            for group in shown
        }
        assert {row[field] or "": amount(row["total"]) for row in told[name]} == expected
    balances = recount.balances(on)
    for row in told["currencies"]:
        held = sum(
            total for (id, one), total in balances.items() if id in real and one == row["currency"]
        )
        assert Decimal(row["total"]) == held
    ends = [end for end in MONTH_ENDS if end < on.replace(day=1)] + [on]
    assert [one["month"] for one in told["history"]] == [f"{end:%Y-%m}" for end in ends]
    for one, end in zip(told["history"], ends, strict=True):
        assert amount(one["assets"]) == worth(end, type="asset")
        assert amount(one["liabilities"]) == worth(end, type="liability")
        assert amount(one["net_worth"]) == amount(one["assets"]) + amount(one["liabilities"])
    held = [worth(on, type="asset") + worth(on, type="liability")]
    assert amount(told["net_worth"]) == held[0]
    before = worth(ends[-2], type="asset") + worth(ends[-2], type="liability")
    assert amount(told["change"]["month"]["amount"]) == rounded(held[0] - before, target)


def test_what_is_owed_on_cards_is_that_of_beancount(home: Home) -> None:
    told = home.get("/reports/cards")
    on = date.fromisoformat(told["as_of"])

    now, ever = home.recount.balances(on), home.recount.balances(date.max)
    assert len(told["cards"]) == 2
    for card in told["cards"]:
        cell = (card["account"], card["currency"])
        assert Decimal(card["outstanding"]) == -now[cell]
        assert Decimal(card["committed"]) == now[cell] - ever[cell]
