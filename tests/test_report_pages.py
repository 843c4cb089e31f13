"""The pages of periods: four faces of one question, each figure with the rows that make it."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from bookkeeping import Bookkeeper, rate
from charting import Chart
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger

PAGES = ("/cash-flow", "/spending", "/net-worth", "/trial-balance")
#: Its figures and its address in the API have tests of their own.
INVESTMENTS = "/investments"
MAY = "period=2026-05"


@pytest.fixture
def kept(
    book: Book, by: Actor, checking: Account, salary: Account, groceries: Account
) -> Bookkeeper:
    """A book with two months of salary, groceries by card, a refund and the bill's payment."""
    keeper = Bookkeeper(book, by)
    card = keeper.open("Card", "credit_card", "BRL")
    for month in (4, 5):
        keeper.move(checking, date(2026, month, 5), "3000.00", category_id=salary.id)
        keeper.move(card, date(2026, month, 10), "-400.00", category_id=groceries.id)
        keeper.move(card, date(2026, month, 30), "-100.00", category_id=groceries.id)
    keeper.move(card, date(2026, 5, 31), "50.00", category_id=groceries.id)
    keeper.move(checking, date(2026, 5, 20), "-500.00", transfer_to_id=card.id)
    return keeper


def links(answer: Any, path: str) -> list[tuple[str, str]]:
    """Return the links of a page to a path, with the figures that they stand on."""
    found = re.findall(rf'<a href="({path}\?[^"]*)">([^<]*)</a>', answer.content.decode())
    return [(unescape(url), figure) for url, figure in found]


def number(figure: str) -> Decimal:
    return Decimal(figure.replace(",", "").replace("−", "-"))


def test_the_reports_without_a_place_above_are_led_to(page: Any, kept: Bookkeeper) -> None:
    said = {path: page(path).content.decode() for path in ("/", "/export", "/month-end/2026-05")}

    assert 'href="/net-worth"' in said["/"]
    assert 'href="/trial-balance"' in said["/export"]
    assert (
        'href="/trial-balance?date_from=2026-05-01&amp;date_to=2026-05-31"'
        in said["/month-end/2026-05"]
    )
    assert page("/trial-balance?date_from=2026-05-01&date_to=2026-05-31").status_code == 200
    assert page("/net-worth?on=2026-05-31").status_code == 200


def test_a_purchase_by_card_counts_once_and_a_refund_is_taken_off(
    page: Any, kept: Bookkeeper
) -> None:
    found = page(f"/cash-flow?{MAY}&format=json").json()

    assert found["total"] == {
        "income": {"amount": "3000.00", "currency": "BRL"},
        "expenses": {"amount": "450.00", "currency": "BRL"},
        "savings": {"amount": "2550.00", "currency": "BRL"},
        "investments": {"amount": "0.00", "currency": "BRL"},
        "savings_rate": "85.0",
    }
    assert found["before"]["expenses"]["amount"] == "500.00"


def test_the_last_day_of_a_range_belongs_to_it(page: Any, kept: Bookkeeper) -> None:
    until_30, until_31 = (
        page(f"/spending?date_from=2026-05-01&date_to=2026-05-{day}&format=json").json()
        for day in (30, 31)
    )

    assert until_30["total"]["amount"] == "500.00"
    assert until_31["total"]["amount"] == "450.00"


def test_months_of_spending_are_the_newest_first_since_something_was_spent(
    page: Any, kept: Bookkeeper
) -> None:
    seen = page("/spending?date_from=2025-06-01&date_to=2026-05-31").content.decode()

    table = seen[seen.index('<table class="matrix">') :]
    heading = table[: table.index("</thead>")]
    months = re.findall(r"(\w{3} \d{4})", heading)
    assert months == ["May 2026", "Apr 2026"]


def test_days_in_the_middle_of_months_are_counted_to_the_day(page: Any, kept: Bookkeeper) -> None:
    found = page("/spending?date_from=2026-04-11&date_to=2026-05-10&format=json").json()

    assert [one["total"]["amount"] for one in found["months"]] == ["100.00", "400.00"]


def test_a_month_of_the_book_may_begin_on_the_25th(page: Any, kept: Bookkeeper) -> None:
    Book.objects.filter(id=kept.who["book"].id).update(month_start_day=25)

    found = page("/spending?period=2026-04&format=json").json()

    assert found["period"] == {"name": "2026-04", "since": "2026-04-25", "until": "2026-05-24"}
    assert found["total"]["amount"] == "500.00"


@pytest.mark.parametrize("path", PAGES)
def test_the_api_says_what_the_page_says(page: Any, api: Any, kept: Bookkeeper, path: str) -> None:
    ours = page(f"{path}?{MAY}&format=json").json()

    assert api.get(f"/reports{path}?{MAY}").json() == ours


