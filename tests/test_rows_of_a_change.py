"""A change of a figure leads to the rows of both periods, whose sum is the change."""

import csv
import html
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper, rate
from django.utils import timezone

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from reports.queries.rows import PAGE
from transactions import services as ledger

pytestmark = pytest.mark.django_db

OF_MAY = "/rows?type=expense&period=2026-05&against=before"


@pytest.fixture
def kept(book: Book, by: Actor, checking: Account, groceries: Account) -> Bookkeeper:
    """A book with groceries in April and May, and in May a year ago."""
    keeper = Bookkeeper(book, by)
    for day, amount in (
        (date(2025, 5, 9), "-7.00"),
        (date(2026, 4, 3), "-40.00"),
        (date(2026, 4, 28), "-1.50"),
        (date(2026, 5, 2), "-100.00"),
        (date(2026, 5, 20), "30.00"),
    ):
        keeper.move(checking, day, amount, category_id=groceries.id, description=f"On {day}")
    return keeper


@pytest.fixture
def lately(kept: Bookkeeper, book: Book, checking: Account, groceries: Account) -> None:
    """The same book with groceries up to today, in months that begin on the 5th."""
    Book.objects.filter(id=book.id).update(month_start_day=5)
    for past in (0, 40, 80, 110, 200, 380, 460):
        day = book.day(timezone.now()) - timedelta(days=past)
        kept.move(checking, day, f"-{past + 1}.25", category_id=groceries.id)


