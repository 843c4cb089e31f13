"""Coverage: which days a statement backs, by hand-made cases, through the API and on the page."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger
from transactions.models import Import, ImportStatus

#: Every test asks about these two months, in which all that is told happened.
ASKED = "date_from=2026-05-01&date_to=2026-06-30"


@pytest.fixture
def asked(api: Any) -> Callable[..., dict[str, Any]]:
    """What the API says: `asked()`."""
    return lambda more="": api.get(f"/reports/coverage?{ASKED}{more}").json()


def statement(
    account: Account,
    since: str,
    until: str,
    closing: str | None = None,
    total: str = "0",
    **more: Any,
) -> Import:
    """Import a statement about days of 2026, "05-01" to "05-31", whose lines come to a total."""
    days = [date.fromisoformat(f"2026-{one}") for one in (since, until)]
    given = {"starts_on": days[0], "ends_on": days[1], "status": ImportStatus.COMMITTED, **more}
    return Import.objects.create(
        book_id=account.book_id,
        account=account,
        format="ofx",
        file_name=f"{since}.ofx",
        file_hash="0" * 64,
        first_on=days[0],
        last_on=days[1],
        total=Decimal(total),
        closing_balance=closing and Decimal(closing),
        **given,
    )


def gaps(account: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the days of 2026 that no statement backs."""
    return [(gap["since"][5:], gap["until"][5:]) for gap in account["gaps"]]


@pytest.fixture
def opened(keeper: Bookkeeper) -> Account:
    """An account that was opened before the two months."""
    return keeper.open("Giro", "checking", "BRL", opened_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("files", "missing", "covers"),
    [
        ([], [("05-01", "06-30")], ["none", "none"]),
        ([("05-01", "06-30")], [], ["full", "full"]),
        ([("04-15", "05-31"), ("06-01", "07-15")], [], ["full", "full"]),
        ([("05-01", "05-11"), ("05-31", "06-30")], [("05-12", "05-30")], ["part", "full"]),
        ([("06-10", "06-20"), ("06-12", "06-13")], [("05-01", "06-09"), ("06-21", "06-30")],
         ["none", "part"]),
    ],
)  # fmt: skip
def test_days_are_backed_by_the_statements_that_name_them(
    asked: Any, opened: Account, files: Any, missing: Any, covers: list[str]
) -> None:
    for since, until in files:
        statement(opened, since, until)

    (account,) = asked()["accounts"]

    assert gaps(account) == missing
    assert [month["cover"] for month in account["months"]] == covers
    assert account["missing"] == sum(month["missing"] for month in account["months"])


def test_a_statement_that_names_no_days_backs_those_of_its_lines(
    asked: Any, opened: Account
) -> None:
    statement(opened, "05-03", "06-28", starts_on=None, ends_on=None)

    assert gaps(asked()["accounts"][0]) == [("05-01", "05-02"), ("06-29", "06-30")]


def test_what_a_bank_says_it_opens_with_goes_before_what_its_lines_come_to(
    asked: Any, opened: Account
) -> None:
    statement(opened, "05-01", "05-31", "100.00", "20.00")
    statement(opened, "06-01", "06-30", "90.00", "-10.00", opening_balance=Decimal("99.00"))

    assert [one["difference"] for one in asked()["accounts"][0]["breaks"]] == ["-1.00"]


@pytest.mark.parametrize("status", ["preview", "reverted"])
def test_what_is_not_committed_backs_nothing(asked: Any, opened: Account, status: str) -> None:
    statement(opened, "05-01", "06-30", status=status)

    assert gaps(asked()["accounts"][0]) == [("05-01", "06-30")]


def test_a_balance_that_was_agreed_with_backs_its_own_day(
    asked: Any, book: Book, by: Actor, opened: Account, keeper: Bookkeeper
) -> None:
    keeper.move(opened, date(2026, 5, 5), "10.00")
    keeper.point(opened, date(2026, 5, 10), "11.00")
    agreed = keeper.point(opened, date(2026, 5, 31), "10.00")
    ledger.reconcile(book=book, by=by, point_id=agreed.id)

    account = asked()["accounts"][0]

    assert gaps(account) == [("05-01", "05-30"), ("06-01", "06-30")]
    assert not any(gap["balances_agree"] for gap in account["gaps"])


