"""Closing and reopening a month from its page: who may, what is refused, what stays to be read."""

import re
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.db import connection
from django.test import Client
from django.utils import timezone
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import BalancePoint, ClosedMonth
from transactions.services.months import AlreadyClosed

MAY = date(2026, 5, 1)
LAST = date(2026, 5, 31)
TODAY = date(2026, 6, 15)
ADDRESS = "/month-end/2026-05"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def backed(keeper: Bookkeeper, checking: Account, salary: Account) -> BalancePoint:
    """A month of which nothing is left: one entry, and the bank agrees."""
    keeper.move(checking, date(2026, 5, 5), "1234.50", category_id=salary.id)
    return keeper.point(checking, LAST, "1234.50")


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def close(client: Client, **more: str) -> Any:
    return client.post(ADDRESS, {"action": "close", **more})


# Closing


@pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
def test_a_month_that_is_ready_is_closed_with_a_button(
    browser: Any, backed: BalancePoint, role: str
) -> None:
    client = browser(role)
    assert "Ready to close" in text_of(client.get(ADDRESS))

    answer = close(client)

    assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
    seen = text_of(client.get(ADDRESS))
    assert re.search(rf"May 2026 was closed on [^.]* by {role.title()} Closed", seen)
    assert "Close May 2026" not in seen
    assert ClosedMonth.objects.get().created_via == "page"


def test_a_month_with_something_left_is_closed_once_that_is_ticked(
    browser: Any, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, date(2026, 5, 5), "-10.00")
    client = browser(Role.OWNER)

    refused = close(client)

    assert refused.status_code == 400
    assert "Something is left to look at" in text_of(refused)
    assert "no statement or balance backs 27 days" in text_of(refused)
    assert "1 entry without a category" in text_of(refused)
    assert not ClosedMonth.objects.exists()
    assert close(client, anyway="on").status_code == 303
    assert ClosedMonth.objects.exists()


def test_the_transaction_that_would_explain_a_difference_is_led_to(
    browser: Any, keeper: Bookkeeper, backed: BalancePoint, checking: Account, groceries: Account
) -> None:
    doubled = keeper.move(checking, date(2026, 5, 7), "-30.00", category_id=groceries.id)

    answer = browser(Role.OWNER).get(ADDRESS)

    assert "this transaction would explain it" in text_of(answer)
    assert f'href="/transactions/{doubled}"' in answer.content.decode()


def test_a_month_that_is_not_over_is_not_closed(browser: Any, book: Book, keeper: Any) -> None:
    from_now = "/month-end/2199-12"
    client = browser(Role.OWNER)

    seen, answer = client.get(from_now), client.post(from_now, {"action": "close", "anyway": "on"})

    assert "Not over yet" in text_of(seen)
    assert answer.status_code == 400
    assert not ClosedMonth.objects.exists()


def test_what_is_sent_twice_is_done_once_and_no_mistake(browser: Any, backed: BalancePoint) -> None:
    client = browser(Role.OWNER)
    reconcile = {"action": "reconcile", "point": str(backed.id)}
    reopen = {"action": "reopen", "reason": "A late bill"}

    assert [client.post(ADDRESS, reconcile).status_code for _ in range(2)] == [303, 303]
    assert [close(client).status_code for _ in range(2)] == [303, 303]
    assert ClosedMonth.objects.count() == 1
    assert [client.post(ADDRESS, reopen).status_code for _ in range(2)] == [303, 303]
    assert text_of(client.get(ADDRESS)).count("A late bill") == 1


