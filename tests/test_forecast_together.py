"""A forecast asked for some accounts, in another currency, and up to the end of a period."""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from bookkeeping import rate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wallet import Wallet, text_of

from accounts.models import Account
from buffet.models import Book
from reports.periods import named
from transactions import services as ledger
from transactions.queries.balances import month_after

NOBODY = "00000000-0000-7000-8000-000000000000"
WORTH = {"BRL": Decimal(1), "USD": Decimal("5.4321")}
DAY = timedelta(days=1)


@dataclass
class Ahead:
    """A book in which much is to come, on accounts in three currencies and on two cards."""

    wallet: Wallet
    ids: dict[str, str]

    @property
    def today(self) -> date:
        return self.wallet.today

    def some(self, *names: str) -> str:
        return ",".join(self.ids[name] for name in names)


@pytest.fixture
def ahead(
    wallet: Wallet, issue: Any, checking: Account, salary: Account, groceries: Account
) -> Ahead:
    """Salary, a transfer, subscriptions, purchases and statements of two cards, all ahead."""
    keeper, today = wallet.keeper, wallet.today
    dollars = keeper.open("Dollars", "savings", "USD")
    savings = keeper.open("Savings", "savings", "BRL")
    yen = keeper.open("Yen", "savings", "JPY")
    abroad = issue("Travel", currency="USD", paying_account_id=dollars.id)
    Wallet(keeper, abroad, today).buy(10, "77.77")
    wallet.buy(-40, "33.00", category_id=groceries.id)
    for account, amount in ((checking, "500.00"), (dollars, "222.22"), (yen, "9000")):
        keeper.move(account, today - 40 * DAY, amount, category_id=salary.id)
        keeper.move(account, today + 9 * DAY, amount, category_id=salary.id, description="Pay")
    keeper.move(checking, today + 3 * DAY, "-50.00", transfer_to_id=savings.id, description="Aside")
    for name, account in (("Gym", checking), ("Cloud", dollars), ("Music", wallet.card.account)):
        ledger.create_subscription(
            **keeper.who, name=name, account_id=account.id, category_id=groceries.id,
            amount=Decimal("19.99"), cadence="weekly", starts_on=today + 2 * DAY,
        )  # fmt: skip
    rate("USD", "BRL", today - 2 * DAY, "5.4321")
    accounts = (checking, dollars, savings, yen)
    ids = {one.name: str(one.id) for one in accounts}
    ids |= {"Platinum": str(wallet.card.account_id), "Travel": str(abroad.account_id)}
    return Ahead(wallet, ids)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def added(told: dict[str, Any], worth: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return what the projections come to on each day, counted again from all their days."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in told["projections"]:
        for day in one["days"]:
            known = worth.get(one["currency"])
            sums[day["date"]] += (
                Decimal(0) if known is None else rounded(Decimal(day["balance"]) * known)
            )
    return dict(sums)


def by_day(told: dict[str, Any]) -> dict[str, Decimal]:
    """Return what is told together on each day: the last step on or before it."""
    steps = {one["date"]: Decimal(one["balance"]) for one in told["converted"]["steps"]}
    found, day, held = {}, date.fromisoformat(told["as_of"]), Decimal(0)
    while day <= date.fromisoformat(told["until"]):
        held = found[str(day)] = steps.get(str(day), held)
        day += DAY
    return found


@pytest.mark.parametrize("asked", ["", "what_if=400.05", "accounts={Dollars},{Savings}"])
@pytest.mark.parametrize("currency", ["", "USD"])
def test_what_accounts_come_to_together_is_the_sum_of_their_days(
    api: Any, ahead: Ahead, asked: str, currency: str
) -> None:
    worth = {"BRL": 1 / WORTH["USD"], "USD": Decimal(1)} if currency else WORTH
    said = "&".join(part for part in (asked.format(**ahead.ids), f"currency={currency}") if part)
    told = api.get(f"/reports/forecast?{said if currency else asked.format(**ahead.ids)}").json()

    brought = told["converted"]
    assert told["currency"] == brought["currency"] == (currency or "BRL")
    sums = added(told, worth)
    assert by_day(told) == sums
    assert Decimal(brought["balance"]) == sums[told["as_of"]]
    low = min(sums.values())
    assert Decimal(brought["lowest"]["balance"]) == low
    assert brought["lowest"]["date"] == next(day for day, held in sums.items() if held == low)
    assert brought["below_zero_on"] == next((day for day, held in sums.items() if held < 0), None)
    balances = [one["balance"] for one in brought["steps"]]
    assert all(one != other for one, other in pairwise(balances))
    rates = {one["currency"]: one["conversion"] for one in brought["conversions"]}
    other = "BRL" if currency else "USD"
    assert rates[other]["status"] == "carried"
    assert rates[other]["as_of"] == str(ahead.today - 2 * DAY)
    if "accounts" in asked:
        assert (brought["not_converted"], set(rates)) == ([], {other})
    else:
        assert brought["not_converted"] == [{"amount": "9000", "currency": "JPY"}]
        assert rates["JPY"]["status"] == "missing"


@pytest.mark.parametrize(
    "names", [("Checking",), ("Savings",), ("Dollars", "Savings"), ("Platinum",), ("Yen", "Travel")]
)
def test_some_accounts_are_foreseen_alone(api: Any, ahead: Ahead, names: tuple[str, ...]) -> None:
    every = api.get("/reports/forecast").json()
    cards = {card["id"]: card["account"] for card in api.get("/credit-cards").json()["results"]}
    wanted = {ahead.ids[name] for name in names}

    told = api.get(f"/reports/forecast?accounts={ahead.some(*names)}").json()

    moving = [one for one in every["coming"] if {one["account"], cards.get(one["card"])} & wanted]
    assert told["coming"] == moving
    assert moving
    projected = {one["account"]: one for one in every["projections"]}
    known = {id for id in wanted if id not in cards.values()}
    assert {one["account"] for one in told["projections"]} == known
    for one in told["projections"]:
        assert one == projected.get(one["account"], one)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (f"accounts={NOBODY}", 404),
        ("accounts={category}", 404),
        ("accounts=x", 400),
        ("currency=XXX", 400),
        ("period=1999", 400),
        ("period=last-month", 400),
        ("period=2199", 400),
        ("period=someday", 400),
        ("date_from=2020-01-01&date_to=2020-01-31", 400),
        ("until={until}&period=this-month", 400),
        ("until={until}&date_to={until}", 400),
        ("what_if=5.00&accounts={Savings}&what_if_account={Checking}", 400),
        ("what_if=5.00&accounts={Platinum}", 400),
        ("what_if=5.00&accounts={Savings}&what_if_account={category}", 404),
    ],
)
def test_what_makes_no_sense_is_refused_in_every_face(
    page: Any, api: Any, ahead: Ahead, groceries: Account, asked: str, status: int
) -> None:
    said = asked.format(**ahead.ids, category=groceries.id, until=ahead.today + DAY)

    assert api.get(f"/reports/forecast?{said}").status_code == status
    for face in ("json", "csv", "xlsx", "csv&of=forecast"):
        assert page(f"/coming?{said}&format={face}").status_code == status
    # The page says it in its form, and does not end with a period that one came with.
    if "what_if" not in said and not re.match("period=[l12]|date_from", said):
        assert page(f"/coming?{said}").status_code == status


