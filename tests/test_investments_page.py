"""The page of investments, its faces, and what other reports say of valuations."""

import csv
import html
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wallet import text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry

YEAR = "date_from=2026-01-01&date_to=2026-05-31"
API = "/reports/investment-performance"
NOTE = "Each amount is the transaction's part of the figure"


@pytest.fixture
def funds(book: Book, by: Actor, checking: Account) -> Account:
    """Funds with two deposits and a valuation after each."""
    keeper = Bookkeeper(book, by)
    broker = chart.create_broker(book=book, by=by, name="XP")
    account = keeper.open("Funds", "investment", "BRL", broker_id=broker.id)
    keeper.move(checking, date(2026, 1, 31), "-1000.00", transfer_to_id=account.id)
    keeper.point(account, date(2026, 3, 31), "1100.00", kind="valuation")
    keeper.move(checking, date(2026, 4, 15), "-500.00", transfer_to_id=account.id)
    keeper.point(account, date(2026, 5, 31), "1632.00", kind="valuation")
    return account


def test_the_page_says_what_was_gained_and_its_returns(page: Any, funds: Account) -> None:
    seen = page(f"/investments?{YEAR}").content.decode()

    assert "132.00" in seen
    # 1.1 × (1 + 32 / (1100 + 500 × 46/61)) − 1
    assert "+12.38\xa0%" in seen
    assert "/investments/rows?of=contributions&amp;date_from=2026-01-01" in seen
    assert 'class="put"' in seen
    assert seen.count("1,632.00") > 3


def test_a_transaction_is_counted_once_however_much_of_a_figure_it_is(
    page: Any, book: Book, by: Actor, funds: Account, salary: Account, groceries: Account
) -> None:
    amounts = ((funds, "80"), (salary, "-100"), (groceries, "20"))
    entries = tuple(DraftEntry(one.id, Decimal(amount)) for one, amount in amounts)
    draft = Draft(date=date(2026, 2, 10), description="Dividend less tax", entries=entries)
    ledger.record(book=book, by=by, drafts=[draft])

    seen = page("/investments/rows?of=growth&period=2026-02")

    assert seen.content.decode().count(">Dividend less tax</a>") == 2
    assert "1 transaction ·" in text_of(seen)
    assert NOTE in text_of(seen)


@pytest.mark.parametrize(("asked", "is_said"), [("rates", False), ("growth", True)])
def test_what_is_said_of_transactions_is_said_where_there_are_some(
    page: Any, book: Book, by: Actor, dollars: Account, asked: str, is_said: bool
) -> None:
    for day, value in ((1, "5"), (20, "6")):
        rate("USD", "BRL", date(2026, 5, day), value)
    keeper = Bookkeeper(book, by)
    abroad = keeper.open("Abroad", "investment", "USD")
    keeper.move(dollars, date(2026, 5, 3), "-100", transfer_to_id=abroad.id)
    keeper.point(abroad, date(2026, 5, 30), "180", kind="valuation")

    seen = text_of(page(f"/investments/rows?of={asked}&period=2026-05"))

    assert "What it is made of" in seen
    assert "there while the rate moved" in seen
    assert "transactions ·" not in seen
    assert (NOTE in seen) == is_said


def test_the_api_says_what_the_page_says(page: Any, api: Any, funds: Account) -> None:
    ours = page(f"/investments?{YEAR}&format=json").json()

    assert api.get(f"{API}?{YEAR}").json() == ours
    assert ours["total"] == {
        "currency": "BRL",
        "opening": "0.00",
        "contributions": "1500.00",
        "withdrawals": "0.00",
        "income": "0.00",
        "costs": "0.00",
        "unrealised_gains": "132.00",
        "exchange_rates": "0.00",
        "closing": "1632.00",
        "growth": "132.00",
        "time_weighted": {"period": "12.38", "annualised": None, "days": 120, "reason": None},
        "money_weighted": ours["total"]["money_weighted"],
    }
    assert ours["brokers"][0]["accounts"][0]["converted"]["closing"] == "1632.00"
    assert [one["gain"]["amount"] for one in ours["valuations"]] == ["32.00", "100.00"]


def test_the_file_has_accounts_brokers_and_all(page: Any, funds: Account) -> None:
    answer = page(f"/investments?{YEAR}&format=csv")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row[:2] for row in rows[1:]] == [["XP", "Funds"], ["XP", ""], ["", ""]]
    assert {row[11] for row in rows[1:]} == {"132.00"}


