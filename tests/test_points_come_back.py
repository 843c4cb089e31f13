"""A balance that was taken away on a month's end is told, and brought back by a button."""

from datetime import date
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper
from conftest import Api
from django.test import Client
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger
from transactions.models import BalancePoint, Entry, Transaction
from transactions.queries.balances import balance

LAST = date(2026, 5, 31)
ADDRESS = "/month-end/2026-05"


@pytest.fixture
def fund(keeper: Bookkeeper, checking: Account) -> Account:
    """An investment into which 1,000 was paid."""
    found = keeper.open("Fund", "investment", "BRL")
    keeper.move(checking, date(2026, 5, 4), "-1000.00", transfer_to_id=found.id)
    return found


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    """The owner's browser, signed in."""
    client.force_login(owner)
    return client


def _send(browser: Client, action: str, point: BalancePoint, address: str = ADDRESS) -> Any:
    return browser.post(address, {"action": action, "point": str(point.id)})


def test_a_valuation_comes_back_with_its_own_ids_and_the_gain_that_went_with_it(
    browser: Client, keeper: Bookkeeper, book: Book, fund: Account
) -> None:
    point = keeper.point(fund, LAST, "1250.00", kind="valuation")
    was = set(Entry.objects.values_list("id", "amount"))

    answers = [_send(browser, "unpoint", point) for _ in range(2)]

    told = f"{ADDRESS}?taken={point.id}"
    assert [one["Location"] for one in answers] == [f"{told}#content"] * 2
    page = browser.get(told)
    assert "Fund was worth 1,250.00 BRL at the end of 31 May 2026 is said no more" in text_of(page)
    assert "went with it: +250.00 BRL gained" in text_of(page)
    assert balance(book.id, fund.id, LAST) == 1000

    answers = [_send(browser, "repoint", point, told) for _ in range(2)]

    assert [one["Location"] for one in answers] == [f"{ADDRESS}?back={point.id}#content"] * 2
    again = BalancePoint.objects.get()
    assert (again.id, again.transaction_id) == (point.id, point.transaction_id)
    assert set(Entry.objects.values_list("id", "amount")) == was
    assert "It is back." in text_of(browser.get(answers[0]["Location"]))
    assert "is said no more" not in text_of(browser.get(told))


def test_programs_bring_one_back_once(api: Api, keeper: Bookkeeper, fund: Account) -> None:
    point = keeper.point(fund, LAST, "1250.00", kind="valuation")
    address = f"/balance-points/{point.id}"
    before, was = api.get(address).json(), set(Entry.objects.values_list("id", "amount"))
    assert api.delete(address).status_code == 204

    back = api.post(f"{address}/restore")

    told = ("version", "created_at", "updated_at")
    assert back.status_code == 200
    assert {**back.json(), **{one: before[one] for one in told}} == before
    assert set(Entry.objects.values_list("id", "amount")) == was
    again = api.post(f"{address}/restore")
    assert (again.status_code, again.json()["code"]) == (409, "still_there")
    never = api.post(f"/balance-points/{fund.id}/restore")
    assert (never.status_code, never.json()["code"]) == (404, "not_found")


def test_what_was_changed_meanwhile_is_in_its_gain(
    browser: Client, keeper: Bookkeeper, book: Book, fund: Account, checking: Account
) -> None:
    point = keeper.point(fund, LAST, "1250.00", kind="valuation")
    _send(browser, "unpoint", point)
    keeper.move(checking, date(2026, 5, 5), "-100.00", transfer_to_id=fund.id)

    _send(browser, "repoint", point)

    assert balance(book.id, fund.id, LAST) == 1250
    assert Transaction.objects.filter(source="valuation").count() == 1


def test_a_statements_balance_comes_back_with_its_note(
    browser: Client, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, date(2026, 5, 4), "5.00")
    point = keeper.point(checking, LAST, "6.00")
    BalancePoint.objects.update(note="as on paper")

    where = _send(browser, "unpoint", point)["Location"]
    assert "Checking had 6.00 BRL at the end of 31 May 2026 is said no more" in text_of(
        browser.get(where)
    )
    _send(browser, "repoint", point)

    again = BalancePoint.objects.get()
    assert (again.id, again.kind, again.balance, again.note) == (
        *(point.id, "statement", 6),
        "as on paper",
    )