@pytest.mark.django_db(transaction=True)
def test_a_month_that_two_close_at_once_is_closed_once(
    book: Book, by: Actor, backed: BalancePoint
) -> None:
    told: list[str] = []
    start = threading.Barrier(2)

    def closing() -> None:
        start.wait()
        try:
            ledger.close_month(book=book, by=by, month=MAY, today=TODAY)
            told.append("closed")
        except AlreadyClosed:
            told.append("already closed")
        finally:
            connection.close()

    threads = [threading.Thread(target=closing) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(told) == ["already closed", "closed"]
    assert ClosedMonth.objects.count() == 1


# Reopening


def test_an_owner_reopens_with_a_reason_that_stays(browser: Any, backed: BalancePoint) -> None:
    client = browser(Role.OWNER)
    close(client)

    without = client.post(ADDRESS, {"action": "reopen", "reason": " "})
    answer = client.post(ADDRESS, {"action": "reopen", "reason": f"A late bill {EVIL}"})

    assert (without.status_code, answer.status_code) == (400, 303)
    page = client.get(ADDRESS)
    assert re.search(r"Reopened by Owner on [^:]*:\d\d: A late bill", text_of(page))
    assert EVIL not in page.content.decode()
    assert "Ready to close" in text_of(page)
    found = client.get(f"{ADDRESS}?format=json").json()
    assert (found["reopened"][0]["by"], found["reopened"][0]["closed_by"]) == ("Owner", "Owner")
    assert not ClosedMonth.objects.exists()


def test_an_editor_does_not_reopen(browser: Any, backed: BalancePoint) -> None:
    client = browser(Role.EDITOR)
    close(client)

    seen, answer = client.get(ADDRESS), client.post(ADDRESS, {"action": "reopen", "reason": "x"})

    assert "Reopen it" not in text_of(seen)
    assert answer.status_code == 403
    assert "Only an owner of the book reopens a month." in text_of(answer)
    assert ClosedMonth.objects.exists()


# Balances


def test_an_account_is_reconciled_beside_its_row(
    browser: Any, backed: BalancePoint, checking: Account
) -> None:
    client = browser(Role.EDITOR)
    assert "Reconcile Checking up to 31 May 2026" in client.get(ADDRESS).content.decode()

    answer = client.post(ADDRESS, {"action": "reconcile", "point": str(backed.id)})

    assert answer.status_code == 303
    checking.refresh_from_db()
    assert checking.locked_through == LAST
    assert "reconciled up to 31 May 2026" in text_of(client.get(ADDRESS))


def test_why_an_account_is_not_reconciled_is_said_in_its_row(
    browser: Any, backed: BalancePoint, keeper: Bookkeeper, checking: Account, savings: Account
) -> None:
    keeper.move(checking, date(2026, 5, 6), "10.00", status="pending")
    keeper.move(checking, date(2026, 5, 7), "-10.00")
    keeper.move(savings, date(2026, 5, 7), "10.00")
    client = browser(Role.OWNER)

    answer = client.post(ADDRESS, {"action": "reconcile", "point": str(backed.id)})

    rows = re.findall(r'<tr id="account-.*?</tr>', answer.content.decode(), re.DOTALL)
    assert answer.status_code == 400
    assert ["still pending up to" in row for row in rows] == [True, False]


@pytest.mark.parametrize(("language", "typed"), [("en", "1,234.50"), ("pt-br", "1.234,50")])
def test_a_balance_is_typed_as_its_reader_writes_it(
    browser: Any, backed: BalancePoint, checking: Account, language: str, typed: str
) -> None:
    BalancePoint.objects.all()._raw_delete("default")
    client = browser(Role.EDITOR)
    sent = {"action": "point", "account": str(checking.id), "on": "2026-05-31", "balance": typed}

    answer = client.post(ADDRESS, sent, headers={"Accept-Language": language})
    again = client.post(ADDRESS, sent, headers={"Accept-Language": language})

    assert (answer.status_code, again.status_code) == (303, 303)
    assert BalancePoint.objects.get().balance == backed.balance
    client.post(ADDRESS, sent | {"balance": "7"})
    assert BalancePoint.objects.get().balance == 7


def test_what_was_typed_is_told_and_whether_it_agrees(
    browser: Any, backed: BalancePoint, checking: Account
) -> None:
    client = browser(Role.EDITOR)
    sent = {"action": "point", "account": str(checking.id), "on": "2026-05-31"}

    answer = client.post(ADDRESS, sent | {"balance": "1234.50"})

    assert answer["Location"] == f"{ADDRESS}?saved={backed.id}#content"
    page = client.get(answer["Location"])
    assert '<div class="notice saved" role="status" id="saved">' in page.content.decode()
    told = "Saved. Checking had 1,234.50 BRL at the end of 31 May 2026."
    assert f"{told} What is recorded agrees." in text_of(page)

    differs = client.post(ADDRESS, sent | {"on": "2026-05-30", "balance": "1200"})["Location"]
    seen = text_of(client.get(differs))
    assert "Saved. Checking had 1,200.00 BRL at the end of 30 May 2026." in seen
    assert "What is recorded differs by −34.50 BRL." in seen
    portuguese = text_of(client.get(differs, headers={"Accept-Language": "pt-BR"}))
    assert "O que está registrado difere em −34,50 BRL." in portuguese

    assert "Saved." not in text_of(client.get(ADDRESS))
    client.post(ADDRESS, {"action": "unpoint", "point": str(backed.id)})
    assert "Saved." not in text_of(client.get(answer["Location"]))


def test_a_balance_of_another_book_is_not_told(
    browser: Any, backed: BalancePoint, person: Any
) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")
    client = browser(Role.OWNER)
    client.force_login(person("stranger", theirs))

    seen = client.get(f"{ADDRESS}?saved={backed.id}")

    assert (seen.status_code, "Saved." in text_of(seen)) == (200, False)


def test_what_is_owed_has_a_minus_sign_and_without_one_that_is_told(
    browser: Any, keeper: Bookkeeper, backed: BalancePoint
) -> None:
    client, hint = browser(Role.OWNER), "what is owed on a card or a loan has a minus sign"
    assert hint not in text_of(client.get(ADDRESS))
    loan = keeper.open("Car", "loan", "BRL", opened_on=MAY, opening_balance=Decimal("-900.00"))
    assert f"{hint}: −1,234.50." in text_of(client.get(ADDRESS))
    sent = {"action": "point", "account": str(loan.id), "on": "2026-05-31"}

    wrong = client.get(client.post(ADDRESS, sent | {"balance": "900"})["Location"])
    right = client.get(client.post(ADDRESS, sent | {"balance": "-900"})["Location"])

    warning = "Without a minus sign it is what the bank owes you"
    assert warning in text_of(wrong)
    assert "Saved. Car had −900.00 BRL at the end of 31 May 2026." in text_of(right)
    assert "What is recorded agrees." in text_of(right)
    assert warning not in text_of(right)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"balance": "much"}, "balance"),
        ({"balance": "1.234"}, "balance"),
        ({"on": "31/05/2026"}, "on"),
        ({"on": "2199-01-01"}, "on"),
        ({"account": "0199c4a0-0000-7000-8000-000000000000"}, "account"),
        ({"account": ""}, "account"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    browser: Any, backed: BalancePoint, checking: Account, changed: dict[str, str], field: str
) -> None:
    sent = {"action": "point", "account": str(checking.id), "on": "2026-05-30", "balance": "1.00"}

    answer = browser(Role.OWNER).post(ADDRESS, sent | changed)

    assert answer.status_code == 400
    assert f'id="point_{field}_error"' in answer.content.decode()
    assert BalancePoint.objects.count() == 1


