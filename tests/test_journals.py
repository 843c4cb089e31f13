"""A book's journals: beancount and hledger accept them, and count what we count."""

import json
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from beancount import loader
from beancount.core import data, prices
from bookkeeping import Bookkeeper, own_rate, rate
from django.core.management import CommandError, call_command
from household import Home, at_home
from recounting import DAY, later, read

from accounts.models import Account, ExchangeRate
from accounts.rates import Rates
from buffet.audit import Actor
from buffet.models import Book
from reports.journals import journal
from reports.journals.names import component
from transactions.models import Entry, Transaction

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("journals")]
MONTHS = [later(date(2023, 11, 1), number) for number in range(42)]
SPAN = ("-b", f"{MONTHS[0]}", "-e", f"{later(MONTHS[-1], 1)}")
OTHERS = ("asset", "liability", "equity")
# Who has no hledger may do without; continuous integration may not.
with_hledger = pytest.mark.skipif(
    "CI" not in os.environ and not shutil.which("hledger"), reason="hledger is not installed"
)


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[Home]:
    """The demo household and more, in the database for all of these tests."""
    with django_db_blocker.unblock(), at_home() as found:
        yield found


def hledger(home: Home, *asked: str) -> subprocess.CompletedProcess[str]:
    """Ask hledger about the household's journal."""
    return subprocess.run(
        ["hledger", "-f", "-", *asked],
        input=home.journals["hledger"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )


def cells(report: dict[str, Any]) -> dict[tuple[str, str, str], Decimal]:
    """Return the amounts of a report of hledger by account, currency and month."""
    months = [days[0][:7] for days in report["prDates"]]
    found = {}
    for row in report["prRows"]:
        for month, amounts in zip(months, row["prrAmounts"], strict=True):
            for one in amounts:
                quantity = one["aquantity"]
                amount = Decimal(quantity["decimalMantissa"]).scaleb(-quantity["decimalPlaces"])
                if amount:
                    found[row["prrName"], one["acommodity"], month] = amount
    return found


@pytest.fixture
def lines(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Our trial balance of each month."""
    ends = [later(month, 1) - DAY for month in MONTHS]
    return {
        f"{since:%Y-%m}": home.get(f"/reports/trial-balance?date_from={since}&date_to={until}")[
            "accounts"
        ]
        for since, until in zip(MONTHS, ends, strict=True)
    }


def totals(lines: dict[str, list[dict[str, Any]]], types: dict[str, str]) -> dict[Any, Decimal]:
    """Return what moved on the accounts of each type, by currency and month."""
    found: dict[Any, Decimal] = defaultdict(Decimal)
    for month, of_it in lines.items():
        for line in of_it:
            moved = Decimal(line["debit"]) - Decimal(line["credit"])
            found[types[line["id"]], line["currency"], month] += moved
    return {key: amount for key, amount in found.items() if amount}


@with_hledger
def test_hledger_accepts_the_journal(home: Home) -> None:
    answer = hledger(home, "check", "--strict")

    assert (answer.returncode, answer.stderr) == (0, "")


@with_hledger
def test_hledger_s_balances_at_each_month_end_are_ours(home: Home, lines: Any) -> None:
    paths = {id: one.path for id, one in home.recount.accounts.items()}
    told = hledger(home, "balance", "-MHE", "--flat", "--no-total", "-O", "json", *SPAN)

    assert cells(json.loads(told.stdout)) == {
        (paths[line["id"]], line["currency"], month): Decimal(line["closing"])
        for month, of_it in lines.items()
        for line in of_it
        if Decimal(line["closing"])
    }


def test_beancount_s_balances_at_each_month_end_are_ours(home: Home, lines: Any) -> None:
    for month, of_it in lines.items():
        end = later(date.fromisoformat(f"{month}-01"), 1) - DAY
        told = {cell: amount for cell, amount in home.recount.balances(end).items() if amount}

        assert told == {
            (line["id"], line["currency"]): Decimal(line["closing"])
            for line in of_it
            if Decimal(line["closing"])
        }


@pytest.mark.parametrize("format", ["beancount", "hledger"])
def test_the_file_of_an_export_is_the_journal_that_is_checked(home: Home, format: str) -> None:
    answer = home.api.get(f"/exports/book.{format}")

    told = b"".join(answer.streaming_content).decode()
    assert home.journals[format].startswith(told)
    assert told.count("\n") > 1000


@with_hledger
def test_hledger_s_income_statement_of_each_month_is_ours(home: Home, lines: Any) -> None:
    told = hledger(home, "incomestatement", "-M", "--flat", "-O", "json", *SPAN)

    found = {}
    types = {"Revenues": ("income", -1), "Expenses": ("expense", 1)}
    for title, report, _ in json.loads(told.stdout)["cbrSubreports"]:
        type, sign = types[title]
        report["prRows"] = [report["prTotals"] | {"prrName": type}]
        found |= {cell: sign * amount for cell, amount in cells(report).items()}
    ours = totals(lines, {id: one.type for id, one in home.recount.accounts.items()})
    assert found == {cell: amount for cell, amount in ours.items() if cell[0] not in OTHERS}


@with_hledger
def test_hledger_refuses_what_is_off_by_a_cent(home: Home) -> None:
    head, _, tail = home.journals["hledger"].rpartition(" 0 BRL = -")
    off = Home(home.book, home.api, {"hledger": f"{head} 0 BRL = -1{tail}"}, home.recount)

    answer = hledger(off, "check")

    assert answer.returncode != 0
    assert "balance assertion" in answer.stderr


def test_beancount_refuses_what_is_off_by_a_cent(home: Home) -> None:
    head, _, tail = home.journals["beancount"].rpartition("0 ~ 0 BRL")

    _, errors, _ = loader.load_string(f"{head}1 ~ 0 BRL{tail}")

    assert [type(error).__name__ for error in errors] == ["BalanceError"]


def test_what_people_wrote_comes_back_as_it_was(home: Home) -> None:
    entries, _, _ = loader.load_string(home.journals["beancount"])
    found = {
        one.meta["id"]: (one.payee or "", one.narration, one.meta.get("notes", ""), one.date)
        for one in entries
        if isinstance(one, data.Transaction)
    }

    rows = Transaction.objects.filter(book=home.book).select_related("vendor")
    assert found == {
        str(row.id): (row.vendor.name if row.vendor else "", row.description, row.notes, row.date)
        for row in rows
    }
    assert {id: one.name for id, one in home.recount.accounts.items()} == {
        str(row.id): row.name for row in Account.objects.filter(book=home.book)
    }
    assert len(home.recount.postings) == Entry.objects.filter(book=home.book).count()


def test_only_rates_of_the_book_s_currencies_are_told(home: Home) -> None:
    ExchangeRate.objects.create(
        base="EUR", quote="CHF", on=date(2026, 1, 1), rate=Decimal("0.9312"), source="test"
    )

    found = read("".join(journal(home.book, "beancount")))

    assert set(found.prices) == {("EUR", "BRL"), ("EUR", "USD")}
    assert found.prices == home.recount.prices


@pytest.mark.django_db(transaction=True)
def test_a_book_s_own_rates_are_told_as_reports_use_them(
    book: Book, by: Actor, dollars: Account
) -> None:
    Bookkeeper(book, by).move(dollars, date(2026, 2, 1), "100.00")
    for pair, day, value in (
        *(("EURBRL", 2, "6.00"), ("EURUSD", 2, "1.20"), ("USDBRL", 4, "5.10")),
        *(("EURBRL", 5, "6.60"), ("EURUSD", 9, "1.10"), ("EURBRL", 9, "6.40")),
    ):
        rate(pair[:3], pair[3:], date(2026, 2, day), value)
    # In the place of a shared one, the other way round, and older than a cross of shared ones.
    for pair, day, value in (("USDBRL", 4, "5.50"), ("BRLUSD", 7, "0.16"), ("BRLEUR", 11, "0.2")):
        own_rate(book, pair[:3], pair[3:], date(2026, 2, day), value)
    days = [date(2026, 2, day) for day in range(2, 13)]

    told = "".join(journal(book, "beancount"))

    used = Rates.read(book.id, "BRL", "BRL", {"USD"}, days)
    known = prices.build_price_map(loader.load_string(told)[0])
    found = {day: prices.get_price(known, ("USD", "BRL"), day)[1] for day in days}
    assert found == {day: used.rate("USD", day).rate for day in days}
    assert len(set(found.values())) == 5
    if shutil.which("hledger"):
        home = Home(book, None, {"hledger": "".join(journal(book, "hledger"))}, None)  # type: ignore[arg-type]  # asks hledger alone
        assert hledger(home, "check", "--strict").stderr == ""
        for day in days:
            asked = ("bal", "Assets", "--no-total", f"--value={day},BRL", "--format=%(total)")
            valued = hledger(home, *asked, "-c", "1.00000000 BRL").stdout.split()[0]
            assert abs(Decimal(valued) - 100 * found[day]) < Decimal("0.000001"), day


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Itaú checking", "Itaú-checking"),
        ("checking", "Checking"),
        ("1st: bank & Co.", "1st-bank-Co"),
        ("現金", "X-現金"),
        ("ßeta", "X-ßeta"),
        ("☕", "X"),
        ("--", "X"),
        ("e\u0301tude", "Étude"),
        ("a:b", "A-b"),
    ],
)
def test_a_part_of_a_name_is_of_letters_digits_and_dashes(name: str, expected: str) -> None:
    assert component(name) == expected


def test_accounts_of_similar_names_stay_apart(home: Home) -> None:
    paths = [one.path for one in home.recount.accounts.values()]

    assert len(set(paths)) == len(paths)
    assert {"Liabilities:Loan", "Liabilities:Loan-2"} <= set(paths)
    assert "Expenses:Food:Groceries:Organic-é-ß-ünïcode:Ǆ-deeper" in paths


def test_archived_accounts_are_closed_after_their_last_entry(home: Home) -> None:
    entries, _, _ = loader.load_string(home.journals["beancount"])
    closed = {one.account: one.date for one in entries if isinstance(one, data.Close)}

    assert closed.keys() == {"Assets:Old-account", "Expenses:Leisure:Gone"}
    for one in home.recount.accounts.values():
        if one.path in closed:
            days = [row.on for row in home.recount.postings if row.account == one.id]
            assert max(days) < closed[one.path]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("format", ["beancount", "hledger"])
def test_a_journal_is_written_to_the_output(
    book: Book, by: Actor, checking: Account, dollars: Account, format: str
) -> None:
    Bookkeeper(book, by).move(checking, date(2026, 2, 3), "-12.50", description="Bread")
    written = StringIO()

    call_command("journal", book=book.id, format=format, assertions=True, stdout=written)

    assert written.getvalue() == "".join(journal(book, format, asserting=True))
    assert "Bread" in written.getvalue()


@pytest.mark.django_db(transaction=True)
def test_there_is_no_journal_of_no_book() -> None:
    with pytest.raises(CommandError, match="There is no book"):
        call_command("journal", book=UUID(int=1), format="hledger")