def test_one_whose_day_is_taken_or_closed_stays_away_and_the_page_says_why(
    browser: Client, keeper: Bookkeeper, book: Book, by: Actor, fund: Account
) -> None:
    point = keeper.point(fund, LAST, "1250.00", kind="valuation")
    told = _send(browser, "unpoint", point)["Location"]
    other = keeper.point(fund, LAST, "1000.00")

    answer = _send(browser, "repoint", point, told)

    assert answer.status_code == 400
    assert "The account has a balance point for this day already" in text_of(answer)
    ledger.delete_point(book=book, by=by, point_id=other.id)
    ledger.close_month(book=book, by=by, month=LAST, today=TODAY)
    answer = _send(browser, "repoint", point, told)
    assert answer.status_code == 400
    assert "May 2026 is closed" in text_of(answer)
    assert not BalancePoint.objects.exists()


def test_a_balance_of_another_book_is_neither_told_nor_brought_back(
    person: Any, keeper: Bookkeeper, book: Book, by: Actor, fund: Account
) -> None:
    point = keeper.point(fund, LAST, "1250.00", kind="valuation")
    ledger.delete_point(book=book, by=by, point_id=point.id)
    stranger = Client()
    stranger.force_login(person("stranger", Book.objects.create(name="B", base_currency="BRL")))

    seen = stranger.get(f"{ADDRESS}?taken={point.id}")

    assert "said no more" not in text_of(seen)
    assert _send(stranger, "repoint", point).status_code == 400
    assert not BalancePoint.objects.exists()


def test_who_only_reads_is_told_without_a_button(
    person: Any, keeper: Bookkeeper, book: Book, by: Actor, fund: Account
) -> None:
    point = keeper.point(fund, LAST, "1250.00", kind="valuation")
    ledger.delete_point(book=book, by=by, point_id=point.id)
    reader = Client()
    reader.force_login(person("reader", book, "viewer"))

    seen = reader.get(f"{ADDRESS}?taken={point.id}")

    assert "said no more" in text_of(seen)
    assert "repoint" not in seen.content.decode()
    assert _send(reader, "repoint", point).status_code == 403


def _keep(browser: Client, account: Account, kind: str, balance: str) -> Any:
    sent = {"account": str(account.id), "on": f"{LAST}", "kind": kind, "balance": balance}
    return browser.post(ADDRESS, {"action": "point", **sent})


def test_a_value_takes_the_place_of_a_statement_and_the_other_way_round(
    browser: Client, keeper: Bookkeeper, book: Book, fund: Account
) -> None:
    keeper.point(fund, LAST, "1000.00")

    valued = _keep(browser, fund, "valuation", "1,250.00")

    assert (valued.status_code, BalancePoint.objects.get().kind) == (303, "valuation")
    assert balance(book.id, fund.id, LAST) == 1250
    page = browser.get(valued["Location"])
    assert "Replaced. That Fund had 1,000.00 BRL at the end of 31 May 2026" in text_of(page)
    assert "repoint" not in page.content.decode()
    assert "is replaced, whether a bank said it or it was a value." in text_of(page)

    stated = _keep(browser, fund, "statement", "1,000.00")

    assert (stated.status_code, BalancePoint.objects.get().kind) == (303, "statement")
    assert balance(book.id, fund.id, LAST) == 1000
    seen = text_of(browser.get(stated["Location"]))
    assert "Replaced. That Fund was worth 1,250.00 BRL" in seen
    assert "went with it: +250.00 BRL gained" in seen
    again = _keep(browser, fund, "statement", "1,000.00")
    kept = BalancePoint.objects.get().id
    assert again["Location"] == f"{ADDRESS}?saved={kept}#content"


def test_what_is_reconciled_is_not_replaced(
    browser: Client, keeper: Bookkeeper, book: Book, fund: Account
) -> None:
    point = keeper.point(fund, LAST, "1000.00")
    ledger.reconcile(**keeper.who, point_id=point.id)

    answer = _keep(browser, fund, "valuation", "1,250.00")

    assert answer.status_code == 400
    assert "This balance point is reconciled: unlock it first." in text_of(answer)
    assert BalancePoint.objects.get().kind == "statement"
