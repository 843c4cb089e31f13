"""`?known_on=`: every report and page as it was known at the end of a day."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.db import connection
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from reports.known import NotKept
from transactions import services as ledger

pytestmark = pytest.mark.django_db(transaction=True)
REPORTS = (
    "/reports/accounts/portfolio-overview",
    "/reports/accounts/balances",
    "/reports/cash-flow",
    "/reports/spending",
    "/reports/net-worth",
    "/reports/trial-balance",
    "/reports/investment-performance",
    "/reports/cards",
    "/reports/coverage",
    "/reports/forecast",
)
#: How ids begin that were made in 2026-01, long before today.
OLD = "019b7700-0000-"
PAGES = (
    "/",
    "/accounts",
    "/accounts/{account}/days",
    "/cash-flow",
    "/spending",
    "/net-worth",
    "/trial-balance",
    "/investments",
    "/cards",
    "/coming",
    "/coverage",
    "/imports/new",
)


@pytest.fixture
def yesterday(book: Book, by: Actor, checking: Account, groceries: Account) -> date:
    """Yesterday, when a purchase of 40.00 was known that is deleted today."""
    today = book.day(timezone.now())
    keeper = Bookkeeper(book, by)
    bought = today.replace(day=1) - timedelta(days=1)
    made = keeper.move(checking, bought, "-40.00", category_id=groceries.id)
    # As if all of it had been recorded the day before yesterday; entries are as old as their ids.
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("transactions_transaction", "accounts_account", "buffet_book"):
            cursor.execute(f"UPDATE {table} SET created_at = created_at - interval '2 days'")
        cursor.execute(
            "UPDATE transactions_entry SET id = (%s || substr(id::text, 15))::uuid", [OLD]
        )
    ledger.delete(book=book, by=by, transaction_ids=[made])
    return today - timedelta(days=1)


@pytest.mark.parametrize("path", REPORTS)
def test_every_report_of_the_api_can_be_asked_as_known(
    api: Any, yesterday: date, path: str
) -> None:
    assert api.get(f"{path}?known_on={yesterday}").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_asked_as_known(
    client: Client, owner: User, checking: Account, yesterday: date, path: str
) -> None:
    client.force_login(owner)

    answer = client.get(f"{path.format(account=checking.id)}?known_on={yesterday}")

    assert answer.status_code == 200
    # Each page has a field of these words; the notice is there only if it was known then.
    assert "<b>As known on" in answer.content.decode()


def test_accounts_are_compared_with_a_day_as_both_were_known(
    api: Any, client: Client, owner: User, checking: Account, yesterday: date
) -> None:
    client.force_login(owner)
    before = (yesterday + timedelta(days=1)).replace(day=1) - timedelta(days=2)
    asked = f"since={before}&on={yesterday}&accounts={checking.id}"
    known = f"{asked}&known_on={yesterday}"

    now, then = (api.get(f"/reports/accounts/balances?{one}").json() for one in (asked, known))
    page = unescape(client.get(f"/accounts?{known}").content.decode())

    changes = [one["accounts"][0]["change"]["amount"] for one in (now, then)]
    assert changes == ["0.00", "-40.00"]
    assert client.get(f"/accounts?{known}&format=json").json() == then
    figures = re.findall(r'href="([^"]+)">[+−]?[\d,]+\.\d\d</a>', page)
    assert len(figures) == 7
    assert [one for one in figures if f"known_on={yesterday}" not in one] == []


def test_what_was_deleted_since_is_still_counted(api: Any, yesterday: date) -> None:
    month = yesterday.replace(day=1) - timedelta(days=1)

    now, then = (
        api.get(f"/reports/spending?date_from={month.replace(day=1)}{known}").json()
        for known in ("", f"&known_on={yesterday}")
    )

    assert now["total"]["amount"] == "0.00"
    assert then["total"]["amount"] == "40.00"


def test_a_file_says_what_was_known_too(client: Client, owner: User, yesterday: date) -> None:
    client.force_login(owner)

    answer = client.get(f"/spending?format=csv&known_on={yesterday}&period=last-24-months")

    assert b"40.00" in answer.content


def test_the_knowledge_of_a_day_to_come_is_refused(
    api: Any, client: Client, owner: User, yesterday: date
) -> None:
    client.force_login(owner)
    tomorrow = yesterday + timedelta(days=2)

    refused = api.get(f"/reports/spending?known_on={tomorrow}")
    page = client.get(f"/spending?known_on={tomorrow}")

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "?known_on"
    assert page.status_code == 400


@pytest.mark.parametrize("path", ["/imports", "/imports/{id}"])
@pytest.mark.parametrize("is_old", [False, True])
def test_imports_of_later_were_not_known_and_lines_of_earlier_ones_are_not_told(
    client: Client,
    owner: User,
    book: Book,
    by: Actor,
    checking: Account,
    yesterday: date,
    path: str,
    is_old: bool,
) -> None:
    file = BytesIO(b"Date,Text,Amount\n2026-05-02,Bread,-1.00\n")
    id = ledger.preview(book=book, by=by, file=file, file_name="May", account_id=checking.id).id
    if is_old:
        with atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE transactions_import SET created_at = now() - interval '2 days'")
    client.force_login(owner)

    answer = client.get(f"{path.format(id=id)}?known_on={yesterday}")

    assert answer.status_code == (409 if is_old else 404 if "{id}" in path else 200)
    assert "May" not in answer.content.decode().split("<main", 1)[-1]
    if is_old:
        assert escape(NotKept.__doc__ or "") in answer.content.decode()