def test_the_file_tells_what_it_converted_and_at_which_rates(
    page: Any, api: Any, book: Book, by: Actor, funds: Account
) -> None:
    keeper = Bookkeeper(book, by)
    for name, currency in (("Stocks", "USD"), ("Yen", "JPY")):
        account = keeper.open(
            name, "investment", currency, opening_balance=Decimal(100), opened_on=date(2025, 12, 1)
        )
        keeper.point(account, date(2026, 5, 31), "130", kind="valuation")
    rate("USD", "BRL", date(2025, 12, 31), "5.00")
    rate("USD", "BRL", date(2026, 5, 29), "6.00")

    file = page(f"/investments?{YEAR}&format=csv")

    rows = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode())))
    by_name = {row["account"]: row for row in rows if row["account"]}
    told = [
        account
        for broker in api.get(f"{API}?{YEAR}").json()["brokers"]
        for account in broker["accounts"]
    ]
    for one in told:
        row = by_name[one["account_name"]]
        for key, value in (one["converted"] or dict.fromkeys(one)).items():
            column = f"{key.replace('_', ' ')} in BRL"
            assert column not in row or row[column] == (value or "")
    stocks, yen, reais = (by_name[name] for name in ("Stocks", "Yen", "Funds"))
    rates = ("rate", "rate date", "rate source", "rate status")
    assert (stocks["opening"], stocks["opening in BRL"]) == ("100.00", "500.00")
    assert (stocks["closing"], stocks["closing in BRL"]) == ("130.00", "780.00")
    assert [stocks[f"opening {name}"] for name in rates] == [
        *("5.00000000", "2025-12-31", "test", "exact"),
    ]
    assert [stocks[f"closing {name}"] for name in rates] == [
        *("6.00000000", "2026-05-29", "test", "carried"),
    ]
    assert (yen["closing"], yen["closing in BRL"]) == ("130", "")
    assert [yen[f"closing {name}"] for name in rates] == ["", "", "", "missing"]
    assert [reais[f"closing {name}"] for name in rates] == ["1.00000000", "", "", "exact"]
    counted = [Decimal(row["closing in BRL"]) for row in by_name.values() if row["closing in BRL"]]
    assert sum(counted) == Decimal(rows[-1]["closing in BRL"]) == Decimal("2412.00")
    assert rows[-1]["closing rate status"] == ""


def test_without_investments_it_says_what_to_do(page: Any, checking: Account) -> None:
    seen = page("/investments").content.decode()

    assert "say on the page of each month's end what it is worth" in html.unescape(seen)
    assert 'href="/accounts/new?kind=investment"' in seen


def test_without_valuations_it_says_what_is_missing(page: Any, funds: Account) -> None:
    seen = page("/investments?period=2026-02").content.decode()

    assert "Nothing was valued in this period" in seen


def test_only_investment_accounts_can_be_asked_for(
    page: Any, api: Any, funds: Account, checking: Account
) -> None:
    assert page(f"/investments?accounts={funds.id}").status_code == 200
    assert page(f"/investments?accounts={checking.id}").status_code == 404
    assert api.get(f"{API}?accounts={checking.id}").status_code == 404
    assert page(f"/investments?categories={checking.id}").status_code == 400


def test_the_account_leads_to_how_it_did(page: Any, funds: Account, checking: Account) -> None:
    assert f"/investments?accounts={funds.id}" in page(f"/accounts/{funds.id}").content.decode()
    assert "How it did" not in page(f"/accounts/{checking.id}").content.decode()


def test_a_reason_stands_where_a_return_would(page: Any, book: Book, by: Actor) -> None:
    keeper = Bookkeeper(book, by)
    keeper.point(keeper.open("Funds", "investment", "BRL"), TODAY, "10.00", kind="valuation")

    assert "came from nothing" in page("/investments").content.decode()


def cash_flow(page: Any, query: str) -> dict[str, str]:
    """Return what was invested in each month that had something."""
    months = page(f"/cash-flow?{query}&format=json").json()["months"]
    return {
        one["month"]: one["investments"]["amount"]
        for one in months
        if one["investments"]["amount"] != "0.00"
    }


def test_a_gain_that_nobody_put_in_is_not_invested(page: Any, funds: Account) -> None:
    assert cash_flow(page, YEAR) == {"2026-01": "1000.00", "2026-04": "500.00"}


def test_months_of_another_day_count_no_gains_either(page: Any, funds: Account) -> None:
    Book.objects.filter(id=funds.book_id).update(month_start_day=25)

    assert cash_flow(page, YEAR) == {"2026-01": "1000.00", "2026-03": "500.00"}


def test_narrowed_cash_flow_counts_no_gains_either(
    page: Any, funds: Account, checking: Account, groceries: Account
) -> None:
    for account in (funds, checking):
        invested = cash_flow(page, f"{YEAR}&accounts={account.id}")
        assert invested == {"2026-01": "1000.00", "2026-04": "500.00"}

    assert cash_flow(page, f"{YEAR}&categories={groceries.id}") == {}


def test_gains_in_another_currency_leave_no_cent_behind(
    page: Any, book: Book, by: Actor, dollars: Account
) -> None:
    keeper = Bookkeeper(book, by)
    rate("USD", "BRL", date(2026, 5, 1), "5.3333")
    abroad = keeper.open("Abroad", "investment", "USD")
    keeper.move(dollars, date(2026, 5, 3), "-100.01", transfer_to_id=abroad.id)
    keeper.point(abroad, date(2026, 5, 30), "180.57", kind="valuation")

    assert cash_flow(page, "period=2026-05") == {"2026-05": "533.38"}


def test_net_worth_tells_them_as_unrealised_gains(page: Any, funds: Account) -> None:
    months = page(f"/net-worth?{YEAR}&format=json").json()["months"]

    gains = {one["month"]: Decimal(one["unrealised_gains"]["amount"]) for one in months}
    assert {month: gain for month, gain in gains.items() if gain} == {
        "2026-03": 100,
        "2026-05": 32,
    }


def test_cash_flow_takes_no_more_statements_for_investments(
    page: Any, book: Book, by: Actor, groceries: Account
) -> None:
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as asked:
            page(f"/cash-flow?{YEAR}&format=json")
        counts.append(len(asked))
        keeper = Bookkeeper(book, by)
        account = keeper.open(f"Funds {number}", "investment", "BRL")
        keeper.point(account, date(2026, 5, 31), "10.00", kind="valuation")

    assert counts == [counts[0]] * 3