@pytest.mark.parametrize("path", PAGES)
def test_every_figure_of_a_page_is_the_sum_of_its_rows(
    page: Any, kept: Bookkeeper, path: str
) -> None:
    answer = page(f"{path}?date_from=2026-04-11&date_to=2026-06-01")

    found = links(answer, "/rows")

    assert len(found) > 3 or path == "/net-worth"
    for url, figure in found:
        if re.fullmatch(r"[−\d.,]+", figure):
            rows = page(f"{url}&format=json").json()
            total = Decimal(rows["total"]["amount"])
            assert total == sum(Decimal(row["amount"]) for row in rows["rows"]), url
            if path != "/trial-balance":
                assert abs(total) == abs(number(figure)), url


def test_debits_and_credits_of_an_account_are_the_sums_of_its_rows(
    page: Any, kept: Bookkeeper, checking: Account
) -> None:
    document = page(f"/trial-balance?{MAY}&format=json").json()
    (line,) = (one for one in document["accounts"] if one["id"] == str(checking.id))

    rows = page(f"/rows?account={checking.id}&{MAY}&format=json").json()["rows"]

    amounts = [Decimal(row["amount"]) for row in rows]
    assert sum(one for one in amounts if one > 0) == Decimal(line["debit"])
    assert -sum(one for one in amounts if one < 0) == Decimal(line["credit"])


def test_what_moved_accounts_that_are_gone_is_in_no_trial_balance(
    page: Any, kept: Bookkeeper, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    said, spare = Chart(book, by), kept.open("Spare", "checking", "BRL")
    food = said.category("Food")
    kept.move(checking, date(2026, 5, 6), "-7.00", category_id=food.id)
    id = kept.move(spare, date(2026, 5, 7), "-3.00", category_id=food.id)
    (before,) = page(f"/trial-balance?{MAY}&format=json").json()["totals"]
    ledger.delete(book=book, by=by, transaction_ids=[id])
    said.delete(spare)
    said.merge(food, groceries)

    answer = page(f"/trial-balance?{MAY}&format=json")
    pack = page(f"/accountants-pack?{MAY}")
    pack.close()

    assert (answer.status_code, pack.status_code) == (200, 200)
    assert not {"Food", "Spare"} & {one["name"] for one in answer.json()["accounts"]}
    (after,) = answer.json()["totals"]
    assert Decimal(before["debit"]) - Decimal(after["debit"]) == 3


def test_what_has_no_rate_is_named_and_not_counted(page: Any, kept: Bookkeeper) -> None:
    yen = kept.open("Yen", "checking", "JPY")
    kept.move(yen, date(2026, 5, 7), "-1000", category_id=_groceries(kept).id)

    found = page(f"/spending?{MAY}&format=json").json()
    seen = page(f"/spending?{MAY}").content.decode()

    assert found["total"]["amount"] == "450.00"
    assert found["not_converted"] == [{"amount": "1000", "currency": "JPY"}]
    assert "Not converted and not counted:" in seen
    assert "1,000 JPY" in seen


def _groceries(kept: Bookkeeper) -> Account:
    return Account.objects.get(book=kept.who["book"], name="Groceries")


def test_each_month_is_converted_at_the_rate_of_its_last_day(page: Any, kept: Bookkeeper) -> None:
    dollars = kept.open("Dollars", "checking", "USD")
    rate("USD", "BRL", date(2026, 5, 29), "5.10")
    rate("USD", "BRL", date(2026, 4, 30), "5.00")
    for month in (4, 5):
        kept.move(dollars, date(2026, month, 3), "-10.00", category_id=_groceries(kept).id)

    found = page("/spending?date_from=2026-04-01&date_to=2026-05-31&format=json").json()

    assert [one["total"]["amount"] for one in found["months"]] == ["550.00", "501.00"]
    assert [
        (one["month"], one["conversion"]["rate"], one["conversion"]["status"])
        for one in found["conversions"]
    ] == [("2026-04", "5.00000000", "exact"), ("2026-05", "5.10000000", "carried")]


def test_csv_has_the_figures_and_no_formula(page: Any, kept: Bookkeeper) -> None:
    kept.move(
        _checking(kept), date(2026, 5, 3), "-5.00", description="=HYPERLINK(1)",
        category_id=_groceries(kept).id,
    )  # fmt: skip

    answer = page(f"/rows?type=expense&{MAY}&format=csv")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0][0] == "date"
    assert sum(Decimal(row[6]) for row in rows[1:]) == Decimal("-455.00")
    assert "'=HYPERLINK(1)" in [row[1] for row in rows]


def _checking(kept: Bookkeeper) -> Account:
    return Account.objects.get(book=kept.who["book"], name="Checking")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [*PAGES, INVESTMENTS, "/rows?type=expense"])