def test_days_between_balances_that_agree_are_told_apart(
    asked: Any, opened: Account, keeper: Bookkeeper
) -> None:
    keeper.move(opened, date(2026, 5, 5), "10.00")
    keeper.point(opened, date(2026, 4, 30), "0.00")
    keeper.point(opened, date(2026, 5, 20), "10.00")

    account = asked()["accounts"][0]

    assert gaps(account) == [("05-01", "05-20"), ("05-21", "06-30")]
    assert [gap["balances_agree"] for gap in account["gaps"]] == [True, False]


def test_an_account_counts_from_its_opening_or_its_first_movement(
    asked: Any, keeper: Bookkeeper, book: Book, by: Actor
) -> None:
    keeper.open("Never used", "checking", "BRL")
    keeper.open("Opened", "savings", "BRL", opened_on=date(2026, 5, 20))
    moved = keeper.open("Moved", "checking", "BRL", opened_on=date(2026, 6, 20))
    keeper.move(moved, date(2026, 6, 12), "10.00")
    keeper.open("With a balance", "checking", "BRL", opening_balance=Decimal("5.00"))
    keeper.open("Purse", "cash", "BRL", opened_on=date(2026, 5, 1))

    found = asked()

    assert {one["name"]: (one["since"], one["days"]) for one in found["accounts"]} == {
        "Never used": (None, 0),
        "Opened": ("2026-05-20", 42),
        "Moved": ("2026-06-12", 19),
        "With a balance": (None, 0),
    }
    assert found["without_statements"] == ["Purse"]
    assert [one["cover"] for one in found["accounts"][0]["months"]] == ["outside", "none"]


@pytest.mark.parametrize(
    ("second", "difference", "missing"),
    [
        # It opens with what the first closed with: 100.00.
        (("06-01", "06-30", "130.00", "30.00"), None, []),
        (("06-01", "06-30", "90.00", "30.00"), "-40.00", []),
        (("06-05", "06-30", "130.00", "30.00"), None, [("06-01", "06-04", True)]),
        (("06-05", "06-30", "130.50", "30.00"), "0.50", [("06-01", "06-04", False)]),
        # Those that overlap are not compared.
        (("05-20", "06-30", "90.00", "30.00"), None, []),
        (("06-01", "06-30", None, "30.00"), None, []),
    ],
)
def test_statements_that_do_not_join_are_named_with_the_amount(
    asked: Any, opened: Account, second: Any, difference: str | None, missing: Any
) -> None:
    first = statement(opened, "05-01", "05-31", "100.00", "20.00")
    since, until, closing, total = second
    later = statement(opened, since, until, closing, total)

    account = asked()["accounts"][0]

    found = [(one["before"], one["after"], one["difference"]) for one in account["breaks"]]
    assert found == ([(str(first.id), str(later.id), difference)] if difference else [])
    assert [(*days, gap["balances_agree"]) for days, gap in
            zip(gaps(account), account["gaps"], strict=True)] == missing  # fmt: skip


def test_a_statement_backs_no_day_after_it_was_made(asked: Any, opened: Account) -> None:
    statement(opened, "05-01", "06-30")
    Import.objects.update(created_at=datetime(2026, 6, 21, 1, tzinfo=UTC))

    # It was the evening of 20 June in São Paulo.
    assert gaps(asked()["accounts"][0]) == [("06-21", "06-30")]


def test_only_what_was_asked_for_is_told(
    api: Any, asked: Any, opened: Account, checking: Account, person: Any, sign_in: Any
) -> None:
    alone = asked(f"&accounts={opened.id}")
    stranger = sign_in(person("stranger", Book.objects.create(name="T", base_currency="EUR")))

    assert [one["id"] for one in alone["accounts"]] == [str(opened.id)]
    refused = stranger.get(f"/reports/coverage?accounts={opened.id}")
    assert refused.status_code == 404
    assert stranger.get("/reports/coverage").json()["accounts"] == []


