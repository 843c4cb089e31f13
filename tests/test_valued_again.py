"""A valuation before which something was changed is told apart, and valued again by a button."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper
from django.test import Client
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import BalancePoint, TransactionEvent
from transactions.queries.balances import balance

APRIL, MAY = date(2026, 4, 30), date(2026, 5, 31)
TOLD = "Fund, 31 May 2026 : Stated 1,200.00, now 1,300.00 BRL: something before it was changed."


@pytest.fixture
def fund(keeper: Bookkeeper, checking: Account) -> Account:
    """1,000 in March, valued at 1,050 in April and 1,200 in May; then April at 1,150 instead."""
    found = keeper.open("Fund", "investment", "BRL")
    keeper.move(checking, date(2026, 3, 4), "-1000.00", transfer_to_id=found.id)
    april = keeper.point(found, APRIL, "1050.00", kind="valuation")
    keeper.point(found, MAY, "1200.00", kind="valuation")
    ledger.change_point(**keeper.who, point_id=april.id, balance=Decimal(1150))
    return found


@pytest.fixture
def may(fund: Account) -> BalancePoint:
    """What was said of May, which is not what is there any more."""
    return BalancePoint.objects.get(account=fund, on=MAY)


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def _pages(fund: Account) -> tuple[str, str]:
    return "/investments?period=2026-05", f"/accounts/{fund.id}?on=2026-06-10"


def test_pages_tell_what_was_stated_and_what_is_there_now(
    browser: Any, fund: Account, may: BalancePoint
) -> None:
    client = browser(Role.EDITOR)
    for address in _pages(fund):
        page = client.get(address)
        seen = page.content.decode()
        assert TOLD in text_of(page)
        # The button is in what all readers of a role are shown; its form is the reader's own.
        assert re.search(rf'form="value-again" formaction="/valuations/{may.id}"', seen)
        assert seen.count('id="value-again"') == 1
        assert "30 Apr 2026 : Stated" not in text_of(page)
    assert TOLD in text_of(client.get(f"/accounts/{fund.id}?on=2026-05-31"))
    assert "Stated" not in text_of(client.get(f"/accounts/{fund.id}?on=2026-05-30"))
    month = text_of(client.get("/month-end/2026-05"))
    assert "stated 1,200.00 for 31 May 2026, now 1,300.00 BRL: something before it was" in month
    assert client.get(f"/valuations/{may.id}").status_code == 200


def test_a_button_values_it_again_once_and_leads_back(
    browser: Any, book: Book, fund: Account, may: BalancePoint
) -> None:
    client = browser(Role.EDITOR)
    for address in _pages(fund):
        sent = {"action": "revalue", "back": address}
        answers = [client.post(f"/valuations/{may.id}", sent) for _ in range(2)]
        assert [(one.status_code, one["Location"]) for one in answers] == [(303, address)] * 2
        assert "Stated" not in text_of(client.get(address))
    assert balance(book.id, fund.id, MAY) == 1200
    corrected = TransactionEvent.objects.filter(pgh_obj_id=may.transaction_id)
    assert "+50.00" in text_of(client.get(_pages(fund)[0]))
    assert corrected.count() <= 1
    elsewhere = {"action": "revalue", "back": "https://example.com/"}
    assert client.post(f"/valuations/{may.id}", elsewhere)["Location"] == "/"


def test_the_month_ends_button_does_the_same(
    browser: Any, book: Book, fund: Account, may: BalancePoint
) -> None:
    client = browser(Role.EDITOR)
    assert 'value="revalue"' in client.get("/month-end/2026-05").content.decode()

    sent = {"action": "revalue", "point": str(may.id)}
    answers = [client.post("/month-end/2026-05", sent) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert balance(book.id, fund.id, MAY) == 1200
    assert 'value="revalue"' not in client.get("/month-end/2026-05").content.decode()


def test_a_statement_is_not_valued(
    browser: Any, keeper: Bookkeeper, checking: Account, fund: Account
) -> None:
    point = keeper.point(checking, MAY, "1.00")
    client = browser(Role.OWNER)

    assert client.get(f"/valuations/{point.id}").status_code == 404
    sent = {"action": "revalue", "point": str(point.id)}
    assert client.post("/month-end/2026-05", sent).status_code == 400
    assert 'value="revalue"' not in client.get(f"/accounts/{checking.id}").content.decode()


def test_in_a_closed_month_it_stays_and_the_page_says_why(
    browser: Any, book: Book, by: Actor, fund: Account, may: BalancePoint
) -> None:
    ledger.close_month(book=book, by=by, month=date(2026, 5, 1), today=TODAY)
    client = browser(Role.OWNER)

    answer = client.post(f"/valuations/{may.id}", {"action": "revalue", "back": "/investments"})
    on_month_end = client.post("/month-end/2026-05", {"action": "revalue", "point": str(may.id)})

    for one in (answer, on_month_end):
        assert one.status_code == 400
        assert "May 2026 is closed; an owner of the book can reopen it." in text_of(one)
    assert balance(book.id, fund.id, MAY) == 1300
    assert 'name="back" value="/investments"' in answer.content.decode()


def test_who_only_reads_is_told_and_has_no_button(
    browser: Any, book: Book, fund: Account, may: BalancePoint
) -> None:
    client = browser(Role.VIEWER)
    for address in (*_pages(fund), f"/valuations/{may.id}", "/month-end/2026-05"):
        page = client.get(address)
        assert page.status_code == 200
        assert "1,300.00" in text_of(page)
        assert "revalue" not in page.content.decode()
        assert "value-again" not in page.content.decode()
    assert client.post(f"/valuations/{may.id}", {"action": "revalue"}).status_code == 403
    assert balance(book.id, fund.id, MAY) == 1300


def test_no_other_site_sends_it_and_no_other_book_has_it(
    owner: User, person: Any, book: Book, fund: Account, may: BalancePoint
) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(owner)
    assert careful.post(f"/valuations/{may.id}", {"action": "revalue"}).status_code == 403
    other = Book.objects.create(name="Other", base_currency="BRL")
    stranger = Client()
    stranger.force_login(person("stranger", other))
    assert stranger.get(f"/valuations/{may.id}").status_code == 404
    assert stranger.post(f"/valuations/{may.id}", {"action": "revalue"}).status_code == 404
    assert balance(book.id, fund.id, MAY) == 1300


def test_many_are_told_in_part_the_earliest_first(
    browser: Any, keeper: Bookkeeper, checking: Account
) -> None:
    found = keeper.open("Shares", "investment", "BRL")
    for day in range(1, 9):
        keeper.point(found, date(2026, 5, day), str(100 + day), kind="valuation")
    keeper.move(checking, date(2026, 4, 4), "-7.00", transfer_to_id=found.id)

    seen = text_of(browser(Role.OWNER).get(f"/accounts/{found.id}?on=2026-06-10"))

    assert seen.count(": Stated ") == 5
    assert seen.index("1 May 2026 : Stated") < seen.index("5 May 2026 : Stated")
    assert "3 later ones are not, either. Begin with the earliest" in seen


def test_the_api_says_the_same(api: Any, fund: Account, may: BalancePoint) -> None:
    asked = "/reports/investment-performance?period=2026-05"
    (told,) = api.get(asked).json()["valuations"]
    assert (told["value"]["amount"], told["computed"]["amount"]) == ("1200.00", "1300.00")
    assert told["ok"] is False
    month = api.get("/reports/month-end?month=2026-05").json()
    kinds = {one["point"]["kind"] for one in month["accounts"] if one["point"]}
    assert kinds == {"valuation"}

    assert api.post(f"/balance-points/{may.id}/revalue").status_code == 200

    (told,) = api.get(asked).json()["valuations"]
    assert (told["computed"]["amount"], told["gain"]["amount"], told["ok"]) == (
        "1200.00",
        "50.00",
        True,
    )
