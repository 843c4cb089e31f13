"""The balances of accounts, all or some of them: the API's report is the JSON of the page."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper, rate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book

PATH, ON = "/reports/accounts/balances", "on=2026-06-15"


@pytest.fixture
def ids(book: Book, by: Actor) -> dict[str, str]:
    """Accounts by name: two at a bank, one of them owed, and two in yen, which have no rate."""
    keeper = Bookkeeper(book, by)
    salary = chart.create_category(book=book, by=by, name="Salary", type="income")
    bank = chart.create_broker(book=book, by=by, name="First bank").id
    opened = [
        keeper.open("Current", "checking", "BRL", broker_id=bank),
        keeper.open("Loan", "loan", "BRL", broker_id=bank),
        keeper.open("Dollars", "savings", "USD"),
        keeper.open("Yen", "cash", "JPY"),
        keeper.open("More yen", "savings", "JPY"),
    ]
    for account, amount in zip(opened, ("900", "-250", "70", "1000", "500"), strict=True):
        keeper.move(account, date(2026, 5, 4), amount, category_id=salary.id)
    # A cross through the euro: 6.1 / 1.1 has no end.
    rate("EUR", "BRL", date(2026, 5, 1), "6.1")
    rate("EUR", "USD", date(2026, 5, 1), "1.1")
    return {one.name: str(one.id) for one in opened}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", ["Current", "Dollars", "Loan", "More yen", "Yen"]),
        ("&type=liability", ["Loan"]),
        ("&kind=savings", ["Dollars", "More yen"]),
        ("&broker=First+bank", ["Current", "Loan"]),
        ("&broker=", ["Dollars", "More yen", "Yen"]),
        ("&held=JPY", ["More yen", "Yen"]),
        ("&held=JPY&currency=JPY", ["More yen", "Yen"]),
        ("&accounts={Loan},{Yen}", ["Loan", "Yen"]),
        ("&accounts={Loan},{Yen}&type=asset&currency=USD", ["Yen"]),
        ("&kind=property", []),
    ],
)
def test_the_api_says_of_some_accounts_what_the_page_says(
    api: Any, page: Any, ids: dict[str, str], asked: str, names: list[str]
) -> None:
    query = f"?{ON}{asked.format(**ids)}"

    found = api.get(f"{PATH}{query}").json()

    assert [one["name"] for one in found["accounts"]] == names
    assert page(f"/accounts{query}&format=json").json() == found
    counted = [one["converted"] for one in found["accounts"] if one["converted"]]
    assert Decimal(found["net_worth"]["amount"]) == sum(Decimal(one["amount"]) for one in counted)


def test_the_figures_of_some_accounts_are_theirs(api: Any, ids: dict[str, str]) -> None:
    found = api.get(f"{PATH}?{ON}&broker=First+bank").json()
    apart = api.get(f"{PATH}?{ON}&held=JPY").json()

    figures = [found[name]["amount"] for name in ("net_worth", "assets", "liabilities")]
    assert figures == ["650.00", "900.00", "-250.00"]
    assert [(one["type"], one["total"]["amount"]) for one in found["by_type"]] == [
        ("asset", "900.00"),
        ("liability", "-250.00"),
    ]
    assert found["by_type"][0]["share"] == "100.0"
    assert found["not_converted"] == []
    assert apart["not_converted"] == [{"amount": "1500", "currency": "JPY"}]


def test_all_accounts_come_to_what_the_overview_says(api: Any, ids: dict[str, str]) -> None:
    overview = api.get(f"/reports/accounts/portfolio-overview?{ON}").json()

    found = api.get(f"{PATH}?{ON}").json()

    assert found == {name: overview[name] for name in found}


@pytest.mark.parametrize("path", ["accounts", "", "accounts?kind=savings"])
@pytest.mark.parametrize(
    ("asked", "on"),
    [
        ("period=2026-04", "2026-04-30"),
        ("period=2026", None),
        ("date_from=2026-01-01&date_to=2026-05-02", "2026-05-02"),
        ("date_to=2199-01-01&date_from=2199-01-01", None),
    ],
)
def test_a_period_stands_for_its_last_day_up_to_today(
    api: Any, page: Any, book: Book, ids: dict[str, str], path: str, asked: str, on: str | None
) -> None:
    report = f"{PATH}?" if path else "/reports/accounts/portfolio-overview?"
    some = f"{path.partition('?')[2]}&{asked}".lstrip("&")

    found = api.get(f"{report}{some}").json()

    assert found["as_of"] == (on or f"{book.day(timezone.now())}")
    assert page(f"/{path.partition('?')[0]}?{some}&format=json").json() == found


def test_a_day_and_a_period_are_not_both_asked_for(api: Any, ids: dict[str, str]) -> None:
    for path in (PATH, "/reports/accounts/portfolio-overview"):
        answer = api.get(f"{path}?{ON}&period=2026-04")

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "?on"


@pytest.mark.parametrize(
    "asked", ["type=income", "kind=category", "held=XXX", "accounts=1", "broker=%00", "total=1"]
)
def test_what_cannot_be_asked_for_is_refused(api: Any, page: Any, asked: str) -> None:
    answer = api.get(f"{PATH}?{asked}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"?{asked.partition('=')[0]}"
    assert page(f"/accounts?{asked}").status_code == 400


@pytest.mark.parametrize("face", ["html", "json", "csv"])
def test_what_is_no_account_of_the_book_is_not_found(
    api: Any, page: Any, book: Book, by: Actor, ids: dict[str, str], face: str
) -> None:
    other = Bookkeeper(Book.objects.create(name="Other", base_currency="BRL"), by)
    category = Account.objects.get(book=book, name="Salary")
    for wrong in (other.open("Theirs", "cash", "BRL").id, category.id, book.id):
        asked = f"{ON}&accounts={ids['Loan']},{wrong}"

        told, seen = api.get(f"{PATH}?{asked}"), page(f"/accounts?{asked}&format={face}")

        assert (told.status_code, seen.status_code) == (404, 404)
        assert told.json()["detail"] == "There is no such account in this book."


def test_an_archived_account_with_nothing_on_it_is_one_of_the_book(
    api: Any, page: Any, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    empty = Bookkeeper(book, by).open("Empty", "cash", "BRL")
    chart.archive_account(book=book, by=by, account_id=empty.id)
    asked = f"{ON}&accounts={empty.id}"

    told, seen = api.get(f"{PATH}?{asked}"), page(f"/accounts?{asked}")

    assert (told.status_code, seen.status_code) == (200, 200)
    assert told.json()["accounts"] == []


def test_naming_accounts_takes_no_statement_more(page: Any, ids: dict[str, str]) -> None:
    counts = []
    for asked in (ON, f"{ON}&accounts={ids['Loan']}"):
        with CaptureQueriesContext(connection) as sent:
            page(f"/accounts?{asked}")
        counts.append(len(sent))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("currency", ["BRL", "EUR"])
def test_tables_say_rates_as_json_does(
    api: Any, page: Any, ids: dict[str, str], currency: str
) -> None:
    told = api.get(f"{PATH}?{ON}&currency={currency}").json()["accounts"]

    table = page(f"/accounts?{ON}&currency={currency}&format=csv").getvalue().decode()

    rates = {row["account"]: row["rate"] for row in csv.DictReader(table.splitlines())}
    assert rates == {one["name"]: one["conversion"]["rate"] or "" for one in told}
    assert rates["Dollars"] == {"BRL": "5.54545455", "EUR": "0.90909091"}[currency]
