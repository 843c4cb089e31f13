"""An account's page: every transaction once, newest first, with the balance after it."""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Changes, Draft

TODAY = date(2026, 6, 15)


@pytest.fixture
def record(book: Book, by: Actor, checking: Account, groceries: Account) -> Callable[..., Any]:
    """A maker of many transactions of 1.00, 2.00, … on the checking account, two a day."""

    def make(count: int, since: date = date(2026, 1, 1)) -> list[Any]:
        drafts = [
            Draft(
                date=since + timedelta(days=number // 2),
                description=f"Number {number}",
                account_id=checking.id,
                amount=Decimal(number + 1),
                category_id=groceries.id,
            )
            for number in range(count)
        ]
        return ledger.record(book=book, by=by, drafts=drafts)

    return make


def rows_of(answer: Any) -> list[tuple[str, str, str]]:
    """Return (description, amount, balance) of each row of the statement."""
    body = answer.content.decode()
    table = body[body.index('<table class="ledger') :].partition("</table>")[0]
    cells = [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>\s*<td.*?</tr>", table, re.DOTALL)
    ]
    return [(row[1].strip(), row[4], row[5]) for row in cells]


def link_of(answer: Any, rel: str) -> str | None:
    found = re.search(rf'class="pager".*?href="([^"]+)" rel="{rel}"', answer.content.decode())
    return found[1].replace("&amp;", "&") if found else None


def test_every_transaction_is_on_one_page_with_the_balance_after_it(
    page: Any, checking: Account, record: Any
) -> None:
    record(120)
    address = f"/accounts/{checking.id}"

    pages, query = [], "?on=2026-06-15"
    while query:
        answer = page(address + query)
        pages.append(rows_of(answer))
        query = link_of(answer, "next")

    assert [len(rows) for rows in pages] == [50, 50, 20]
    seen = [row for rows in pages for row in rows]
    assert [row[0] for row in seen] == [f"Number {number}" for number in reversed(range(120))]
    for number, (_, amount, balance) in enumerate(reversed(seen), start=1):
        assert amount == f"{number:,}.00"
        assert balance == f"{number * (number + 1) // 2:,}.00"


def test_the_way_back_shows_the_same_pages(page: Any, checking: Account, record: Any) -> None:
    record(120)
    address = f"/accounts/{checking.id}"
    first = page(address)
    second = page(address + link_of(first, "next"))
    third = page(address + link_of(second, "next"))

    back = page(address + link_of(third, "prev"))
    start = page(address + link_of(back, "prev"))

    assert rows_of(back) == rows_of(second)
    assert rows_of(start) == rows_of(first)
    assert link_of(start, "prev") is None


def test_it_says_what_it_shows(page: Any, checking: Account, record: Any) -> None:
    record(120)

    body = page(f"/accounts/{checking.id}?on=2026-02-10").content.decode()

    # Two a day from 1 January: 41 days, 82 transactions of 1 to 82.
    assert "50 of 82 entries up to 10 February 2026: 10 Feb 2026 back to 17 Jan 2026" in body
    assert "3,403.00" in body
    assert "Number 82" not in body


def test_the_balance_by_month_is_drawn_and_tabled(
    page: Any, checking: Account, record: Any
) -> None:
    record(120)

    body = page(f"/accounts/{checking.id}?on=2026-03-10").content.decode()

    for end, balance in (("January", "1,953.00"), ("February", "7,021.00"), ("March", "7,260.00")):
        assert re.search(rf">{end} 2026</a></th><td class=\"n\">{balance}<", body), end
    assert body.count('role="img"') == 2
    assert '<desc id="wide-desc">' in body


def test_two_points_are_no_chart(page: Any, checking: Account, record: Any) -> None:
    record(2)

    assert "<svg" not in page(f"/accounts/{checking.id}?on=2026-02-10").content.decode()


def test_an_account_without_transactions_says_so(page: Any, checking: Account) -> None:
    answer = page(f"/accounts/{checking.id}?on=2026-06-15")

    assert "No transactions up to 15 June 2026." in answer.content.decode()


def test_the_csv_has_all_rows(page: Any, checking: Account, record: Any) -> None:
    record(1030)

    answer = page(f"/accounts/{checking.id}?format=csv&on=2030-01-01")

    rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))
    assert len(rows) == 1030
    assert rows[0]["description"] == "Number 1029"
    assert rows[-1]["balance"] == "1.00"
    assert rows[0]["balance"] == f"{1030 * 1031 // 2}.00"


def test_the_json_is_the_page(page: Any, checking: Account, record: Any) -> None:
    record(60)

    answer = page(f"/accounts/{checking.id}?format=json&on=2026-06-15").json()

    assert (answer["entries"], len(answer["transactions"])) == (60, 50)
    assert answer["transactions"][0]["balance"] == answer["account"]["balance"] == "1830.00"
    older = page(f"/accounts/{checking.id}?format=json&on=2026-06-15&cursor={answer['older']}")
    assert older.json()["transactions"][-1]["balance"] == "1.00"


def test_statements_of_the_page_do_not_grow_with_transactions(
    page: Any, checking: Account, record: Any
) -> None:
    record(2)
    with CaptureQueriesContext(connection) as few:
        page(f"/accounts/{checking.id}")
    record(120, since=date(2026, 3, 1))

    with CaptureQueriesContext(connection) as many:
        page(f"/accounts/{checking.id}")

    assert len(few) == len(many) <= 7


def test_a_transaction_says_who_recorded_and_who_changed_it(
    page: Any, book: Book, by: Actor, person: Any, record: Any
) -> None:
    (id,) = record(1)
    editor = person("editor", book)
    ledger.correct(
        book=book,
        by=Actor(editor.id, "admin", email=editor.email),
        transaction_id=id,
        changes=Changes({"amount": Decimal("7.00"), "date": date(2026, 1, 2)}),
    )

    body = page(f"/transactions/{id}").content.decode()

    story = re.findall(r"<li>(\w+) by (\w+) through ([\w ]+),", body)
    assert story == [("Recorded", "Owner", "the API"), ("Changed", "Editor", "the admin")]
    assert "−7.00" in body