def test_a_reader_who_has_the_page_is_told_so_until_the_book_changes(
    page: Any, kept: Bookkeeper, path: str
) -> None:
    page(path)  # which sets the cookie of the forms
    tag = page(path)["ETag"]

    with CaptureQueriesContext(connection) as asked:
        again = page(path, headers={"If-None-Match": tag})
    kept.move(_checking(kept), date(2026, 5, 3), "-5.00", category_id=_groceries(kept).id)
    after = page(path, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert len(asked) <= 3
    assert after.status_code == 200


@pytest.mark.parametrize("path", [*PAGES, INVESTMENTS, "/rows?type=expense"])
def test_a_page_takes_as_many_statements_for_one_row_as_for_many(
    page: Any, kept: Bookkeeper, path: str
) -> None:
    counts = []
    for number in range(3):
        kept.move(
            kept.open(f"Bank {number}", "checking", "BRL"),
            date(2026, 5, 3),
            "-5.00",
            category_id=_groceries(kept).id,
        )
        with CaptureQueriesContext(connection) as asked:
            page(path)
        counts.append(len(asked))

    assert counts[0] == counts[-1]
    # Within a test's transaction nothing is remembered.
    assert counts[0] <= 8


def test_narrowed_to_an_account_only_what_went_through_it_counts(
    page: Any, kept: Bookkeeper
) -> None:
    kept.move(_checking(kept), date(2026, 5, 3), "-5.00", category_id=_groceries(kept).id)

    found = page(f"/spending?{MAY}&accounts={_checking(kept).id}&format=json").json()

    assert found["total"]["amount"] == "5.00"


@pytest.mark.parametrize("path", [*PAGES, INVESTMENTS])
@pytest.mark.parametrize(
    "query", ["period=never", "date_from=2026-02-30", "currency=XXX", "nonsense=1", "accounts=1"]
)
def test_what_cannot_be_asked_is_refused_by_name(
    page: Any, kept: Bookkeeper, path: str, query: str
) -> None:
    answer = page(f"{path}?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.content.decode()


@pytest.mark.parametrize("path", ["/net-worth", "/net-worth/rates", INVESTMENTS])
def test_what_is_not_of_categories_cannot_be_narrowed_to_some(
    page: Any, kept: Bookkeeper, path: str, groceries: Account
) -> None:
    answer = page(f"{path}?categories={groceries.id}")

    assert answer.status_code == 400
    assert "<code>?categories</code>" in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/spending?accounts={account}",
        "/spending?categories={category}",
        "/cash-flow?accounts={account}",
        "/cash-flow?categories={category}",
        "/net-worth?accounts={account}",
        "/trial-balance?accounts={account}",
        "/investments?accounts={account}",
        "/rows?account={account}",
        "/rows?category={category}",
        "/rows?type=expense&accounts={account}",
    ],
)
def test_another_books_account_is_not_found(
    page: Any, kept: Bookkeeper, person: Any, path: str
) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL", time_zone="UTC")
    stranger = person("stranger", other)
    theirs = Bookkeeper(other, Actor(stranger.id, "api", email=stranger.email))
    account = theirs.open("Theirs", "checking", "BRL")
    category = chart.create_category(**theirs.who, name="Theirs", type="expense")

    answer = page(path.format(account=account.id, category=category.id))

    assert answer.status_code == 404


def test_an_empty_book_says_what_to_do(page: Any, book: Book) -> None:
    assert "Record a transaction" in page("/cash-flow").content.decode()
    assert "Record an expense" in page("/spending").content.decode()
    assert page("/net-worth").status_code == 200
    assert "will show every account" in page("/trial-balance").content.decode()


def test_the_period_goes_along_to_other_pages(page: Any, kept: Bookkeeper) -> None:
    seen = page(f"/cash-flow?{MAY}").content.decode()

    assert 'href="/spending?period=2026-05"' in seen
    assert "31 May 2026" in page(f"/?{MAY}").content.decode()


def test_a_timeline_has_every_day_and_is_not_endless(api: Any, kept: Bookkeeper) -> None:
    account = _checking(kept)

    found = api.get(f"/reports/accounts/{account.id}/timeline?{MAY}").json()
    endless = api.get(
        f"/reports/accounts/{account.id}/timeline?date_from=2020-01-01&date_to=2026-01-01"
    )

    assert [len(found["days"]), found["opening"]] == [31, "3000.00"]
    assert {day["date"]: day["balance"] for day in found["days"]}["2026-05-20"] == "5500.00"
    assert endless.status_code == 400
    assert endless.json()["errors"][0]["pointer"] == "?date_from"


def test_no_period_lies_before_the_first_year(page: Any, checking: Account) -> None:
    first = page("/cash-flow?period=1900").content.decode()
    second = page("/cash-flow?period=1901").content.decode()

    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
    assert 'href="?period=1900" rel="prev"' in second
