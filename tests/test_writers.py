"""Writers of one book queue, so that none acts on what another is changing; other books go on."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from raw import monthly, one, put, put_entries, run

from accounts import services as chart
from accounts.models import Account
from accounts.services import NameTaken, WouldBeItsOwnAncestor
from buffet.audit import Actor, writing
from buffet.errors import Invalid
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)
MAY = date(2026, 5, 31)
Start = Callable[[Callable[[], Any]], "Future[Any]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start work on a connection of its own: `start(work)` returns its future."""

    def apart(work: Callable[[], Any]) -> Any:
        try:
            run("SET lock_timeout = '20s'")
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        yield lambda work: pool.submit(apart, work)


def until_waiting(writers: int = 1) -> None:
    """Wait until so many other connections wait for a lock."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        run("SELECT pg_stat_clear_snapshot()")
        waiting = one(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if waiting == writers:
            return
        time.sleep(0.01)
    pytest.fail(f"{writers} connections never waited")


def in_one(work: Callable[[], Any]) -> Callable[[], Any]:
    """Return the work as one database transaction."""

    def whole() -> Any:
        with atomic():
            return work()

    return whole


def spend(book: Book, by: Actor, account: Account, external_id: str = "") -> None:
    """Record a purchase of one real."""
    draft = Draft(
        date=MAY,
        description="Purchase",
        account_id=account.id,
        amount=Decimal("-1.00"),
        external_id=external_id,
    )
    ledger.record(book=book, by=by, drafts=[draft])


def test_another_book_does_not_wait(
    book: Book, by: Actor, checking: Account, groceries: Account, start: Start
) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    cash = ledger.open_account(
        book=other, by=by, today=MAY, name="Cash", kind="cash", currency="BRL"
    )

    with writing(book.id, by=by):
        put(book, (checking, "-1.00"), (groceries, "1.00"))
        start(lambda: spend(other, by, cash)).result(timeout=10)

    assert monthly(cash) == {("2026-05", "BRL"): ("0", "1", 1)}


def test_a_reader_does_not_wait(
    book: Book, by: Actor, checking: Account, groceries: Account, start: Start
) -> None:
    with writing(book.id, by=by):
        put(book, (checking, "-1.00"), (groceries, "1.00"))
        seen = start(lambda: verify(book.id)).result(timeout=10)

    assert all(check.ok for check in seen)


def test_writers_of_one_book_lose_nothing(
    book: Book, by: Actor, checking: Account, start: Start
) -> None:
    before = one("SELECT version FROM buffet_book")

    work = [start(lambda: [spend(book, by, checking) for _ in range(10)]) for _ in range(4)]
    for writer in work:
        writer.result(timeout=30)

    assert monthly(checking) == {("2026-05", "BRL"): ("0", "40", 40)}
    assert one("SELECT version FROM buffet_book") == before + 40
    versions = run("SELECT count(DISTINCT version), count(*) FROM transactions_transaction")
    assert versions == [(40, 40)]
    assert all(check.ok for check in verify())


def test_writers_past_the_services_queue_too(
    book: Book, checking: Account, groceries: Account, start: Start
) -> None:
    with atomic():
        put(book, (checking, "-1.00"), (groceries, "1.00"))
        second = start(in_one(lambda: put(book, (checking, "-2.00"), (groceries, "2.00"))))
        until_waiting()
    second.result(timeout=10)

    assert monthly(checking) == {("2026-06", "BRL"): ("0", "3", 2)}


def test_an_entry_that_waited_for_its_month_to_close_is_refused(
    book: Book, by: Actor, checking: Account, groceries: Account, start: Start
) -> None:
    with atomic():
        ledger.close_month(book=book, by=by, month=MAY, today=date(2026, 6, 15))
        raw = start(in_one(lambda: put(book, (checking, "-1.00"), (groceries, "1.00"), on=MAY)))
        service = start(lambda: spend(book, by, checking))
        until_waiting(2)

    with pytest.raises(IntegrityError, match="2026-05 is closed"):
        raw.result(timeout=10)
    with pytest.raises(Invalid, match="2026-05 is closed"):
        service.result(timeout=10)


def test_entries_alone_that_waited_for_their_month_to_close_are_refused(
    book: Book, by: Actor, checking: Account, groceries: Account, start: Start
) -> None:
    with atomic():
        id = put(book, (checking, "-1.00"), (groceries, "1.00"), on=MAY)
    changes = [
        lambda: put_entries(book, id, (checking, "-2.00"), (groceries, "2.00"), on=MAY),
        lambda: run("UPDATE transactions_entry SET amount = amount * 2"),
        lambda: run("DELETE FROM transactions_entry"),
    ]

    with atomic():
        ledger.close_month(book=book, by=by, month=MAY, today=date(2026, 6, 15))
        writers = [start(in_one(change)) for change in changes]
        until_waiting(3)

    for writer in writers:
        with pytest.raises(IntegrityError, match="2026-05 is closed"):
            writer.result(timeout=10)
    assert monthly(checking) == {("2026-05", "BRL"): ("0", "1", 1)}


def test_a_month_that_closes_waits_for_its_last_entry(
    book: Book, by: Actor, checking: Account, start: Start
) -> None:
    with writing(book.id, by=by):
        closing = start(
            lambda: ledger.close_month(book=book, by=by, month=MAY, today=date(2026, 6, 15))
        )
        until_waiting()
        spend(book, by, checking)
    closing.result(timeout=10)

    assert monthly(checking) == {("2026-05", "BRL"): ("0", "1", 1)}


def test_one_external_id_is_taken_once(
    book: Book, by: Actor, checking: Account, start: Start
) -> None:
    work = [start(lambda: spend(book, by, checking, "bank-1")) for _ in range(4)]

    refusals = [writer.exception(timeout=10) for writer in work]

    assert sorted(isinstance(refusal, Invalid) for refusal in refusals) == [False, True, True, True]
    assert one("SELECT count(*) FROM transactions_transaction") == 1


def test_one_name_is_taken_once(book: Book, by: Actor, start: Start) -> None:
    def create() -> None:
        chart.create_category(book=book, by=by, name="Groceries", type="expense")

    refusals = [work.exception(timeout=10) for work in [start(create) for _ in range(4)]]

    assert sorted(isinstance(refusal, NameTaken) for refusal in refusals) == [False, *[True] * 3]


def test_two_moves_that_together_close_a_circle(book: Book, by: Actor, start: Start) -> None:
    first, second = (
        chart.create_category(book=book, by=by, name=name, type="expense") for name in "AB"
    )

    def move(source: Account, parent: Account) -> None:
        Account.objects.filter(id=source.id).update(parent=parent)

    with atomic():
        move(first, second)
        raw = start(lambda: move(second, first))
        service = start(
            lambda: chart.change_category(
                book=book, by=by, category_id=second.id, parent_id=first.id
            )
        )
        until_waiting(2)

    with pytest.raises(IntegrityError, match="its own ancestor"):
        raw.result(timeout=10)
    with pytest.raises(WouldBeItsOwnAncestor):
        service.result(timeout=10)
