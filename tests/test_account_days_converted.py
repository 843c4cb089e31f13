"""An account day by day in another currency: each balance at the rate of its own day."""

import csv
import re
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from html import unescape
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, own_rate, rate
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, BookRate, ExchangeRate
from buffet.audit import Actor
from buffet.models import Book
from buffet.remembering import forget
from reports.asking import Asked
from reports.periods import Period, named
from reports.queries.timeline import timeline
from transactions.models import Entry

DAYS = "date_from=2026-05-01&date_to=2026-05-31"


@pytest.fixture
def dollars(book: Book, by: Actor) -> Account:
    """An account in dollars that moves before and in May, when they were quoted three times.

    Nobody knows what they cost before the 6th; the book has a rate of its own on the 20th.
    """
    keeper = Bookkeeper(book, by)
    opened = keeper.open("Dollars", "checking", "USD")
    for day, amount in (
        (date(2026, 4, 2), "100.01"),
        (date(2026, 5, 7), "0.33"),
        (date(2026, 5, 7), "-0.03"),
        (date(2026, 5, 22), "-150.00"),
    ):
        keeper.move(opened, day, amount)
    for day, price in ((date(2026, 5, 6), "5.43215"), (date(2026, 5, 20), "6")):
        rate("USD", "BRL", day, price)
    own_rate(book, "USD", "BRL", date(2026, 5, 20), "5.75")
    return opened


def test_each_balance_is_converted_at_the_rate_of_its_day(
    api: Any, book: Book, dollars: Account
) -> None:
    quoted = dict(ExchangeRate.objects.values_list("on", "rate"))
    quoted |= dict(BookRate.objects.values_list("on", "rate"))

    told = api.get(f"/reports/accounts/{dollars.id}/timeline?{DAYS}&currency=BRL").json()

    assert (told["currency"], len(told["days"])) == ("USD", 31)
    for one in told["days"]:
        on = date.fromisoformat(one["date"])
        entries = Entry.objects.filter(account=dollars, date__lte=on).values_list("amount")
        balance = sum((amount for (amount,) in entries), Decimal(0))
        known = [day for day in sorted(quoted) if day <= on]
        assert Decimal(one["balance"]) == balance
        if not known:
            assert one["converted"] is None
            assert one["conversion"] == {
                "rate": None,
                "as_of": None,
                "source": "",
                "status": "missing",
            }
            continue
        worth = (balance * quoted[known[-1]]).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        assert one["converted"] == {"amount": f"{worth}", "currency": "BRL"}
        assert Decimal(one["conversion"]["rate"]) == quoted[known[-1]]
        assert one["conversion"]["as_of"] == f"{known[-1]}"
        assert one["conversion"]["status"] == ("exact" if known[-1] == on else "carried")
    assert {one["conversion"]["status"] for one in told["days"]} == {"missing", "exact", "carried"}


def test_the_last_day_is_what_the_balances_of_that_day_say(
    api: Any, book: Book, dollars: Account
) -> None:
    for currency in ("BRL", "USD", "EUR"):
        told = api.get(f"/reports/accounts/{dollars.id}/timeline?{DAYS}&currency={currency}").json()
        held = api.get(f"/reports/accounts/balances?on=2026-05-31&currency={currency}").json()

        (line,) = held["accounts"]
        last = told["days"][-1]
        assert [last[name] for name in ("balance", "converted", "conversion")] == [
            line[name] for name in ("balance", "converted", "conversion")
        ]


def test_it_is_told_in_no_currency_but_its_own_unless_one_is_asked_for(
    api: Any, page: Any, dollars: Account
) -> None:
    plain = api.get(f"/reports/accounts/{dollars.id}/timeline?{DAYS}").json()
    more = api.get(f"/reports/accounts/{dollars.id}/timeline?{DAYS}&currency=BRL").json()
    seen = page(f"/accounts/{dollars.id}/days?{DAYS}").content.decode()
    own = page(f"/accounts/{dollars.id}/days?{DAYS}&currency=USD").content.decode()

    assert {*plain["days"][0]} == {"date", "moved", "count", "balance"}
    for one in more["days"]:
        del one["converted"], one["conversion"]
    assert more == plain
    for one in (seen, own):
        assert "The rates used" not in one
        assert 'class="n converted"' not in one


def test_its_faces_tell_the_same(api: Any, page: Any, dollars: Account) -> None:
    asked = f"{DAYS}&currency=BRL"
    told = api.get(f"/reports/accounts/{dollars.id}/timeline?{asked}").json()

    days = f"/accounts/{dollars.id}/days?{asked}"
    table = page(f"{days}&format=csv").getvalue().decode()
    seen = page(days).content.decode()

    assert page(f"{days}&format=json").json() == told
    rows = [*csv.DictReader(table.splitlines())]
    assert [
        [row[name] for name in ("date", "in BRL", "rate", "rate date", "rate source")]
        + [row["rate status"]]
        for row in rows
    ] == [
        [
            one["date"],
            one["converted"]["amount"] if one["converted"] else "",
            one["conversion"]["rate"] or "",
            one["conversion"]["as_of"] or "",
            one["conversion"]["source"],
            one["conversion"]["status"],
        ]
        for one in told["days"]
    ]
    assert page(f"{days}&format=xlsx").getvalue()[:2] == b"PK"
    figures = re.findall(r'<span class="word">BRL</span> <a href="[^"]+">([^<]+)<', seen)
    amounts = [one["converted"]["amount"] for one in reversed(told["days"]) if one["converted"]]
    assert [one.replace("−", "-").replace(",", "") for one in figures] == amounts
    assert seen.count('<td class="n converted">no rate</td>') == 5
    rates = re.findall(r"<td>USD</td><td class=\"n\">([^<]*)</td><td>([^<]*)</td>", seen)
    assert len(rates) == 31
    assert rates[0][0] == "5.7500"
    assert rates[0][1].startswith("20 May 2026, carried")


