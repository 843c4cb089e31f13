"""The overview of some accounts: what it would be of a book that has no others."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from holding import ACCOUNTS, PARTS, furnish, quote, some

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from buffet.remembering import forget
from reports import documents
from reports.queries import portfolio_overview
from transactions import services as ledger

PATH = "/reports/accounts/portfolio-overview"
ON = "on=2026-06-15"


@pytest.fixture
def ids(book: Book, by: Actor) -> dict[str, str]:
    """The ids of all accounts by name."""
    quote()
    return {name: str(one.id) for name, one in furnish(book, by, ACCOUNTS).items()}


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """Return an overview without what is peculiar to a book."""
    lines = [{**one, "id": None, "broker": None} for one in told["accounts"]]
    return {**told, "accounts": lines, "version": 0}


@pytest.mark.parametrize("names", PARTS, ids="-".join)
@pytest.mark.parametrize("currency", ["BRL", "USD"])
def test_some_accounts_are_told_as_a_book_that_has_no_others(
    book: Book, by: Actor, ids: dict[str, str], names: tuple[str, ...], currency: str
) -> None:
    other = Book.objects.create(name="Alone", base_currency="BRL", time_zone="America/Sao_Paulo")
    furnish(other, by, names)

    for on in (TODAY, date(2026, 6, 30), date(2026, 3, 3), date(2023, 1, 1)):
        of_some = portfolio_overview(book, on, currency, [ids[name] for name in names])
        alone = portfolio_overview(other, on, currency)

        told = plain(documents.portfolio_overview(of_some, 0))
        assert told == plain(documents.portfolio_overview(alone, 0)), on
        assert {line.id for line in of_some.accounts} <= {ids[name] for name in names}


@pytest.mark.parametrize("names", PARTS, ids="-".join)
def test_each_month_is_what_the_accounts_had_at_its_end(
    api: Any, ids: dict[str, str], names: tuple[str, ...]
) -> None:
    asked = f"{some(ids, *names)}&currency=USD"

    told = api.get(f"{PATH}?{ON}&{asked}").json()

    assert len(told["history"]) > 1
    for one in told["history"]:
        first = date.fromisoformat(f"{one['month']}-01")
        end = min((first + timedelta(days=31)).replace(day=1) - timedelta(days=1), TODAY)
        held = api.get(f"/reports/accounts/balances?on={end}&{asked}").json()
        for name in ("net_worth", "assets", "liabilities"):
            assert one[name] == held[name], (end, name)
        assert one["complete"] == (held["not_converted"] == [])
    first, last = told["history"][-2:]
    moved = Decimal(last["net_worth"]["amount"]) - Decimal(first["net_worth"]["amount"])
    if first["complete"] == last["complete"]:
        assert Decimal(told["change"]["month"]["amount"]["amount"]) == moved


def test_figures_are_those_of_the_accounts_alone(api: Any, ids: dict[str, str]) -> None:
    told = api.get(f"{PATH}?{ON}&{some(ids, 'Dollars', 'Shares', 'Card')}").json()

    # 250.33 and 933.17 dollars at 6.1, and 415.55 owed.
    assert [told[name]["amount"] for name in ("net_worth", "assets", "liabilities")] == [
        "6803.80",
        "7219.35",
        "-415.55",
    ]
    assert {one["broker"]: one["total"]["amount"] for one in told["by_broker"]} == {
        "Broker": "7219.35",
        "Bank": "-415.55",
    }
    assert [(one["currency"], one["total"]) for one in told["currencies"]] == [
        ("BRL", "-415.55"),
        ("USD", "1183.50"),
    ]
    assert told["concentration"] == "78.8"
    assert told["history"][0]["month"] == "2025-07"
    assert told["change"]["year"] is None


@pytest.mark.django_db(transaction=True)
def test_statements_are_three_and_one_while_nothing_before_changed(
    book: Book, by: Actor, ids: dict[str, str]
) -> None:
    wanted = [ids["Dollars"], ids["Card"]]
    keeper, card = Bookkeeper(book, by), Account.objects.get(id=ids["Card"])

    def statements(*accounts: str) -> int:
        with CaptureQueriesContext(connection) as sent:
            portfolio_overview(book, TODAY, "", accounts)
        return len(sent)

    forget()
    assert [statements(*wanted), statements(*reversed(wanted))] == [3, 1]
    keeper.move(card, TODAY, "-1.00")
    assert statements(*wanted) == 1
    keeper.move(card, date(2026, 4, 1), "-1.00")
    assert [statements(*wanted), statements(*wanted)] == [2, 1]
    # Reais need no rate, and the past of some is not that of others.
    assert [statements(ids["Current"]), statements(ids["Current"])] == [2, 1]
    assert [statements(), statements(), statements(*wanted)] == [3, 1, 1]
    forget()


@pytest.mark.django_db(transaction=True)
def test_what_is_remembered_of_some_is_what_is_there(
    book: Book, by: Actor, ids: dict[str, str]
) -> None:
    keeper = Bookkeeper(book, by)
    accounts = {name: Account.objects.get(id=id) for name, id in ids.items()}

    def told() -> list[Any]:
        return [
            documents.portfolio_overview(
                portfolio_overview(book, TODAY, currency, [ids[name] for name in names]), 0
            )
            for names in ((), *PARTS)
            for currency in ("BRL", "USD")
        ]

    before = told()
    first = keeper.move(accounts["Yen"], date(2025, 3, 1), "900")
    moved = keeper.move(
        accounts["Current"], date(2026, 2, 2), "-9.00", transfer_to_id=accounts["Card"].id
    )
    rate("USD", "BRL", date(2026, 2, 28), "5.9")
    for change in (
        lambda: ledger.delete(**keeper.who, transaction_ids=[first]),
        lambda: ledger.delete(**keeper.who, transaction_ids=[moved]),
        lambda: chart.archive_account(**keeper.who, account_id=ids["Shares"]),
    ):
        said = told()
        forget()
        assert said == told() != before
        change()
    said = told()
    forget()
    assert said == told()
