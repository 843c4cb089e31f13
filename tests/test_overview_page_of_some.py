"""The faces of the overview of some accounts: what they tell, where they lead, what they refuse."""

import csv
import html
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from bookkeeping import Bookkeeper
from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone
from holding import ACCOUNTS, furnish, quote, some

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger

PATH = "/reports/accounts/portfolio-overview"
ON = "on=2026-06-15"
Get = Callable[..., Any]


@pytest.fixture
def ids(book: Book, by: Actor) -> dict[str, str]:
    """The ids of all accounts by name."""
    quote()
    return {name: str(one.id) for name, one in furnish(book, by, ACCOUNTS).items()}


def test_an_account_that_does_not_exist_here_is_refused_in_every_face(
    api: Any, page: Get, book: Book, by: Actor, ids: dict[str, str], groceries: Account
) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")
    foreign = Bookkeeper(theirs, by).open("Theirs", "cash", "BRL")
    for id in (uuid4(), foreign.id, groceries.id):
        asked = f"accounts={ids['Current']},{id}"

        assert api.get(f"{PATH}?{asked}").status_code == 404
        for face in ("html", "json", "csv", "xlsx"):
            assert page(f"/?{asked}&format={face}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    ["", "1", f"{UUID(int=1)},", ",".join(str(UUID(int=number)) for number in range(51))],
    ids=["none", "no id", "an end too many", "too many"],
)
def test_what_names_no_accounts_is_refused(api: Any, page: Get, asked: str) -> None:
    answer = api.get(f"{PATH}?accounts={asked}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "?accounts"
    assert page(f"/?accounts={asked}").status_code == 400


def test_every_face_tells_the_same_accounts(api: Any, page: Get, ids: dict[str, str]) -> None:
    asked = f"{ON}&currency=USD&{some(ids, 'Yen', 'Card', 'Yen')}"

    told = api.get(f"{PATH}?{asked}").json()
    table = page(f"/?{asked}&format=csv").getvalue().decode()
    seen = re.sub(r"<[^>]*>|\s+", " ", page(f"/?{asked}").content.decode())

    assert page(f"/?{asked}&format=json").json() == told
    rows = [*csv.DictReader(table.splitlines())]
    assert [row["account"] for row in rows] == ["Card", "Yen"]
    total = sum((Decimal(row["in USD"] or 0) for row in rows), Decimal(0))
    assert total == Decimal(told["net_worth"]["amount"])
    assert page(f"/?{asked}&format=xlsx").getvalue()[:2] == b"PK"
    figure = f"{total:,.2f}".replace("-", "−")
    assert f"Net worth at the end of 15 June 2026 {figure} USD" in re.sub(" +", " ", seen)


def test_the_page_says_that_there_are_others_and_leads_to_them(
    page: Get, ids: dict[str, str]
) -> None:
    whole = page(f"/?{ON}").content.decode()
    one = page(f"/?{ON}&{some(ids, 'Yen')}").content.decode()
    two = page(f"/?{ON}&{some(ids, 'Yen', 'Old')}").content.decode()

    assert "All accounts" not in whole
    assert f'Only 1 account · <a href="?{ON}">All accounts</a>' in one
    assert f'Only 2 accounts · <a href="?{ON}">All accounts</a>' in two


def test_each_figure_leads_to_these_accounts_alone(page: Get, ids: dict[str, str]) -> None:
    wanted = some(ids, "Dollars", "Yen", "Card").replace(",", "%2C")
    for currency in ("BRL", "USD"):
        seen = page(f"/?{ON}&currency={currency}&{wanted}").content.decode()

        body = seen[seen.index("<main") : seen.index("<footer")]
        found = {html.unescape(one) for one in re.findall(r'href="([^"]+)"', body)}
        others = {one for one in found if wanted not in one}
        # What is left is all accounts, each account by itself, what records, and where a rate that
        # is missing is added.
        assert {one.partition("?")[0] for one in others} - {"/exchange-rates"} == {
            *("", "/record"),
            *(f"/accounts/{ids[name]}" for name in ("Dollars", "Yen", "Card")),
        }
        assert [one for one in others if one.startswith("?")] == [f"?{ON}&currency={currency}"]
        assert len([one for one in found - others if one.startswith("/accounts?")]) > 30
        assert any(one.startswith("/net-worth?") for one in found - others)
        assert {"csv", "xlsx", "json"} <= {one.rpartition("format=")[2] for one in found - others}
        steps = re.findall(r'href="([^"]+)" rel="(?:prev|next)"', body)
        assert len(steps) == 2
        assert all(wanted in html.unescape(one) for one in steps)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body))
        assert hidden["accounts"] == wanted.removeprefix("accounts=").replace("%2C", ",")


def test_net_worth_by_month_leads_to_the_overview_of_its_accounts(
    page: Get, ids: dict[str, str]
) -> None:
    asked = f"{some(ids, 'Dollars', 'Card')}&currency=USD"
    report = page(f"/net-worth?period=2026-05&{asked}").content.decode()

    links = re.findall(r'<th scope="row"><a href="(/\?[^"]+)">May 2026', report)

    assert len(links) == 1
    told = page(f"{html.unescape(links[0])}&format=json").json()
    assert told["as_of"] == "2026-05-31"
    assert {one["name"] for one in told["accounts"]} == {"Dollars", "Card"}
    by_month = page(f"/net-worth?period=2026-05&{asked}&format=json").json()["months"]
    assert told["net_worth"] == by_month[0]["net_worth"]


def test_accounts_that_are_over_have_a_past(page: Get, ids: dict[str, str]) -> None:
    seen = page(f"/?{ON}&{some(ids, 'Old')}").content.decode()

    assert "Nothing here yet" not in seen
    assert "Net worth by month" in seen
    assert ">70.00</a>" in seen
    assert "How it is spread" not in seen


@pytest.mark.django_db(transaction=True)
def test_some_accounts_are_told_as_they_were_known(
    api: Any, page: Get, book: Book, by: Actor, checking: Account, savings: Account
) -> None:
    today = book.day(timezone.now())
    keeper, bought = Bookkeeper(book, by), today.replace(day=1) - timedelta(days=40)
    made = keeper.move(checking, bought, "-40.00")
    keeper.move(savings, bought, "500.00")
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("transactions_transaction", "accounts_account", "buffet_book"):
            cursor.execute(f"UPDATE {table} SET created_at = created_at - interval '2 days'")
        cursor.execute(
            "UPDATE transactions_entry SET id = ('019b7700-0000-' || substr(id::text, 15))::uuid"
        )
    ledger.delete(book=book, by=by, transaction_ids=[made])
    late = keeper.open("Late", "cash", "BRL")
    known = f"accounts={checking.id}&known_on={today - timedelta(days=1)}"

    now = api.get(f"{PATH}?accounts={checking.id}").json()
    then = api.get(f"{PATH}?{known}").json()
    seen = html.unescape(page(f"/?{known}").content.decode())

    assert [one["net_worth"]["amount"] for one in (now, then)] == ["0.00", "-40.00"]
    assert {one["net_worth"]["amount"] for one in then["history"]} == {"-40.00"}
    assert page(f"/?{known}&format=json").json() == then
    figures = re.findall(r'href="([^"]+)">[+−]?[\d,]+\.\d\d</a>', seen)
    assert figures
    assert [one for one in figures if f"known_on={today - timedelta(days=1)}" not in one] == []
    # What was opened since was no account of the book then.
    later = known.replace(str(checking.id), str(late.id))
    assert api.get(f"{PATH}?{later}").status_code == 404
    assert page(f"/?{later}").status_code == 404