# Who may not


DEEDS = (
    {"action": "close", "anyway": "on"},
    {"action": "reopen", "reason": "x"},
    {"action": "reconcile", "point": "{point}"},
    {"action": "point", "account": "{account}", "on": "2026-05-30", "balance": "1.00"},
    {"action": "unpoint", "point": "{point}"},
    {"action": "unlock", "point": "{point}", "reason": "x"},
)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_viewer_reads_and_does_nothing(
    browser: Any, backed: BalancePoint, checking: Account, deed: dict[str, str]
) -> None:
    client = browser(Role.VIEWER)
    names = {"point": backed.id, "account": checking.id}
    sent = {key: value.format(**names) for key, value in deed.items()}

    seen, answer = client.get(ADDRESS), client.post(ADDRESS, sent)

    assert seen.status_code == 200
    assert "<button name=" not in seen.content.decode().split("</main>")[0]
    assert answer.status_code == 403
    assert not ClosedMonth.objects.exists()
    assert BalancePoint.objects.filter(reconciled_at=None).count() == 1


@pytest.mark.parametrize("deed", DEEDS[2:])
def test_a_stranger_does_nothing_to_our_rows(
    client: Client, backed: BalancePoint, checking: Account, person: Any, deed: dict[str, str]
) -> None:
    client.force_login(person("stranger", Book.objects.create(name="T", base_currency="EUR")))
    names = {"point": backed.id, "account": checking.id}

    answer = client.post(ADDRESS, {key: value.format(**names) for key, value in deed.items()})

    # What is not theirs is as if it had never been, or been taken away before.
    assert answer.status_code in (303, 400, 404)
    assert "Checking" not in text_of(answer)
    assert BalancePoint.objects.filter(reconciled_at=None).count() == 1


def test_a_form_without_its_token_or_name_is_refused(
    owner: User, browser: Any, backed: BalancePoint
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)

    assert close(strict).status_code == 403
    assert browser(Role.OWNER).post(ADDRESS, {"action": "burn"}).status_code == 404
    assert browser(Role.OWNER).post("/month-end", {"action": "close"}).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_past_is_only_read(browser: Any, backed: BalancePoint, book: Book) -> None:
    client = browser(Role.OWNER)

    page = client.get(f"{ADDRESS}?known_on={book.day(timezone.now())}")

    assert page.status_code == 200
    assert "Ready to close" in text_of(page)
    assert "<button name=" not in page.content.decode().split("</main>")[0]