def test_every_face_tells_of_some_accounts_alone_and_says_so(
    client: Client, owner: User, api: Any, opened: Account, keeper: Bookkeeper
) -> None:
    client.force_login(owner)
    other = keeper.open("Other", "savings", "BRL", opened_on=date(2026, 1, 1))
    wallet = keeper.open("Wallet", "cash", "BRL")
    asked = f"/coverage?accounts={opened.id}&period=2026"

    page = unescape(client.get(asked).content.decode())

    assert client.get(f"{asked}&format=json").json() == api.get(f"/reports{asked}").json()
    rows = client.get(f"{asked}&format=csv").getvalue().decode().splitlines()
    assert {row.split(",")[0] for row in rows[1:]} == {opened.name}
    assert "Only 1 account" in page
    assert 'href="?period=2026">All accounts' in page
    assert f'href="/accounts/{opened.id}?period=2026"' in page
    assert other.name not in page
    for face in ("csv", "xlsx", "json"):
        assert f'href="?accounts={opened.id}&period=2026&format={face}"' in page
    assert (
        "Without statements: Wallet."
        in client.get(f"/coverage?accounts={wallet.id}").content.decode()
    )
    assert client.get(f"/coverage?accounts={keeper.who['book'].id}").status_code == 404


def test_the_statements_of_the_database_do_not_grow_with_accounts(
    api: Any, asked: Any, opened: Account, keeper: Bookkeeper
) -> None:
    statement(opened, "05-01", "05-31")
    with CaptureQueriesContext(connection) as few:
        asked()
    for number in range(3):
        account = keeper.open(f"More {number}", "savings", "BRL", opened_on=date(2026, 1, 1))
        statement(account, "05-01", "05-31")
        keeper.point(account, date(2026, 5, 31), "1.00")

    with CaptureQueriesContext(connection) as many:
        asked()

    assert len(few) == len(many) <= 6


def test_the_page_says_what_is_missing_in_words(
    client: Client, owner: User, opened: Account
) -> None:
    client.force_login(owner)
    statement(opened, "05-01", "05-11", "100.00")
    statement(opened, "05-31", "06-30", "90.00", "-30.00")

    page = client.get(f"/coverage?{ASKED}")

    said = text_of(page)
    assert "12 May 2026 – 30 May 2026 : no statement" in said
    assert "05-01.ofx closes with 100.00, 05-31.ofx opens with 120.00:" in said
    assert "+20.00 BRL between them" in said
    assert "May 2026: 19 of 31 days are not backed" in said
    assert "June 2026: all days are backed" in said
    rows = f"/rows?account={opened.id}&amp;date_from=2026-05-12&amp;date_to=2026-05-30"
    assert f'href="{rows}"' in page.content.decode()


def test_days_that_part_a_gap_in_words_are_counted(
    client: Client, owner: User, book: Book, by: Actor, opened: Account, keeper: Bookkeeper
) -> None:
    client.force_login(owner)
    keeper.move(opened, date(2026, 5, 5), "10.00")
    keeper.point(opened, date(2026, 5, 10), "11.00")
    agreed = keeper.point(opened, date(2026, 5, 31), "10.00")
    ledger.reconcile(book=book, by=by, point_id=agreed.id)

    said = text_of(client.get(f"/coverage?{ASKED}"))

    assert "60 days" in said
    assert "1 May 2026 – 30 Jun 2026 : no statement; 1 day in between is backed" in said


def test_the_page_is_empty_without_accounts_and_leads_to_the_first_import(
    client: Client, owner: User
) -> None:
    client.force_login(owner)

    assert "Import your first statement" in text_of(client.get("/coverage"))


def test_the_csv_says_every_day_once(client: Client, owner: User, opened: Account) -> None:
    client.force_login(owner)
    statement(opened, "05-01", "05-11", "100.00")
    statement(opened, "05-31", "06-30", "90.00", "-30.00")

    lines = client.get(f"/coverage?{ASKED}&format=csv").getvalue().decode().splitlines()

    assert lines[1:] == [
        "Giro,checking,2026-05-01,2026-05-11,11,statement,,,,",
        "Giro,checking,2026-05-12,2026-05-30,19,nothing,,,,",
        "Giro,checking,2026-05-31,2026-06-30,31,statement,,,,",
        "Giro,checking,2026-05-11,2026-05-31,,does not join,100.00,120.00,20.00,BRL",
    ]
