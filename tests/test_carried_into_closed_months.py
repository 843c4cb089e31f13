"""What is dated before a closed month changes its balances: said before it is done."""

import re
from datetime import date
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from conftest import Api
from django.test import Client
from test_imports import upload
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from buffet.money import text
from transactions import services as ledger
from transactions.models import Import
from transactions.queries import balances

TODAY = date(2026, 6, 15)
ENDS = {"2026-04": date(2026, 4, 30), "2026-05": date(2026, 5, 31)}
#: Two lines of March, one of which the bank posts a pending one by, and one of June.
FILE = (
    "Date,Description,Amount\n2026-03-05,Bread,-9.90\n2026-03-09,Market,-42.50\n"
    "2026-06-02,Bread,-9.90\n"
)


@pytest.fixture
def closed(book: Book, by: Actor, checking: Account) -> None:
    """Something pending of March, and April and May, which are closed."""
    Bookkeeper(book, by).move(checking, date(2026, 3, 8), "-40.00", status="pending",
                              description="Market")  # fmt: skip
    for end in ENDS.values():
        ledger.close_month(book=book, by=by, month=end, today=TODAY)


def preview(api: Api, account: Account, content: str = FILE) -> dict[str, Any]:
    """Upload a file and return its preview."""
    answer = upload(api, account, content.encode())
    assert answer.status_code == 201, answer.content
    return answer.json()


def had(book: Book, account: Account) -> list[Any]:
    """Return what the account had at the ends of April and May."""
    return [balances.balance(book.id, account.id, end) for end in ENDS.values()]


def test_a_preview_says_which_closed_months_would_have_other_balances_and_by_how_much(
    api: Api, book: Book, checking: Account, closed: None
) -> None:
    before = had(book, checking)
    found = preview(api, checking)
    waiting = next(line for line in found["lines"] if line["description"] == "Market")
    posted = {"verdict": "posted", "transaction": waiting["proposal"]["transaction"]}
    if waiting["verdict"] != "posted":
        sent = api.patch(f"/imports/{found['id']}/lines/{waiting['number']}", posted)
        assert sent.status_code == 200, sent.content

    told = api.get(f"/imports/{found['id']}").json()["closed_months"]
    done = api.post(f"/imports/{found['id']}/commit", {})

    assert told == [{"month": month, "change": "-12.40"} for month in ENDS]
    changed = [after - was for after, was in zip(had(book, checking), before, strict=True)]
    assert [text(one, "BRL") for one in changed] == ["-12.40", "-12.40"]
    assert done.json()["closed_months"] == []


def test_what_comes_after_them_or_sums_to_nothing_is_not_said(
    api: Api, checking: Account, closed: None
) -> None:
    rows = "2026-03-05,A,-5.00\n2026-03-06,B,5.00\n2026-06-05,C,-5.00\n"

    assert preview(api, checking, f"Date,Description,Amount\n{rows}")["closed_months"] == []


def test_lines_of_a_closed_month_are_refused_and_not_counted(
    api: Api, checking: Account, closed: None
) -> None:
    found = preview(api, checking, FILE.replace("2026-06-02", "2026-04-02"))

    assert [one["change"] for one in found["closed_months"]] == ["-52.40", "-52.40"]
    assert api.post(f"/imports/{found['id']}/commit", {}).status_code == 400


def test_the_page_says_it_beside_the_button(
    client: Client, api: Api, owner: User, checking: Account, closed: None
) -> None:
    started = preview(api, checking)
    client.force_login(owner)

    page = client.get(f"/imports/{started['id']}")

    found = re.search(r'id="carried".*?</div>', page.content.decode(), re.DOTALL)
    assert found
    for said in ("April 2026", "May 2026", "/month-end/2026-04", "BRL"):
        assert said in found[0]
    client.post(f"/imports/{started['id']}", {"action": "commit"})
    assert 'id="carried"' not in client.get(f"/imports/{started['id']}").content.decode()
    assert Import.objects.get().status == "committed"


def test_a_month_s_end_says_which_earlier_month_is_open(
    client: Client, api: Api, book: Book, by: Actor, owner: User, closed: None
) -> None:
    client.force_login(owner)
    report = api.get("/reports/month-end?month=2026-05").json()
    seen = text_of(client.get("/month-end/2026-05"))

    assert (report["status"], report["open_since"]) == ("closed", "2026-03")
    assert "A month before it is open: March 2026." in seen

    ledger.close_month(book=book, by=by, month=date(2026, 3, 1), today=TODAY)

    assert api.get("/reports/month-end?month=2026-05").json()["open_since"] is None
    assert "A month before it is open" not in text_of(client.get("/month-end/2026-05"))


def test_a_transaction_of_an_open_month_is_carried_on_as_an_import_is(
    api: Api, book: Book, checking: Account, closed: None
) -> None:
    before = had(book, checking)
    sent = {"account": str(checking.id), "amount": "-1.00", "date": "2026-03-20",
            "description": "Bread"}  # fmt: skip

    assert api.post("/transactions", sent).status_code == 201
    assert had(book, checking) == [one - 1 for one in before]
    assert api.post("/transactions", sent | {"date": "2026-04-20"}).status_code == 400
