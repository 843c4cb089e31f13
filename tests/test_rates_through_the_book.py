"""Where no rate leads from one currency to another, the book's own do through its currency."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, own_rate, rate
from conftest import Api
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from raw import run
from telling import now
from test_accountants_pack import Opened

from accounts.models import BookRate
from accounts.rates import Rate, Rates
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book, User
from reports.known import as_known
from reports.queries import portfolio_overview
from transactions import services as ledger

YESTERDAY = TODAY - timedelta(days=1)
EARLIER = TODAY - timedelta(days=9)
THROUGH = {
    "rate": "0.0080000000",
    "as_of": YESTERDAY.isoformat(),
    "source": "bank, own",
    "status": "carried",
}


def worth(book: Book, currency: str = "JPY", target: str = "USD", on: date = TODAY) -> Rate:
    """Return what one unit of a currency was worth."""
    found = Rates.read(book.id, book.base_currency, target, [currency], [on])
    return found.rate(currency, on)


@pytest.fixture
def quoted(book: Book) -> None:
    """A yen is 0.04 reais, a dollar 5: both are the book's own, of two days and two sources."""
    own_rate(book, "JPY", "BRL", YESTERDAY, "0.04")
    own_rate(book, "USD", "BRL", TODAY, "5")
    BookRate.objects.filter(base="USD").update(source="bank")


@pytest.fixture
def yen(book: Book, by: Actor, quoted: None) -> None:
    """Ten thousand yen."""
    keeper = Bookkeeper(book, by)
    keeper.move(keeper.open("Yen", "savings", "JPY"), EARLIER, "10000")


def test_it_says_both_sources_and_the_older_day(book: Book, quoted: None) -> None:
    assert worth(book) == Rate("carried", Decimal("0.008"), YESTERDAY, "bank, own")
    assert worth(book, "USD", "JPY") == Rate("carried", Decimal(125), YESTERDAY, "bank, own")
    assert worth(book, on=YESTERDAY).status == "missing"

    own_rate(book, "BRL", "JPY", TODAY, "20")

    assert worth(book) == Rate("exact", Decimal("0.01"), TODAY, "bank, own")


@pytest.mark.parametrize(
    "there", [("JPY", "USD", "0.009"), ("USD", "JPY", "100")], ids=["direct", "inverse"]
)
def test_what_is_quoted_for_the_pair_goes_before_it_however_old(
    book: Book, quoted: None, there: tuple[str, str, str]
) -> None:
    base, quote, value = there
    rate(base, quote, EARLIER, value)

    assert (worth(book).source, worth(book).as_of) == ("test", EARLIER)


def test_so_does_a_cross_through_the_euro(book: Book, quoted: None) -> None:
    rate("EUR", "JPY", EARLIER, "150")
    rate("EUR", "USD", EARLIER, "1.2")

    assert worth(book) == Rate("carried", Decimal("0.008"), EARLIER, "test")


def test_a_half_may_be_shared_or_itself_a_cross(book: Book) -> None:
    own_rate(book, "BTC", "BRL", TODAY, "300000")
    rate("EUR", "BRL", YESTERDAY, "6")
    rate("EUR", "USD", EARLIER, "1.2")

    assert worth(book, "BTC", "EUR") == Rate("carried", Decimal(50000), YESTERDAY, "own, test")
    assert worth(book, "BTC", "USD") == Rate("carried", Decimal(60000), EARLIER, "own, test")


def test_shared_rates_alone_cross_through_no_book(book: Book) -> None:
    rate("JPY", "BRL", TODAY, "0.04")
    rate("USD", "BRL", TODAY, "5")
    before = worth(book).status
    own_rate(book, "GBP", "BRL", TODAY, "7")

    assert (before, worth(book).status) == ("missing", "missing")


def test_another_book_s_rates_lead_nowhere(book: Book, quoted: None) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")

    assert worth(other).status == "missing"


def test_all_of_it_is_read_in_one_query(book: Book, quoted: None) -> None:
    days = [TODAY - timedelta(days=30 * n) for n in range(12)]

    with CaptureQueriesContext(connection) as seen:
        found = Rates.read(book.id, "BRL", "USD", ["JPY", "BRL", "GBP"], days)

    assert len(seen) == 1
    assert [found.rate(one, TODAY).status for one in ("JPY", "BRL", "GBP")] == [
        "carried",
        "exact",
        "missing",
    ]
    assert found.values("JPY", [EARLIER, TODAY]) == [None, Decimal("0.008")]


