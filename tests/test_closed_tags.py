"""A closed month is shown as closed wherever its figures stand, and an open one is not."""

import re
from datetime import date
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from cards import Cardholder
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger

TODAY = date(2026, 6, 15)
TAG = '<span class="tag">closed</span>'
PARTLY = '<span class="tag">partly closed</span>'


@pytest.fixture
def places(
    book: Book, by: Actor, checking: Account, groceries: Account, salary: Account
) -> dict[str, str]:
    """Two months of a book with a card, and what addresses need of it."""
    keeper = Bookkeeper(book, by)
    holder = Cardholder(book, by, checking, closing_day=28, due_day=5)
    for month in (4, 5):
        keeper.move(checking, date(2026, month, 5), "3000.00", category_id=salary.id)
        keeper.move(checking, date(2026, month, 6), "-20.00", category_id=groceries.id)
    bought = holder.spend("2026-05-10", "50.00", groceries)
    return {"account": str(checking.id), "card": str(holder.card.id), "transaction": str(bought)}


def close(book: Book, by: Actor, *months: int) -> None:
    """Close months of 2026."""
    for month in months:
        ledger.close_month(book=book, by=by, month=date(2026, month, 1), today=TODAY)


#: Address, and what the tag stands behind.
TAGGED = {
    "/?on=2026-05-31": r'value="2026-05-31" required><button>Show</button>',
    "/?on=2026-06-15": r"May 2026</a>",
    "/accounts?on=2026-05-31": r'value="2026-05-31" required><button>Show</button>',
    "/accounts/{account}?on=2026-05-31": r"May 2026",
    "/accounts/{account}?on=2026-05-20": r'value="2026-05-20" required><button>Show</button>',
    "/cash-flow?period=2026": r"May 2026",
    "/cash-flow?period=2026-05": r"<summary>May 2026",
    "/net-worth?period=2026": r"May 2026</a>",
    "/spending?period=2026-05": r"<summary>May 2026",
    "/spending?period=2026": r"May 2026",
    "/trial-balance?period=2026-05": r"<summary>May 2026",
    "/rows?type=expense&period=2026-05": r"<summary>May 2026",
    "/rows?type=expense&date_from=2026-05-01&date_to=2026-06-02": r"Something</a>",
    "/coming/2026-05": r"May 2026",
    "/cards/{card}": r"May 2026</a>.*?",
    "/cards/{card}/2026-05": r'<span aria-current="page">May 2026',
    "/month-end/2026-05": r"May 2026",
}


@pytest.mark.parametrize(("address", "before"), TAGGED.items())
def test_a_closed_month_is_tagged(
    page: Any, places: dict[str, str], book: Book, by: Actor, address: str, before: str
) -> None:
    address = address.format(**places)
    open_page = page(address)
    close(book, by, 4, 5)

    closed_page = page(address)

    assert open_page.status_code == closed_page.status_code == 200
    assert TAG not in open_page.content.decode()
    assert re.search(rf"{before}(<[^>]*>|\s)*? {re.escape(TAG)}", closed_page.content.decode())


def test_a_period_that_is_closed_in_part_is_not_tagged(
    page: Any, places: dict[str, str], book: Book, by: Actor
) -> None:
    close(book, by, 5)

    for days in (
        "date_from=2026-04-30&date_to=2026-05-31",
        "date_from=2026-05-31&date_to=2026-06-01",
    ):
        seen = page(f"/trial-balance?{days}").content.decode()
        assert TAG not in seen
    assert TAG in page("/trial-balance?date_from=2026-05-02&date_to=2026-05-30").content.decode()


def test_a_month_that_begins_later_is_closed_with_both_of_its_months(
    page: Any, places: dict[str, str], book: Book, by: Actor
) -> None:
    Book.objects.filter(id=book.id).update(month_start_day=25)
    close(book, by, 4)
    before = page("/trial-balance?period=2026-04").content.decode()

    close(book, by, 5)

    assert TAG not in before
    assert PARTLY in before
    after = page("/trial-balance?period=2026-04").content.decode()
    assert TAG in after
    assert PARTLY not in after


@pytest.mark.parametrize("address", ["/cash-flow?period=2026", "/net-worth?period=2026"])
def test_a_month_that_begins_later_says_when_one_of_its_months_is_closed(
    page: Any, places: dict[str, str], book: Book, by: Actor, address: str
) -> None:
    close(book, by, 5)
    assert PARTLY not in page(address).content.decode()

    Book.objects.filter(id=book.id).update(month_start_day=25)

    # From 25 April to 24 May, and from 25 May to 24 June.
    seen = page(address).content.decode()
    rows = re.findall(r"<tr><th scope=\"row\">.*?</th>", seen, re.DOTALL)
    assert [text for row in rows if PARTLY in row for text in re.findall(r"\w+ 2026", row)] == [
        "May 2026",
        "April 2026",
    ]
    assert TAG not in seen


def test_a_month_s_end_says_which_days_reports_call_so(
    page: Any, places: dict[str, str], book: Book
) -> None:
    assert "Months are closed as" not in text_of(page("/month-end/2026-04"))

    Book.objects.filter(id=book.id).update(month_start_day=25)

    seen = page("/month-end/2026-04")
    assert "April 2026 is 25 Apr 2026 – 24 May 2026 there." in text_of(seen)
    assert 'href="/cash-flow?period=2026-04"' in seen.content.decode()


def test_a_transaction_says_who_closed_its_month(
    page: Any, places: dict[str, str], book: Book, by: Actor
) -> None:
    address = f"/transactions/{places['transaction']}"
    assert "is closed" not in text_of(page(address))
    close(book, by, 5)

    seen = text_of(page(address))

    assert re.search(r"May 2026 is closed : closed by Owner on .*; corrections need it re", seen)


@pytest.mark.parametrize("address", TAGGED)
def test_it_costs_the_same_however_many_months_are_closed(
    page: Any, places: dict[str, str], book: Book, by: Actor, address: str
) -> None:
    counts = []
    for months in ((), (5,), (1, 2, 3, 4)):
        close(book, by, *months)
        with CaptureQueriesContext(connection) as asked:
            page(address.format(**places))
        counts.append(len(asked))
        assert sum("FROM transactions_closedmonth " in one["sql"] for one in asked) == 1

    assert len(set(counts)) == 1
