"""The trial balance in a currency: what every account came to, at the rates of the last day."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper, rate
from django.test import Client

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User

MAY = "date_from=2026-05-01&date_to=2026-05-31"


@pytest.fixture
def keeper(book: Book, by: Actor, owner: User, client: Client) -> Bookkeeper:
    """A book of reais with dollars that moved before May and in it, and with yen."""
    client.force_login(owner)
    keeper = Bookkeeper(book, by)
    food = chart.create_category(book=book, by=by, name="Food", type="expense")
    dollars = keeper.open("Dollars", "savings", "USD")
    keeper.move(dollars, date(2026, 4, 7), "100.00")
    keeper.move(dollars, date(2026, 5, 7), "-10.01", category_id=food.id)
    keeper.move(dollars, date(2026, 5, 8), "-20.03")
    yen = keeper.open("Yen", "savings", "JPY")
    keeper.move(yen, date(2026, 5, 7), "-1000", category_id=food.id)
    rate("USD", "BRL", date(2026, 4, 30), "5.00")
    rate("USD", "BRL", date(2026, 5, 29), "5.55")
    return keeper


def told(client: Client, sent: str = "") -> Any:
    return client.get(f"/trial-balance?{MAY}&format=json{sent}").json()


def lines(document: Any, name: str) -> dict[str, Any]:
    return {one["currency"]: one for one in document["accounts"] if one["name"] == name}


@pytest.mark.django_db(transaction=True)
def test_each_account_is_told_at_the_rate_of_the_last_day(
    client: Client, keeper: Bookkeeper
) -> None:
    document = told(client)

    food = lines(document, "Food")
    assert document["currency"] == "BRL"
    # 69.96 at 5.55 are 388.278, and 10.01 are 55.5555.
    assert lines(document, "Dollars")["USD"]["converted"] == brl("388.28")
    assert food["USD"]["converted"] == brl("55.56")
    assert food["JPY"]["converted"] is lines(document, "Yen")["JPY"]["converted"] is None
    (yen, dollars) = document["conversions"]
    assert (dollars["currency"], dollars["month"]) == ("USD", "2026-05")
    assert dollars["conversion"] == {
        "rate": "5.55000000", "as_of": "2026-05-29", "source": "test", "status": "carried"
    }  # fmt: skip
    assert (yen["currency"], yen["conversion"]["status"]) == ("JPY", "missing")
    # What yen lacks on one side it lacks on the other.
    assert document["not_converted"] == []
    some = [one["converted"]["amount"] for one in document["accounts"] if one["converted"]]
    assert sum(map(Decimal, some)) == Decimal("0.01")
    assert document["converted"] == brl("0.01")


@pytest.mark.django_db(transaction=True)
def test_of_some_accounts_what_had_no_rate_is_left_out(client: Client, keeper: Bookkeeper) -> None:
    yen = Account.objects.get(name="Yen")

    document = told(client, f"&accounts={yen.id}")

    assert document["not_converted"] == [{"amount": "-1000", "currency": "JPY"}]
    assert document["converted"] == brl("0.00")


@pytest.mark.django_db(transaction=True)
def test_another_currency_is_told_in_every_face(
    client: Client, api: Any, keeper: Bookkeeper
) -> None:
    rate("USD", "EUR", date(2026, 5, 31), "0.90")
    document = told(client, "&currency=EUR")

    through = api.get(f"/reports/trial-balance?{MAY}&currency=EUR")
    table = client.get(f"/trial-balance?{MAY}&currency=EUR&format=csv").getvalue().decode()
    page = client.get(f"/trial-balance?{MAY}&currency=EUR").content.decode()

    assert through.status_code == 200
    assert through.json() == document
    (row,) = (one for one in csv.DictReader(io.StringIO(table)) if one["account"] == "Dollars")
    names = ("closing in EUR", "rate", "rate date", "rate source", "rate status")
    assert [row[name] for name in names] == ["62.96", "0.90000000", "2026-05-31", "test", "exact"]
    assert lines(document, "Dollars")["USD"]["converted"] == {"amount": "62.96", "currency": "EUR"}
    assert re.search(r"balance=closing[^>]*>62\.96</a>", page)
    assert "In EUR at the rates of" in page
    assert page.count("no rate</td>") == 3


@pytest.mark.django_db(transaction=True)
def test_a_book_of_one_currency_has_no_column_for_it(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    client.force_login(owner)
    keeper = Bookkeeper(book, by)
    keeper.move(keeper.open("Reais", "savings", "BRL"), date(2026, 5, 7), "-10.00")

    page = client.get(f"/trial-balance?{MAY}").content.decode()

    assert "In BRL" not in page
    assert "The rates used" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("day", "total", "status"), [("opening", "500.00", "exact"), ("closing", "388.28", "carried")]
)
def test_a_balance_is_brought_into_a_currency_at_the_rate_of_its_day(
    client: Client, keeper: Bookkeeper, day: str, total: str, status: str
) -> None:
    account = Account.objects.get(name="Dollars")
    sent = f"account={account.id}&balance={day}&held=USD&currency=BRL&{MAY}"

    found = client.get(f"/rows?{sent}&format=json").json()

    assert found["total"] == brl(total)
    assert [one["conversion"]["status"] for one in found["conversions"]] == [status]
    assert [one["currency"] for one in found["sums"]] == ["USD"]


@pytest.mark.django_db(transaction=True)
def test_the_whole_chart_is_what_its_accounts_come_to(client: Client, keeper: Bookkeeper) -> None:
    found = client.get(f"/rows?balance=closing&currency=BRL&{MAY}&format=json").json()

    assert found["total"] == told(client)["converted"]
    assert {one["currency"]: one["amount"] for one in found["sums"]} == {"JPY": "0", "USD": "0.00"}
    assert found["not_converted"] == []
    assert len(found["rows"]) == 8


def brl(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "BRL"}