# Every place tells the same


def test_an_amount_is_converted_through_it(api: Api, quoted: None) -> None:
    found = api.get(f"/exchange-rates/convert?amount=10000&from=JPY&to=USD&on={TODAY}").json()

    assert found.pop("converted") == {"amount": "80.00", "currency": "USD"}
    assert {**found, "amount": None} == {"amount": None, **THROUGH}


def test_every_report_counts_it(api: Api, yen: None) -> None:
    overview = api.get(f"/reports/accounts/portfolio-overview?on={TODAY}&currency=USD").json()
    period = f"date_from=2026-06-01&date_to={TODAY}&currency=USD"
    worth = api.get(f"/reports/net-worth?{period}").json()

    assert overview["net_worth"] == {"amount": "80.00", "currency": "USD"}
    assert overview["not_converted"] == worth["not_converted"] == []
    assert overview["accounts"][0]["conversion"] == THROUGH
    assert worth["months"][-1]["net_worth"]["amount"] == "80.00"


def test_pages_and_files_tell_it(client: Client, owner: User, yen: None) -> None:
    client.force_login(owner)

    page = client.get(f"/accounts?on={TODAY}&currency=USD").content.decode()
    file = client.get(f"/accounts?on={TODAY}&currency=USD&format=csv")
    rows = b"".join(file.streaming_content).decode()

    assert "There is no rate" not in page
    assert "bank, the book's own" in unescape(page)
    assert ',80.00,0.0080000000,2026-06-14,"bank, own",carried' in rows


def test_the_accountant_s_pack_tells_it(api: Api, yen: None) -> None:
    days = f"date_from=2026-06-01&date_to={TODAY}"
    opened = Opened(api.get(f"/reports/accountants-pack?{days}&currency=USD"))

    rates = [row for row in opened.rows("rates-used.csv") if row["currency"] == "JPY"]
    assert {row["source"] for row in rates if row["status"] != "missing"} == {"bank, own"}
    assert opened.rows("not-converted.csv") == []


def test_reports_cost_no_more_statements(book: Book, yen: None) -> None:
    with CaptureQueriesContext(connection) as own:
        portfolio_overview(book, TODAY)
    with CaptureQueriesContext(connection) as foreign:
        portfolio_overview(book, TODAY, "USD")

    assert len(foreign) == len(own)


@pytest.mark.django_db(transaction=True)
def test_it_is_remembered_until_the_rates_or_the_book_s_currency_change(
    book: Book, yen: None
) -> None:
    def told() -> tuple[Any, int]:
        with CaptureQueriesContext(connection) as seen:
            found = portfolio_overview(book, TODAY, "USD")
        return found.accounts[0].converted, len(seen)

    told()
    assert (str(told()[0].amount), told()[1]) == ("80.00", 1)
    BookRate.objects.filter(base="JPY").update(rate=Decimal("0.05"))
    assert str(told()[0].amount) == "100.00"
    run("UPDATE buffet_book SET base_currency = 'EUR'")
    assert told()[0] is None


@pytest.mark.django_db(transaction=True)
def test_as_known_it_leads_through_the_currency_of_then(book: Book, yen: None) -> None:
    at = now()
    BookRate.objects.filter(base="JPY").update(rate=Decimal("0.05"))
    run("UPDATE buffet_book SET base_currency = 'EUR'")

    with as_known(book, at) as then:
        (line,) = portfolio_overview(then, TODAY, "USD").accounts

    assert line.rate == Rate("carried", Decimal("0.008"), YESTERDAY, "bank, own")


def test_a_rate_that_is_half_of_it_in_a_closed_month_stays(
    book: Book, by: Actor, yen: None
) -> None:
    ledger.close_month(book=book, by=by, month=date(2026, 6, 1), today=date(2026, 7, 3))
    (half,) = BookRate.objects.filter(base="JPY")

    for change in (
        lambda: ledger.delete_own_rate(book=book, by=by, rate_id=half.id),
        lambda: ledger.change_own_rate(book=book, by=by, rate_id=half.id, rate=Decimal(1)),
    ):
        with pytest.raises(Invalid, match="2026-06 is closed"):
            change()

    assert worth(book).rate == Decimal("0.008")
