"""An account day by day: a page with the faces of the API's timeline, its figures with rows."""

import csv
import re
from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from bookkeeping import Bookkeeper

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book

MAY = "period=2026-05"


@pytest.fixture
def days(book: Book, by: Actor, checking: Account, groceries: Account) -> str:
    """The address of the days of an account that moved on three days of two months."""
    keeper = Bookkeeper(book, by)
    keeper.move(checking, date(2026, 4, 30), "100.00", category_id=groceries.id)
    keeper.move(checking, date(2026, 5, 10), "-130.00", category_id=groceries.id)
    for amount in ("50.00", "-50.00", "30.00"):
        keeper.move(checking, date(2026, 5, 20), amount, category_id=groceries.id)
    return f"/accounts/{checking.id}/days"


def lines(answer: Any) -> list[list[str]]:
    """Return the rows of a table of days, as text, with where its figures lead."""
    found = re.findall(r"<tr><th scope=\"row\">.*?</tr>", answer.content.decode(), re.DOTALL)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.split("</t[hd]>", row)] for row in found]


def test_the_newest_day_is_first_and_each_says_what_moved_it(page: Any, days: str) -> None:
    found = lines(page(f"{days}?date_from=2026-05-09&date_to=2026-05-20"))

    assert found[0][:4] == ["20 May 2026", "3 entries", "30.00", "0.00"]
    assert found[1][:4] == ["19 May 2026", "", "", "−30.00"]
    assert found[10][:4] == ["10 May 2026", "1 entry", "−130.00", "−30.00"]
    assert found[-1][:4] == ["Before, 8 May 2026", "", "", "100.00"]


def test_the_answer_is_the_balance_at_the_end_with_the_lowest_and_the_highest(
    page: Any, days: str
) -> None:
    seen = re.sub(r"<[^>]*>|\s+", " ", page(f"{days}?{MAY}").content.decode())
    seen = re.sub(" +", " ", seen)

    assert "Balance at the end of 31 May 2026 0.00 BRL" in seen
    assert "Lowest, 10 May 2026 −30.00" in seen
    assert "Highest, 1 May 2026 100.00" in seen


def test_its_json_is_the_timeline_of_the_api(
    page: Any, api: Any, days: str, checking: Account
) -> None:
    timeline = f"/reports/accounts/{checking.id}/timeline"
    for asked in ("", f"?{MAY}", "?date_from=2026-05-10&date_to=2026-05-10"):
        ours = page(f"{days}{asked}{'&' if asked else '?'}format=json").json()

        assert ours == api.get(f"{timeline}{asked}").json()


def test_its_tables_have_every_day(page: Any, days: str) -> None:
    found = page(f"{days}?{MAY}&format=csv").getvalue().decode()
    rows = [*csv.reader(found.splitlines())]

    assert len(rows) == 32
    assert rows[0] == ["date", "moved", "entries", "balance", "currency"]
    assert rows[20] == ["2026-05-20", "30.00", "3", "0.00", "BRL"]
    assert page(f"{days}?{MAY}&format=xlsx").getvalue()[:2] == b"PK"


def test_each_figure_is_what_it_leads_to_also_in_another_currency(
    page: Any, book: Book, by: Actor, groceries: Account, days: str
) -> None:
    dollars = Bookkeeper(book, by).open("Dollars", "checking", "USD")
    Bookkeeper(book, by).move(dollars, date(2026, 5, 3), "-7.25", category_id=groceries.id)

    body = page(f"/accounts/{dollars.id}/days?{MAY}&currency=BRL").content.decode()
    rows = unescape(re.findall(r'<a href="(/rows\?[^"]*)">−7.25<', body)[-1])
    account = unescape(re.findall(r'<a href="(/accounts/[^"]*on=[^"]*)">−7.25<', body)[-1])

    assert f"account={dollars.id}&date_from=2026-05-03&date_to=2026-05-03" in rows
    assert page(f"{rows}&format=json").json()["total"] == {"amount": "-7.25", "currency": "USD"}
    assert "currency=BRL" in account
    assert page(f"{account}&format=json").json()["account"]["balance"] == "-7.25"


def test_days_on_which_nothing_moved_say_so(page: Any, days: str) -> None:
    seen = page(f"{days}?period=2026-01").content.decode()

    assert "Nothing moved it in these days" in seen
    assert "<table" not in seen


def test_months_are_those_of_the_book(page: Any, book: Book, days: str) -> None:
    Book.objects.filter(id=book.id).update(month_start_day=25)

    body = page(f"{days}?date_from=2026-04-20&date_to=2026-05-20").content.decode()

    assert re.findall(r'scope="rowgroup"[^>]*>([^<]*)<', body) == ["April 2026", "March 2026"]


def test_a_long_chart_writes_as_many_months_as_there_is_room_for(page: Any, days: str) -> None:
    body = page(f"{days}?date_from=2024-06-01&date_to=2026-05-31").content.decode()
    wide, narrow = re.findall(r'<svg class="(?:wide|narrow)".*?</svg>', body, re.DOTALL)

    labels = [len(re.findall(r'text-anchor="middle">[A-Z]', one)) for one in (wide, narrow)]
    assert 6 <= labels[0] <= 12
    assert 2 <= labels[1] <= 4


def test_it_is_led_to_from_the_account_and_leads_back(
    page: Any, days: str, checking: Account
) -> None:
    account = page(f"/accounts/{checking.id}?on=2026-05-20").content.decode()
    there = page(f"{days}?on=2026-05-20").content.decode()

    assert f'href="{days}?on=2026-05-20"' in account
    assert "Balance at the end of 20 May 2026" in there
    assert f'href="/accounts/{checking.id}?on=2026-05-20"' in there
    assert "<title>Checking, day by day, This month" in there


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("?accounts=x", 400),
        ("?categories=x", 400),
        ("?date_from=2020-01-01&date_to=2026-01-01", 400),
        ("?date_from=2026-05-02&date_to=2026-05-01", 400),
    ],
)
def test_what_the_api_refuses_the_page_refuses(
    page: Any, days: str, asked: str, status: int
) -> None:
    assert page(f"{days}{asked}").status_code == status


def test_an_account_of_another_book_or_none_that_holds_money_is_not_found(
    page: Any, groceries: Account, days: str
) -> None:
    assert page(f"/accounts/{groceries.id}/days").status_code == 404
    assert page(f"/accounts/{uuid4()}/days").status_code == 404