def end_of(name: str, today: date, start_day: int) -> date:
    """Return the last day that a period has when it is over."""
    period = named(name, date(2199, 12, 31) if name[0] == "2" else today, start_day)
    if name[0] == "2":
        return period.until
    months = {"this-month": 1, "this-quarter": 3, "this-year": 12}[name]
    end = period.since
    for _ in range(months):
        end = month_after(end).replace(day=start_day)
    return end - DAY


@pytest.mark.parametrize("start_day", [1, 25])
@pytest.mark.parametrize("name", ["this-month", "this-quarter", "this-year", "{next:%Y-%m}"])
def test_a_period_says_until_when(
    page: Any, api: Any, book: Book, ahead: Ahead, name: str, start_day: int
) -> None:
    Book.objects.filter(id=book.id).update(month_start_day=start_day)
    said = name.format(next=ahead.today + 70 * DAY)
    end = end_of(said, ahead.today, start_day)

    told = api.get(f"/reports/forecast?period={said}").json()

    assert told["until"] == str(end)
    assert told == api.get(f"/reports/forecast?until={end}").json()
    assert told == api.get(f"/reports/forecast?date_to={end}&date_from={ahead.today}").json()
    assert page(f"/coming?period={said}&format=json").json()["forecast"] == told


ASKED = (
    "",
    "currency=USD",
    "accounts={Dollars},{Yen}&currency=USD",
    "period=this-year&accounts={Checking}&what_if=12.34",
    "until={until}&accounts={Platinum},{Savings}",
    "until={late}&currency=USD&what_if=5.00&what_if_account={Dollars}",
)


@pytest.mark.parametrize("asked", ASKED)
def test_every_face_tells_the_same(page: Any, api: Any, ahead: Ahead, asked: str) -> None:
    said = asked.format(**ahead.ids, until=ahead.today + 5 * DAY, late=ahead.today + 365 * DAY)
    told = api.get(f"/reports/forecast?{said}").json()

    assert page(f"/coming?{said}&format=json").json()["forecast"] == told
    lines = page(f"/coming?{said}&format=csv&of=forecast").getvalue().decode().splitlines()
    sums: dict[str, Decimal] = defaultdict(Decimal)
    rates = {one["currency"]: one["conversion"] for one in told["converted"]["conversions"]}
    rows = [*csv.DictReader(lines)]
    for row in rows:
        sums[row["date"]] += Decimal(row[f"in {told['currency']}"] or 0)
        conversion = rates.get(row["currency"], {"status": "exact"})
        assert row["rate status"] == conversion["status"]
        assert row["rate date"] == (conversion.get("as_of") or "")
    assert [(row["account"], row["date"], row["balance"]) for row in rows] == [
        (one["name"], day["date"], day["balance"])
        for one in told["projections"]
        for day in one["days"]
    ]
    assert dict(sums) == (by_day(told) if rows else {})