def shown(told: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return the day and the amount of rows, and whether they count against the others."""
    return [(row["date"], row["amount"], row["against"]) for row in told["rows"]]


def walked(page: Any, address: str) -> tuple[list[dict[str, Any]], int]:
    """Return all rows of an address, which add up to its total, and how many pages they fill."""
    told = page(f"{address}&format=json").json()
    found, pages = [*told["rows"]], 1
    while told["older"] and pages < 9:
        told = page(f"{address}&format=json&cursor={told['older']}").json()
        found, pages = [*found, *told["rows"]], pages + 1
    assert sum(Decimal(row["amount"]) for row in found) == Decimal(told["total"]["amount"])
    assert len(found) == told["count"]
    return found, pages


def test_rows_of_the_period_before_have_the_opposite_sign(page: Any, kept: Bookkeeper) -> None:
    told = page(f"{OF_MAY}&format=json").json()

    assert shown(told) == [
        ("2026-05-20", "30.00", False),
        ("2026-05-02", "-100.00", False),
        ("2026-04-28", "1.50", True),
        ("2026-04-03", "40.00", True),
    ]
    assert (told["count"], told["period"]["name"]) == (4, "2026-05")
    assert told["total"] == {"amount": "-28.50", "currency": "BRL"}
    assert told["sums"] == [told["total"]]
    now = {"amount": "-70.00", "currency": "BRL"}
    assert told["now"] == {"period": told["period"], "total": now}
    assert told["then"] == {
        "period": {"name": None, "since": "2026-04-01", "until": "2026-04-30"},
        "total": {"amount": "-41.50", "currency": "BRL"},
    }


def test_rows_of_a_year_ago_have_the_opposite_sign(page: Any, kept: Bookkeeper) -> None:
    told = page("/rows?type=expense&period=2026-05&against=year-before&format=json").json()

    assert shown(told)[-1] == ("2025-05-09", "7.00", True)
    assert told["then"]["period"]["until"] == "2025-05-31"
    assert (told["count"], told["total"]["amount"]) == (3, "-63.00")
    plain = page("/rows?type=expense&period=2026-05&format=json").json()
    assert not {"now", "then"} & plain.keys()
    assert "against" not in plain["rows"][0]


def test_the_page_tells_the_change_and_leads_to_both_sums(page: Any, kept: Bookkeeper) -> None:
    seen = html.unescape(page(OF_MAY).content.decode())

    assert re.search(r'<p class="figure">−28\.50 ', seen)
    first, second = (
        re.search(rf'<a href="(/rows\?type=expense&[^"]+)">{figure}</a>', seen)[1]
        for figure in ("−70.00", "−41.50")
    )
    amounts = [page(f"{one}&format=json").json()["total"]["amount"] for one in (first, second)]
    assert amounts == ["-70.00", "-41.50"]
    assert "Change · 4 entries" in seen
    order = ("On 2026-05-20", "On 2026-05-02", "against it: April 2026", "On 2026-04-28")
    places = [seen.index(one) for one in order]
    assert places == sorted(places)
    assert 'href="/spending?period=2026-05"' in seen


@pytest.mark.parametrize(("now", "then"), [(60, 60), (PAGE, 2), (PAGE - 1, 2), (0, 3), (3, 0)])
def test_pages_go_through_the_period_and_then_the_one_before(
    page: Any, book: Book, by: Actor, checking: Account, groceries: Account, now: int, then: int
) -> None:
    keeper = Bookkeeper(book, by)
    for month, many in ((5, now), (4, then)):
        for place in range(many):
            day = date(2026, month, 1 + place % 28)
            keeper.move(checking, day, f"-{month}.{place:02}", category_id=groceries.id)

    found, pages = walked(page, OF_MAY)

    assert [row["against"] for row in found] == [False] * now + [True] * then
    assert len({row["entry"] for row in found}) == now + then
    assert pages == max(1, -(-(now + then) // PAGE))
    for own in (found[:now], found[now:]):
        assert [row["date"] for row in own] == sorted((row["date"] for row in own), reverse=True)


def test_an_older_page_of_the_earlier_period_says_so(
    page: Any, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    for _ in range(PAGE + 1):
        Bookkeeper(book, by).move(checking, date(2026, 4, 1), "-1.00", category_id=groceries.id)

    older = page(f"{OF_MAY}&format=json").json()["older"]
    seen = page(f"{OF_MAY}&cursor={older}").content.decode()

    assert "Counted against it: April 2026" in seen
    assert seen.count('class="n own"') == 1
    assert "+51.00" in seen


def test_an_entry_of_both_periods_counts_in_both(
    page: Any, kept: Bookkeeper, checking: Account, groceries: Account
) -> None:
    for _ in range(PAGE):
        kept.move(checking, date(2025, 5, 8), "-1.00", category_id=groceries.id)
    path = "/rows?type=expense&date_from=2025-01-01&date_to=2026-12-31&against=year-before"

    found, _ = walked(page, path)

    ours = [(row["amount"], row["against"]) for row in found if row["date"] == "2025-05-09"]
    assert ours == [("-7.00", False), ("7.00", True)]
    assert [row["against"] for row in found] == [False] * (5 + PAGE) + [True] * (1 + PAGE)


def test_both_periods_are_converted_at_their_own_rates(
    page: Any, book: Book, by: Actor, groceries: Account
) -> None:
    keeper = Bookkeeper(book, by)
    for currency in ("USD", "JPY", "CHF"):
        own = keeper.open(currency, "checking", currency)
        for day, amount in ((date(2026, 5, 9), "-30"), (date(2026, 4, 9), "-10")):
            keeper.move(own, day, amount, category_id=groceries.id)
    rate("USD", "BRL", date(2026, 4, 30), "5.00")
    rate("USD", "BRL", date(2026, 5, 29), "6.00")

    told = page(f"{OF_MAY}&format=json").json()

    assert told["total"]["amount"] == "-130.00"
    sums = {one["currency"]: one["amount"] for one in told["sums"]}
    assert sums == {"CHF": "-20.00", "JPY": "-20", "USD": "-20.00"}
    used = {(one["currency"], one["month"]): one["conversion"] for one in told["conversions"]}
    assert used["USD", "2026-04"]["rate"] == "5.00000000"
    assert used["USD", "2026-05"]["rate"] == "6.00000000"
    missing = {one["currency"]: one["amount"] for one in told["not_converted"]}
    assert missing == {"CHF": "20.00", "JPY": "20"}


@pytest.mark.parametrize(
    "asked",
    [
        "type=expense&held=BRL&currency=BRL&balance=closing",
        "account={account}&held=BRL&currency=BRL&balance=opening",
        "held=BRL&currency=BRL",
        "held=BRL&currency=BRL&side=debit",
    ],
)
@pytest.mark.parametrize("face", ["html", "json", "csv"])
def test_what_kept_balances_tell_is_set_against_nothing(
    page: Any, checking: Account, asked: str, face: str
) -> None:
    address = f"/rows?{asked.format(account=checking.id)}&against=before&format={face}"

    refused = page(address)

    assert refused.status_code == 400
    assert "<code>?against</code>" in refused.content.decode()
    assert "is not set against another period" in refused.content.decode()


def test_a_place_in_other_rows_is_none_in_those_of_a_change(
    page: Any, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    keeper = Bookkeeper(book, by)
    for _ in range(PAGE + 1):
        keeper.move(checking, date(2026, 5, 1), "-1.00", category_id=groceries.id)
    plain = OF_MAY.removesuffix("&against=before")

    for own, other in ((plain, OF_MAY), (OF_MAY, plain)):
        older = page(f"{own}&format=json").json()["older"]
        assert page(f"{own}&cursor={older}").status_code == 200
        assert page(f"{other}&cursor={older}").status_code == 400


@pytest.mark.parametrize(
    "narrowed", ["status=pending", "side=credit&held=BRL", "accounts={account}"]
)
def test_what_is_narrowed_down_changes_too(
    page: Any, kept: Bookkeeper, checking: Account, groceries: Account, narrowed: str
) -> None:
    part = f"account={groceries.id}&{narrowed.format(account=checking.id)}"

    told = page(f"/rows?{part}&period=2026-05&against=before&format=json").json()
    each = [
        page(f"/rows?{part}&period={month}&format=json").json() for month in ("2026-05", "2026-04")
    ]

    now, then = (Decimal(one["total"]["amount"]) for one in each)
    assert Decimal(told["total"]["amount"]) == now - then
    assert sum(Decimal(row["amount"]) for row in told["rows"]) == now - then
    assert told["count"] == each[0]["count"] + each[1]["count"]


def test_a_file_of_a_change_adds_up_to_it(page: Any, kept: Bookkeeper) -> None:
    answer = page(f"{OF_MAY}&format=csv")

    head, *lines = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert sum(Decimal(line[head.index("amount")]) for line in lines) == Decimal("-28.50")
    assert [line[head.index("counted against")] for line in lines] == ["", "", "yes", "yes"]
    assert (
        'filename="rows-2026-05-01-2026-05-31-against-before.csv"'
        in (answer["Content-Disposition"])
    )


def test_an_earlier_period_that_is_closed_says_so(
    page: Any, kept: Bookkeeper, book: Book, by: Actor
) -> None:
    for month in (date(2025, 5, 1), date(2026, 4, 1)):
        ledger.close_month(book=book, by=by, month=month, today=date(2026, 6, 15))

    seen = page(OF_MAY).content.decode()
    across = page("/rows?type=expense&date_from=2026-04-20&date_to=2026-05-31&against=before")

    assert 'Counted against it: April 2026 <span class="tag">closed</span>' in seen
    assert seen.count(">closed<") == 1
    assert 'On 2026-04-28</a> <span class="tag">closed</span>' in across.content.decode()


@pytest.mark.parametrize("report", ["cash-flow", "spending"])
@pytest.mark.parametrize(
    "asked",
    [
        *("period=this-year", "period=this-quarter", "period=last-24-months", "period=2026-05"),
        *("period=2026", "date_from=2026-04-20&date_to=2026-05-21", "on=2026-05-20"),
    ],
)
def test_a_report_leads_to_the_change_that_it_shows(
    page: Any, lately: None, asked: str, report: str
) -> None:
    seen = page(f"/{report}?{asked}&currency=BRL").content.decode()

    found = re.findall(r'<a href="(/rows\?[^"]+against=[^"]+)"[^>]*>([^<]+)</a>', seen)
    assert len(found) >= 3
    for address, figure in found:
        told = page(f"{html.unescape(address)}&format=json").json()
        amount = Decimal(figure.replace(",", "").replace("−", "-"))
        # What is spent leaves its owner.
        came = amount if "flow=" in address or "type=income" in address else -amount
        assert Decimal(told["total"]["amount"]) == came, address
        assert sum(Decimal(row["amount"]) for row in told["rows"]) == came
