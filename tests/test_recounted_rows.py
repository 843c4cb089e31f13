"""Every figure of a page is the sum of the rows that it links to."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from household import Home, at_home
from recounting import DAY, ZERO, Days

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("recounted rows")]

_LINK = re.compile(r'<a href="(/rows\?[^"]+)"[^>]*>([^<]+)</a>')
_LINE = re.compile(
    r'<tr><th scope="row"><a href="(/rows\?[^"]+)">[^<]+</a></th><td class="cur">(\w+)</td>'
    r'.*?<td class="n in">(.*?)</td><td class="n out">(.*?)</td>'
)
#: With more rows than this, only what they come to is compared.
MOST_ROWS = 200


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


def number(text: str) -> Decimal:
    """Read a figure of a page."""
    return Decimal(unescape(text).replace(",", "").replace("−", "-"))


def rows(home: Home, address: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what rows come to, and the rows themselves: all of them, or none if they are many."""
    told = home.page(f"{address}&format=json").json()
    if told["count"] > MOST_ROWS:
        return told, []
    found, older = list(told["rows"]), told["older"]
    while older:
        page = home.page(f"{address}&format=json&cursor={older}").json()
        found += page["rows"]
        older = page["older"]
    assert len({row["entry"] for row in found}) == len(found) == told["count"]
    return told, found


def added(
    home: Home, address: str, told: dict[str, Any], found: list[dict[str, Any]], start_day: int
) -> Decimal:
    """Add rows up in the report's currency: each account, currency and month rounded apart.

    Those of both periods where one is set against the other.
    """
    target, total = parse_qs(urlsplit(address).query).get("currency", ["BRL"])[0], ZERO
    for part in [told[name] for name in ("now", "then") if name in told] or [told]:
        own = [row for row in found if row.get("against", False) is (part is told.get("then"))]
        period = part["period"]
        days = Days(*(date.fromisoformat(period[name]) for name in ("since", "until")))
        for month in days.months(start_day):
            cells: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
            for row in own:
                if month.since <= date.fromisoformat(row["date"]) <= month.until:
                    cells[row["account"], row["currency"]] += Decimal(row["amount"])
            for (_, currency), amount in cells.items():
                total += home.recount.convert(amount, currency, target, month.until) or ZERO
    return total


@pytest.mark.parametrize(
    "page",
    [
        "/cash-flow?period=last-12-months",
        "/cash-flow?date_from=2026-02-11&date_to=2026-06-17&currency=USD",
        "/cash-flow?period=2026-Q2&accounts={accounts}",
        "/spending?period=2026-Q2",
        "/spending?date_from=2026-05-13&date_to=2026-06-10&currency=EUR&accounts={accounts}",
        "/spending?period=2026-Q1&categories={categories}",
    ],
)
def test_a_flow_is_what_its_rows_come_to(home: Home, start_day: int, page: str) -> None:
    asked = {"accounts": home.ids("Dollars", "Nubank"), "categories": home.ids("Food", "Travel")}
    links = _LINK.findall(home.page(page.format(**asked)).content.decode())

    # The same rows are linked more than once; always by the same figure.
    figures = {(unescape(address), number(shown)) for address, shown in links}
    assert len(figures) == len({address for address, _ in figures}) > 8
    for address, figure in figures:
        told, found = rows(home, address)
        # What is spent leaves its owner: on the page of rows it is less than nothing.
        came = figure if "type=income" in address or "flow=" in address else -figure
        assert Decimal(told["total"]["amount"]) == came, address
        if found:
            assert added(home, address, told, found, start_day) == came, address


@pytest.mark.parametrize(
    "page",
    ["/trial-balance?period=2026-05", "/trial-balance?date_from=2026-08-20&date_to=2026-10-24"],
)
def test_a_line_of_the_trial_balance_is_what_its_rows_come_to(
    home: Home, start_day: int, page: str
) -> None:
    lines = _LINE.findall(home.page(page).content.decode())

    types = {id: one.type for id, one in home.recount.accounts.items()}
    assert len(lines) > 30
    for address, currency, *sides in lines:
        address = unescape(address)
        (id,) = parse_qs(urlsplit(address).query)["account"]
        told, found = rows(home, address)
        sign = 1 if types[id] in ("asset", "liability") else -1
        debit, credit = (of_side(home, side, currency, sign) for side in sides)
        sums = {one["currency"]: sign * Decimal(one["amount"]) for one in told["sums"]}
        assert sums == {currency: debit + credit}, address
        if found:
            own = [sign * Decimal(row["amount"]) for row in found]
            assert sum(one for one in own if one > 0) == debit
            assert sum(one for one in own if one < 0) == credit


@pytest.mark.parametrize(
    "page",
    [
        "/net-worth?period=2026-Q2",
        "/net-worth?period=2026-Q2&accounts={accounts}",
        "/net-worth?date_from=2026-02-11&date_to=2026-06-17&currency=USD&accounts={accounts}",
    ],
)
def test_what_moved_net_worth_is_what_its_rows_come_to(
    home: Home, start_day: int, page: str
) -> None:
    asked = {"accounts": home.ids("Dollars", "Nubank")}
    links = _LINK.findall(home.page(page.format(**asked)).content.decode())

    assert len(links) > 8
    for address, shown in links:
        address = unescape(address)
        told, found = rows(home, address)
        assert Decimal(told["total"]["amount"]) == number(shown), address
        if found:
            assert added(home, address, told, found, start_day) == number(shown), address


@pytest.mark.parametrize(
    "page", ["/trial-balance?period=2024-05", "/trial-balance?period=2026-05&currency=USD"]
)
def test_the_balance_of_a_category_is_what_its_rows_come_to(
    home: Home, start_day: int, page: str
) -> None:
    links = _LINK.findall(home.page(page).content.decode())

    compared = 0
    for address, shown in {link for link in links if "balance=" in link[0]}:
        address = unescape(address)
        told = home.page(f"{address}&format=json").json()
        assert abs(Decimal(told["total"]["amount"])) == abs(number(shown)), address
        if not told["older"]:
            compared += 1
            by_currency: dict[str, Decimal] = {}
            for row in told["rows"]:
                amount = Decimal(row["amount"])
                by_currency[row["currency"]] = by_currency.get(row["currency"], ZERO) + amount
            sums = {one["currency"]: Decimal(one["amount"]) for one in told["sums"]}
            assert by_currency == sums, address
            brought = converted(home, sums, address)
            assert brought == Decimal(told["total"]["amount"]), address
    assert compared > 4


def converted(home: Home, sums: dict[str, Decimal], address: str) -> Decimal:
    """Return sums at the rates of the last day, or of the day before the first, of an address."""
    sent = parse_qs(urlsplit(address).query)
    on = date.fromisoformat(sent["date_to"][0])
    if sent["balance"] == ["opening"]:
        on = date.fromisoformat(sent["date_from"][0]) - DAY
    found = (home.recount.convert(sums[one], one, sent["currency"][0], on) for one in sums)
    return sum((one or ZERO for one in found), ZERO)


def of_side(home: Home, cell: str, currency: str, sign: int) -> Decimal:
    """Return what a debit or credit is, which its own rows come to; nothing where there is none."""
    if not cell:
        return ZERO
    ((address, shown),) = _LINK.findall(cell)
    told, found = rows(home, unescape(address))
    assert abs(Decimal(told["total"]["amount"])) == number(shown), address
    signed = sign * Decimal(told["total"]["amount"])
    if found:
        assert sign * sum(Decimal(row["amount"]) for row in found) == signed
    assert told["total"]["currency"] == currency
    return signed
