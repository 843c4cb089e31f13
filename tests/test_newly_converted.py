"""What only got its first rate made nobody richer: net worth tells it apart from exchange rates."""

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest
from bookkeeping import Bookkeeper, own_rate
from pypdf import PdfReader

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book

pytestmark = pytest.mark.django_db(transaction=True)

MAY = "/net-worth?period=2026-05"
#: What moved net worth in a month; all of it adds up to its change.
MOVED = ("savings", "unrealised_gains", "opening_balances", "transfers")
MOVED += ("newly_converted", "exchange_rates")

Page = Callable[..., Any]


@pytest.fixture
def keeper(book: Book, by: Actor) -> Bookkeeper:
    """A book with yen since April, which have a rate since the 10th of May."""
    keeper = Bookkeeper(book, by)
    for currency, amount in (("JPY", "1000000"), ("BRL", "1000.00")):
        opened = {"opened_on": date(2026, 4, 1), "opening_balance": Decimal(amount)}
        keeper.open(currency, "checking", currency, **opened)
    own_rate(book, "JPY", "BRL", date(2026, 5, 10), "0.0361")
    return keeper


def moved(page: Page, address: str = MAY) -> dict[str, str]:
    """Return what moved net worth in the only month of an address, after adding it all up."""
    told = page(f"{address}&format=json").json()
    (month,) = told["months"]
    found = {name: month[name]["amount"] for name in MOVED}
    before, after = (Decimal(one["net_worth"]["amount"]) for one in (told["opening"], month))
    assert sum(Decimal(one) for one in found.values()) == after - before
    rates = page(f"{address.replace('net-worth', 'net-worth/rates')}&format=json").json()
    apart = rates["newly_converted"]
    assert rates["total"]["amount"] == found["exchange_rates"]
    assert apart["total"]["amount"] == found["newly_converted"]
    parts = [Decimal(one["amount"]["amount"]) for one in (*apart["held"], *apart["exchanged"])]
    assert sum(parts) == Decimal(found["newly_converted"])
    return {name: one for name, one in found.items() if Decimal(one)}


def read(answer: Any) -> list[dict[str, str]]:
    """Return the rows of a table that a page gave."""
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_a_first_rate_is_no_gain_of_exchange_rates(page: Page, keeper: Bookkeeper) -> None:
    assert moved(page) == {"newly_converted": "36100.00"}


def test_what_the_answer_shows_adds_up_and_rates_say_how(page: Page, keeper: Bookkeeper) -> None:
    own_rate(keeper.who["book"], "JPY", "BRL", date(2026, 4, 1), "0.03612345678")

    seen = page("/net-worth?period=2026-04").content.decode()
    account = page(account_of("JPY", "2026-04-30")).content.decode()

    answer = seen[seen.index('<dl class="key">') : seen.index("</dl>")]
    figures = re.findall(r">\+?([−\d,]+\.\d\d)<", answer)
    first, *steps = (Decimal(one.replace(",", "").replace("−", "-")) for one in figures)
    assert first == sum(steps) == Decimal("37123.46")
    assert "Opening balances" in answer
    assert "at 0.036123457 of" in account
    assert "at 0.03610 of" in page(account_of("JPY", "2026-05-31")).content.decode()


def account_of(name: str, on: str) -> str:
    return f"/accounts/{Account.objects.get(name=name).id}?on={on}"


def test_what_moved_in_that_month_is_told_as_ever(
    page: Page, keeper: Bookkeeper, groceries: Account
) -> None:
    yen = Account.objects.get(name="JPY")
    keeper.move(yen, date(2026, 5, 3), "-10000", category_id=groceries.id)

    # All that was there before, at the rate of the month's end.
    assert moved(page) == {"savings": "-361.00", "newly_converted": "36100.00"}


def test_a_rate_that_moved_afterwards_is_one_of_exchange_rates(
    page: Page, keeper: Bookkeeper, book: Book
) -> None:
    own_rate(book, "JPY", "BRL", date(2026, 6, 10), "0.0371")

    assert moved(page, "/net-worth?period=2026-06") == {"exchange_rates": "1000.00"}
    (_, june) = page("/net-worth?date_from=2026-05-01&date_to=2026-06-30&format=json").json()[
        "months"
    ]
    assert june["exchange_rates"]["amount"] == "1000.00"
    assert june["newly_converted"]["amount"] == "0.00"


def test_of_some_accounts_it_is_theirs(page: Page, keeper: Bookkeeper) -> None:
    yen, reais = (Account.objects.get(name=name).id for name in ("JPY", "BRL"))

    assert moved(page, f"{MAY}&accounts={yen}") == {"newly_converted": "36100.00"}
    assert moved(page, f"{MAY}&accounts={reais}") == {}


