"""Charts tell the value of each month: to who points at it, by the keys, and without a script."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from browsing import Reader, chromium
from conftest import PASSWORD
from django.test import Client
from playwright.sync_api import Browser

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from reports.charts import bar_charts, flow_charts, growth_charts, line_charts, step_charts

YEAR = "period=2025"
TITLE = re.compile(r'<g class="spot">.*?<title>(.*?)</title>')
MONTHS = [date(2025, month, 1) for month in range(1, 7)]

# One worker runs them all, so that one browser is enough.
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def year(book: Book, by: Actor, checking: Account, groceries: Account) -> Account:
    """An account with a year of income and spending, a little more of both each month."""
    keeper = Bookkeeper(book, by)
    for month in range(1, 13):
        keeper.move(checking, date(2025, month, 5), f"{1000 + month}.50")
        keeper.move(checking, date(2025, month, 20), f"-{100 * month}.25", category_id=groceries.id)
    return checking


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def reader(browser: Browser, live_server: Any, owner: User) -> Iterator[Reader]:
    """The owner, signed in."""
    made = Reader(browser, live_server.url, locale="en-US")
    made.sign_in(owner.email, PASSWORD)
    yield made
    made.context.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "address", "said"),
    [
        ("en", f"/spending?{YEAR}", "March 2025\n300.25 BRL"),
        ("pt-br", f"/spending?{YEAR}", "março de 2025\n300,25 BRL"),
        ("en", f"/cash-flow?{YEAR}", "December 2025\nIncome: 1,012.50 BRL\nExpenses: 1,200.25 BRL"),
        ("en", f"/net-worth?{YEAR}", "31 Jan 2025\n901.25 BRL"),
        ("pt-br", "/?on=2025-06-15", "31/01/2025\n901,25 BRL"),
    ],
)
def test_each_month_says_its_amounts_in_the_readers_format(
    client: Client, owner: User, year: Account, language: str, address: str, said: str
) -> None:
    client.force_login(owner)

    page = client.get(address, headers={"Accept-Language": language}).content.decode()

    told = [text.replace("&#10;", "\n") for text in TITLE.findall(page)]
    # Once in the wide chart and once in the narrow one.
    assert told.count(said) == 2, told


@pytest.mark.parametrize("draw", [line_charts, bar_charts, flow_charts, growth_charts])
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_strips_of_a_chart_leave_no_gap(draw: Any, size: str) -> None:
    columns = 2 if draw in (flow_charts, growth_charts) else 1
    amounts = [Decimal(n * 100) for n in range(len(MONTHS))]

    chart = draw(list(zip(MONTHS, *[amounts] * columns, strict=True)))[size]

    first, *_, last = chart.spots
    assert [one.since for one in chart.spots] == MONTHS
    assert [one.values[0] for one in chart.spots] == amounts
    assert first.x == chart.left
    assert last.x + last.width == pytest.approx(chart.width - 6)
    for one, other in zip(chart.spots, chart.spots[1:], strict=False):
        assert one.x + one.width == pytest.approx(other.x)
        assert other.x == pytest.approx((one.middle + other.middle) / 2)


def test_days_on_which_nothing_moves_are_one_strip() -> None:
    balances = [100, 100, 70, 70, 70, 20]
    days = [date(2026, 6, 1) + timedelta(days=n) for n in range(len(balances))]

    chart = step_charts([(day, Decimal(now)) for day, now in zip(days, balances, strict=True)])

    spots = chart["narrow"].spots
    assert [(one.since.day, one.until.day, *one.values) for one in spots] == [
        (1, 2, 100),
        (3, 5, 70),
        (6, 6, 20),
    ]
    assert all(one.width >= 8 for one in spots)
    assert spots[-1].x + spots[-1].width <= chart["narrow"].width


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pointer_is_told_the_month_under_it(
    reader: Reader, year: Account, width: int, scheme: Any
) -> None:
    reader.see(width, scheme)
    reader.open(f"/spending?{YEAR}")
    page, tip = reader.page, reader.page.locator(".tip")
    strips = page.locator(".graph svg:visible .spot")

    for place in (0, 5, 11):
        strips.nth(place).hover()
        strip, box = strips.nth(place).locator("rect").bounding_box(), tip.bounding_box()

        assert (
            tip.inner_text() == f"{date(2025, place + 1, 1):%B} 2025\n{(place + 1) * 100:,}.25 BRL"
        )
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        # What one points at is not covered.
        assert box["x"] >= strip["x"] + strip["width"] or box["x"] + box["width"] <= strip["x"]
        assert reader.overflow() <= 0
    assert reader.barriers() == []
    page.mouse.move(1, 1)
    assert not tip.is_visible()
    assert reader.amiss == []


@pytest.mark.django_db(transaction=True)
def test_the_keys_go_from_month_to_month(reader: Reader, year: Account) -> None:
    reader.see(1280, "light")
    reader.open(f"/cash-flow?{YEAR}")
    page, tip = reader.page, reader.page.locator(".tip")
    focused = "document.activeElement.matches('.graph svg')"

    while not page.evaluate(focused):
        page.keyboard.press("Tab")
    told = [tip.inner_text().split("\n")[0]]
    for key in ("ArrowLeft", "ArrowLeft", "Home", "ArrowLeft", "ArrowRight", "End", "ArrowRight"):
        page.keyboard.press(key)
        told.append(tip.inner_text().split("\n")[0])
    page.keyboard.press("Escape")

    assert [text.split()[0][:3] for text in told] == "Dec Nov Oct Jan Jan Feb Dec Dec".split()
    assert not tip.is_visible()
    assert page.evaluate(focused)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert not page.evaluate(focused)
    assert reader.barriers() == []


@pytest.mark.django_db(transaction=True)
def test_a_chart_prints_without_what_a_pointer_asks_for(reader: Reader, year: Account) -> None:
    reader.open(f"/spending?{YEAR}")
    reader.page.locator(".graph svg:visible .spot").first.hover()

    reader.page.emulate_media(media="print")

    assert not reader.page.locator(".tip").is_visible()
    assert not reader.page.locator(".spot").first.is_visible()