def test_the_page_says_what_accounts_come_to_together(page: Any, api: Any, ahead: Ahead) -> None:
    brought = api.get("/reports/forecast?currency=USD").json()["converted"]

    answer = page("/coming?currency=USD")

    seen = text_of(answer)
    assert f"At the end of today {Decimal(brought['balance']):,}." in seen
    low = date.fromisoformat(brought["lowest"]["date"])
    assert f"Lowest on {low:%-d %B %Y}: {Decimal(brought['lowest']['balance']):,}." in seen
    assert "Not converted and not counted: 9,000 JPY" in seen
    assert "nobody knows later ones" in seen
    for step in brought["steps"]:
        assert f"{Decimal(step['balance']):,}" in seen
    alone = page(f"/coming?accounts={ahead.ids['Checking']}").content.decode()
    assert 'id="together"' not in alone


def test_the_month_lists_what_moves_these_accounts(page: Any, ahead: Ahead) -> None:
    months = {ahead.today.replace(day=1), (ahead.today + 9 * DAY).replace(day=1)}

    def listed(*names: str) -> dict[str, dict[str, str]]:
        some = f"&accounts={ahead.some(*names)}" if names else ""
        return {
            row["title"]: row
            for month in months
            for row in page(f"/coming/{month:%Y-%m}?format=json{some}").json()["results"]
        }

    every, checking, savings = listed(), listed("Checking"), listed("Savings")
    card = listed("Platinum")

    assert {"Aside", "Gym", "Cloud", "Music", "Pay"} <= every.keys()
    assert {"Aside", "Gym", "Pay"} <= checking.keys()
    assert not {"Cloud", "Music"} & checking.keys()
    assert savings.keys() == {"Aside"}
    # What stays in the book is neither paid nor earned, whichever side of it is asked for.
    assert every["Aside"] == checking["Aside"] == savings["Aside"]
    assert every["Aside"]["part"] == "transfer"
    assert {"Music"} <= card.keys() <= {"Music", "Platinum"}


def test_a_page_of_some_says_so_and_links_carry_it_along(page: Any, ahead: Ahead) -> None:
    some = ahead.some("Checking")

    answer = page(f"/coming?accounts={some}&period=this-year&currency=USD")

    body, seen = unescape(answer.content.decode()), text_of(answer)
    assert "Only 1 account" in seen
    assert 'href="?period=this-year&currency=USD">All accounts' in body
    later = re.findall(r'href="(/coming/\d{4}-\d\d\?[^"]*)"', body)
    assert later
    for address in later:
        assert f"accounts={some}" in address
        assert "Only 1 account" in text_of(page(address))
        back = re.findall(r'href="(/coming\?[^"]*)"', unescape(page(address).content.decode()))
        assert any(f"accounts={some}" in one for one in back)
    spans = re.findall(r'href="(\?[^"]*until=[^"]*)#forecast"', body)
    assert spans
    for address in spans:
        assert f"accounts={some}" in address
        assert "period" not in address
        assert page(f"/coming{address}").status_code == 200
    for address in re.findall(r'href="(\?[^"]*format=[^"]*)"', body):
        assert f"accounts={some}&period=this-year" in address
        assert b"".join(page(f"/coming{address}")) != b""


@pytest.mark.parametrize("asked", ["period=last-year", "date_from=2020-01-01&date_to=2020-02-01"])
def test_a_period_that_one_came_with_and_that_is_over_is_said(
    page: Any, ahead: Ahead, asked: str
) -> None:
    answer = page(f"/coming?{asked}")

    body = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "it cannot end with the period that is chosen" in body
    assert "the next 90 days" in body
    assert "it cannot end" not in page("/coming?period=this-year").content.decode()
    faces = re.findall(r'href="(\?[^"]*format=[^"]*)"', body)
    assert faces
    for address in faces:
        assert b"".join(page(f"/coming{address}")) != b""


def test_more_accounts_cost_no_more_statements(page: Any, api: Any, ahead: Ahead) -> None:
    def count() -> list[int]:
        found = []
        for ask, path in ((api.get, "/reports/forecast"), (page, "/coming")):
            for way in ("currency=USD&period=this-year", f"accounts={ahead.some('Checking')}"):
                with CaptureQueriesContext(connection) as sent:
                    assert ask(f"{path}?{way}").status_code == 200
                found.append(len(sent))
        return found

    count()
    few = count()
    for number in range(5):
        ahead.wallet.keeper.open(f"More {number}", "checking", "USD")

    assert [more for more, one in zip(count(), few, strict=True) if more > one] == []