def test_what_was_exchanged_for_what_has_no_rate_is_no_loss(page: Page, keeper: Bookkeeper) -> None:
    yen, reais = (Account.objects.get(name=name) for name in ("JPY", "BRL"))
    keeper.move(
        reais, date(2026, 4, 9), "-361.00", transfer_to_id=yen.id, transfer_amount=Decimal(10000)
    )

    april = moved(page, "/net-worth?period=2026-04")

    assert april == {"opening_balances": "1000.00", "newly_converted": "-361.00"}
    assert moved(page) == {"newly_converted": "36461.00"}


def test_what_was_never_held_is_not_newly_converted(
    page: Page, book: Book, by: Actor, checking: Account
) -> None:
    keeper = Bookkeeper(book, by)
    keeper.move(checking, date(2026, 4, 9), "5.00")
    empty = keeper.open("Empty", "cash", "JPY")
    keeper.move(empty, date(2026, 4, 9), "7")
    keeper.move(empty, date(2026, 4, 10), "-7")
    own_rate(book, "JPY", "BRL", date(2026, 5, 10), "0.0361")

    assert moved(page) == {}
    assert "Newly converted" not in page(MAY).content.decode()


def test_the_page_marks_what_is_incomplete_and_states_no_change(
    page: Page, keeper: Bookkeeper
) -> None:
    told = html.unescape(page(MAY).content.decode())

    answer, _, rest = told.partition('id="months"')
    assert "not known: JPY had no rate" in answer
    assert "%" not in re.sub(r"<script.*?</script>", "", answer[answer.index("Since 30 Apr") :])
    assert "+36,100.00" not in told
    assert "Before, 30 Apr 2026 <small>without JPY: no rate</small>" in rest
    assert rest.count(">1,000.00</a> <small>without JPY: no rate</small></td>") == 1
    (address,) = set(re.findall(r'href="(/net-worth/rates[^"]+#newly-converted)">36,100.00', told))
    there = page(address).content.decode()
    assert 'id="newly-converted"' in there
    assert "36,100.00" in there
    assert '<p class="figure">0.00' in there


def test_where_both_sides_lack_the_same_the_change_is_told_and_marked(
    page: Page, keeper: Bookkeeper, salary: Account
) -> None:
    keeper.open("Won", "cash", "KRW", opened_on=date(2026, 3, 1), opening_balance=Decimal("900"))
    keeper.move(Account.objects.get(name="BRL"), date(2026, 6, 3), "50.00", category_id=salary.id)

    told = html.unescape(page("/net-worth?period=2026-06").content.decode())

    answer, _, rest = told.partition('id="months"')
    assert "+50.00</a> <small>0.1\xa0%</small> <small>without KRW: no rate</small>" in answer
    assert rest.count("without KRW: no rate") == 4


def test_it_is_said_in_portuguese(page: Page, keeper: Bookkeeper) -> None:
    told = html.unescape(page(MAY, headers={"Accept-Language": "pt-BR"}).content.decode())

    assert "não se sabe: JPY sem cotação" in told
    assert "sem JPY: sem cotação" in told
    assert "Recém-convertido" in told


def test_json_and_tables_tell_it(page: Page, keeper: Bookkeeper, api: Any) -> None:
    said = api.get("/reports/net-worth?date_from=2026-04-01&date_to=2026-05-31").json()
    answer = page("/net-worth?date_from=2026-04-01&date_to=2026-05-31&format=csv")
    rates = page("/net-worth/rates?period=2026-05&format=csv")

    april, may = said["months"]
    assert (april["complete"], may["complete"]) == (False, True)
    assert april["not_converted"] == [{"amount": "1000000", "currency": "JPY"}]
    assert said["opening"]["not_converted"] == may["not_converted"] == []
    rows = read(answer)
    assert [(row["complete"], row["without"]) for row in rows] == [("", "JPY"), ("yes", "")]
    assert [row["newly converted"] for row in rows] == ["0.00", "36100.00"]
    assert [row["exchange rates"] for row in rows] == ["0.00", "0.00"]
    (row,) = read(rates)
    assert (row["exchange rates"], row["newly converted"]) == ("", "36100.00")


def test_the_accountants_pack_tells_it(keeper: Bookkeeper, api: Any) -> None:
    answer = api.get("/reports/accountants-pack?period=2026-05")

    archive = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    pages = PdfReader(io.BytesIO(files["report.pdf"])).pages
    paper = " ".join(" ".join(one.extract_text().split()) for one in pages)
    assert "30 Apr 2026 without JPY: no rate 1,000.00 0.00 1,000.00" in paper
    assert "31 May 2026 37,100.00" in paper
    (row,) = csv.DictReader(io.StringIO(files["net-worth.csv"].decode()))
    assert (row["newly converted"], row["exchange rates"]) == ("36100.00", "0.00")
    (left_out,) = csv.DictReader(io.StringIO(files["not-converted.csv"].decode()))
    assert left_out == {
        "report": "net-worth",
        "amount": "1000000",
        "currency": "JPY",
        "of": "2026-04-30",
    }