def test_each_converted_figure_leads_to_the_account_in_that_currency(
    page: Any, dollars: Account
) -> None:
    seen = page(f"/accounts/{dollars.id}/days?{DAYS}&currency=BRL").content.decode()

    links = re.findall(r'href="(/accounts\?[^"]+)">([−\d][^<]*)</a>', seen)
    assert len(links) == 27
    for address, figure in links[::9]:
        told = page(f"{unescape(address)}&format=json").json()
        assert told["net_worth"]["amount"] == figure.replace("−", "-").replace(",", "")
        assert [one["id"] for one in told["accounts"]] == [str(dollars.id)]
    assert f'In BRL</dt><dd><a href="{links[0][0]}' in seen


def test_days_on_which_nothing_moved_are_converted_too(page: Any, dollars: Account) -> None:
    seen = page(f"/accounts/{dollars.id}/days?period=2026-06&currency=BRL").content.decode()

    # 49.69 dollars less than nothing, at 5.75.
    assert re.search(r"In BRL</dt><dd><a [^>]*>−285.72<", seen)
    assert len(re.findall(r"<td>USD</td><td class=\"n\">", seen)) == 1


def test_what_is_no_currency_is_refused(api: Any, page: Any, dollars: Account) -> None:
    # XXX is what ISO 4217 calls no currency.
    for currency in ("", "XXX", "real"):
        answer = api.get(f"/reports/accounts/{dollars.id}/timeline?currency={currency}")

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "?currency"
        # A field of a page that is left empty asks for nothing.
        status = 400 if currency else 200
        assert page(f"/accounts/{dollars.id}/days?currency={currency}").status_code == status


@pytest.mark.django_db(transaction=True)
def test_rates_of_many_days_are_one_statement_until_they_change(
    book: Book, by: Actor, dollars: Account
) -> None:
    def told(currency: str) -> tuple[int, Decimal | None]:
        asked = Asked(book.id, 0, 0, TODAY, "BRL", named("last-24-months", TODAY))
        with CaptureQueriesContext(connection) as sent:
            last = timeline(asked, dollars.id, currency).days[-1]
        return len(sent), None if last.converted is None else last.converted.amount

    forget()
    assert [told(""), told("BRL"), told("BRL")] == [
        (1, None),
        (2, Decimal("-285.72")),
        (1, Decimal("-285.72")),
    ]
    assert told("USD") == (1, Decimal("-49.69"))
    Bookkeeper(book, by).move(dollars, TODAY, "49.69")
    assert told("BRL") == (1, Decimal(0))
    rate("USD", "BRL", date(2026, 6, 1), "7")
    Bookkeeper(book, by).move(dollars, TODAY, "1.00")
    assert told("BRL") == (2, Decimal("7.00"))
    own_rate(book, "USD", "BRL", TODAY, "8")
    assert [told("BRL"), told("BRL")] == [(2, Decimal("8.00")), (1, Decimal("8.00"))]
    forget()


def test_the_longest_timeline_is_converted(book: Book, dollars: Account) -> None:
    since = TODAY - timedelta(days=1099)
    asked = Asked(book.id, 0, 0, TODAY, "BRL", Period(since, TODAY))

    days = timeline(asked, dollars.id, "BRL").days

    assert len(days) == 1100
    assert [one.rate.status for one in days if one.rate].count("missing") == (
        date(2026, 5, 6) - since
    ).days


@pytest.mark.parametrize(
    "asked", ["on=2026-05-31", "on=2026-05-05", "on=2026-05-20&currency=USD", "on=2026-05-06"]
)
def test_an_account_says_what_its_balance_is_in_the_reports_currency(
    page: Any, dollars: Account, asked: str
) -> None:
    (line,) = page(f"/accounts?{asked}&format=json").json()["accounts"]

    told = page(f"/accounts/{dollars.id}?{asked}&format=json").json()
    seen = unescape(page(f"/accounts/{dollars.id}?{asked}").content.decode())

    assert [told[name] for name in ("converted", "conversion")] == [
        line[name] for name in ("converted", "conversion")
    ]
    if "USD" in asked:
        assert "In USD" not in seen
    elif line["converted"] is None:
        assert re.search(r"<dt>In BRL</dt>\s*<dd>no rate</dd>", seen)
    else:
        rate = "5.43215" if "06" in asked else "5.7500"
        amount = line["converted"]["amount"].replace("-", "−")
        assert f"<dd>{amount} <small>at {rate} of" in seen
