"""What is no plain sum of rows leads to rows that come to it, too."""

import html
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.test import Client
from tracing import come_to, figures

from accounts import services as chart
from accounts.models import Account, Kind
from buffet.audit import Actor
from buffet.models import Book, User

DAYS = f"date_from={TODAY}&date_to={TODAY}"


@pytest.mark.django_db(transaction=True)
def test_rates_make_something_of_currencies_that_were_never_held(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    keeper.move(checking, TODAY - timedelta(days=1), "500.00")
    conversion = Account.objects.get(book=book, kind=Kind.CONVERSION)
    food, books = (
        chart.create_category(book=book, by=by, name=one, type="expense")
        for one in ("Food", "Books")
    )
    rate("USD", "BRL", TODAY, "5.45")
    # Each side is rounded: two cents are 0.05 + 0.05, and 0.11 together.
    keeper.record(
        TODAY, (checking, "-1.00", "BRL"), (conversion, "1.00", "BRL"),
        (food, "0.01", "USD"), (books, "0.01", "USD"), (conversion, "-0.02", "USD"),
    )  # fmt: skip
    client.force_login(owner)

    worth = client.get(f"/net-worth?{DAYS}&format=json").json()
    rates = client.get(f"/net-worth/rates?{DAYS}&format=json").json()

    (month,) = worth["months"]
    assert month["exchange_rates"]["amount"] == rates["total"]["amount"] == "-0.90"
    assert [one["amount"]["amount"] for one in rates["revalued"]] == ["-0.01"]
    assert [one["amount"]["amount"] for one in rates["exchanged"]] == ["-0.89"]


@pytest.mark.django_db(transaction=True)
def test_what_no_total_counts_is_in_no_row_of_a_total(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    for name, currency in (("Abroad", "USD"), ("Here", "BRL")):
        fund = keeper.open(name, "investment", currency)
        arrives = {"transfer_amount": Decimal(2)} if currency == "USD" else {}
        keeper.move(
            checking, TODAY - timedelta(days=50), "-10.00", transfer_to_id=fund.id, **arrives
        )
    # What was there before there was a rate is in no total, also when there is one.
    rate("USD", "BRL", TODAY - timedelta(days=10), "5.00")
    client.force_login(owner)

    page = f"/investments?date_from={TODAY - timedelta(days=90)}&date_to={TODAY}"
    found = [
        (figure, told)
        for address, figure in figures(client.get(page).content.decode())
        if "/accounts?" in address and (told := come_to(client, address, "BRL")) is not None
    ]

    assert {figure for figure, _ in found} == {Decimal("0.00"), Decimal("10.00")}
    assert [one for one in found if one[0] != one[1]] == []


def _invest_two_each(keeper: Bookkeeper, brokers: Mapping[str, UUID | None]) -> None:
    """Put 2.00 today into a new account of each name, at its broker."""
    checking = keeper.open("Checking", "checking", "BRL")
    for name, broker in brokers.items():
        fund = keeper.open(name, "investment", "BRL", broker_id=broker)
        keeper.move(checking, TODAY, "-2.00", transfer_to_id=fund.id)


@pytest.mark.django_db(transaction=True)
def test_a_broker_leads_to_its_rows_with_however_many_accounts(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    broker = chart.create_broker(book=book, by=by, name="Banco São & Cia").id
    keeper = Bookkeeper(book, by)
    _invest_two_each(keeper, {f"Fund {place}": broker for place in range(60)} | {"Elsewhere": None})
    client.force_login(owner)

    page = client.get(f"/investments?{DAYS}").content.decode()
    own = page[page.index("São &amp; Cia") : page.index("Fund 0")]
    found = [(address, figure) for address, figure in figures(own) if figure]
    alone_url = html.unescape(re.search(r'href="([^"]+)">Banco São', page)[1])
    told = client.get(f"{alone_url}&format=json").json()

    assert [figure for _, figure in found] == [Decimal(120), Decimal(120)]
    assert [come_to(client, address, "BRL") for address, _ in found] == [120, 120]
    assert told["total"]["contributions"] == "120.00"
    assert [one["broker_name"] for one in told["brokers"]] == ["Banco São & Cia"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_with_many_accounts_leads_to_those_that_it_counts(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    broker = chart.create_broker(book=book, by=by, name="XP").id
    keeper = Bookkeeper(book, by)
    _invest_two_each(keeper, {f"Fund {place}": broker for place in range(51)})
    abroad = keeper.open("Abroad", "investment", "USD", broker_id=broker)
    # On the last day there is a rate; on the day before nobody knew what it was worth.
    keeper.move(abroad, TODAY - timedelta(days=9), "7.00")
    rate("USD", "BRL", TODAY, "5.00")
    client.force_login(owner)

    page = client.get(f"/investments?{DAYS}").content.decode()
    own = page[page.index(">XP<") : page.index("Fund 0")]
    found = [(address, figure) for address, figure in figures(own) if "/accounts?" in address]

    assert [figure for _, figure in found] == [0, 102]
    assert [come_to(client, address, "BRL") for address, _ in found] == [0, 102]
    (away,) = {re.search(r"without=([^&]*)", address)[1] for address, _ in found}
    assert away == str(abroad.id)
    since = f"{found[1][0]}&since={TODAY - timedelta(days=1)}"
    assert come_to(client, since, "BRL") == 102
    assert f"without={abroad.id}" in client.get(since).content.decode()
