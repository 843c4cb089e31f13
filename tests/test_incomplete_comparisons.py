"""Reports say what is left out of what they compare with; no change is told that nobody knows."""

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from bookkeeping import Bookkeeper, own_rate
from pypdf import PdfReader

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book

pytestmark = pytest.mark.django_db(transaction=True)

MAY = "period=2026-05"
YEN = {"amount": "10000", "currency": "JPY"}

Page = Callable[..., Any]


@pytest.fixture
def keeper(
    book: Book, by: Actor, checking: Account, groceries: Account, salary: Account
) -> Bookkeeper:
    """A book that spends yen each month, which have a rate since the 10th of May."""
    keeper = Bookkeeper(book, by)
    yen = keeper.open("Yen", "checking", "JPY")
    food = chart.create_category(
        book=book, by=by, name="Sushi", type="expense", parent_id=groceries.id
    )
    for month in (4, 5):
        keeper.move(yen, date(2026, month, 15), "-10000", category_id=food.id)
        keeper.move(checking, date(2026, month, 16), f"{month}.00", category_id=salary.id)
    own_rate(book, "JPY", "BRL", date(2026, 5, 10), "0.0361")
    return keeper


def of(page: Page, address: str) -> str:
    """Return what a page says, without what it does not show."""
    return " ".join(html.unescape(page(address).content.decode()).split())


def test_json_says_what_is_left_out_of_what_it_is_compared_with(
    api: Any, keeper: Bookkeeper
) -> None:
    flow = api.get(f"/reports/cash-flow?{MAY}").json()
    spent = api.get(f"/reports/spending?{MAY}").json()

    assert flow["not_converted"] == spent["not_converted"] == []
    assert flow["before"]["complete"] is spent["before"]["complete"] is False
    assert spent["before"]["not_converted"] == [YEN]
    assert flow["before"]["not_converted"] == [YEN | {"amount": "-10000"}]
    assert flow["year_before"]["complete"] is spent["year_before"]["complete"] is True
    assert flow["year_before"]["not_converted"] == spent["year_before"]["not_converted"] == []


def test_spending_states_no_change_that_nobody_knows(page: Page, keeper: Bookkeeper) -> None:
    told = of(page, f"/spending?{MAY}")

    answer, _, rest = told.partition("By category")
    assert "+361.00" not in re.sub("May 2025.*", "", answer)
    assert ">0.00</a> <small>without JPY: no rate</small> · <small>not known: JPY had" in answer
    assert "Not converted and not counted, April 2026:</b> 10,000 JPY." in rest
    # The category, the one above it, and all of them.
    assert rest.count("without JPY: no rate") == 3
    assert "against=before" not in told
    # A year ago nothing was spent: that is known.
    assert "against=year-before" in answer


def test_cash_flow_states_no_change_that_nobody_knows(page: Page, keeper: Bookkeeper) -> None:
    told = of(page, f"/cash-flow?{MAY}")

    compared = told[told.index("Compared") :]
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', compared))
    assert "+1.00" in rows["Income"]
    assert "without JPY" not in rows["Income"]
    for name in ("Expenses", "Saved"):
        assert rows[name].count("without JPY: no rate") == 1
        assert rows[name].count("not known: JPY had no rate") == 1
        assert "against=before" not in rows[name]
    assert "Not converted and not counted, April 2026:</b> −10,000 JPY." in compared


def test_where_both_lack_the_same_the_change_is_told_and_both_are_marked(
    page: Page, keeper: Bookkeeper, checking: Account, groceries: Account
) -> None:
    keeper.move(checking, date(2026, 4, 2), "-7.00", category_id=groceries.id)
    keeper.move(Account.objects.get(name="Yen"), date(2026, 3, 2), "-5", category_id=groceries.id)

    told = of(page, "/spending?period=2026-04")

    before, _, year_before = told.partition("April 2025")
    assert ">+7.00</a>" in before
    assert "not known" not in before
    assert "not known: JPY had no rate" in year_before
    # Groceries, now and before; sushi now; all of it, above and below the table.
    assert told.count("without JPY: no rate") == 2 + 1 + 3
    assert "Not converted and not counted:</b> 10,000 JPY" in told
    assert "Not converted and not counted, March 2026:</b> 5 JPY" in told


def test_it_is_said_in_portuguese(page: Page, keeper: Bookkeeper) -> None:
    told = html.unescape(
        page(f"/spending?{MAY}", headers={"Accept-Language": "pt-BR"}).content.decode()
    )

    assert "não se sabe: JPY sem cotação" in told
    assert "Sem conversão e não contado, abril de 2026:" in told


def test_the_table_says_what_is_complete(page: Page, keeper: Bookkeeper) -> None:
    answer = page(f"/spending?{MAY}&format=csv")

    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    told = [
        [row[name] for name in ("complete", "period before complete", "year before complete")]
        for row in rows
    ]
    assert told == [["yes", "", "yes"]] * 2


def test_a_category_that_had_only_what_has_no_rate_is_told(page: Page, keeper: Bookkeeper) -> None:
    # Before are the fortnight's days until the 16th.
    told = page("/spending?date_from=2026-04-17&date_to=2026-04-30&format=json").json()

    assert told["before"]["not_converted"] == [YEN]
    found = [(one["name"], one["count"], one["before"]) for one in told["categories"]]
    assert found == [("Groceries", 0, "0.00"), ("Sushi", 0, "0.00")]


def test_the_accountants_pack_tells_it(keeper: Bookkeeper, api: Any) -> None:
    answer = api.get(f"/reports/accountants-pack?{MAY}")

    archive = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    pages = PdfReader(io.BytesIO(files["report.pdf"])).pages
    paper = " ".join(" ".join(one.extract_text().split()) for one in pages)
    assert "Period before: Not converted and not counted: 10,000 JPY" in paper
    rows = csv.DictReader(io.StringIO(files["not-converted.csv"].decode()))
    told = {(row["report"], row["of"]): row["amount"] for row in rows}
    assert told["spending", "period before"] == "10000"
    assert told["cash-flow", "period before"] == "-10000"
    assert "period before complete" in files["spending.csv"].decode()
