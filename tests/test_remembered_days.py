"""An account's days are remembered as long as nothing moved up to their end, and no longer."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from buffet.remembering import forget
from reports.asking import Asked
from reports.periods import named
from reports.queries.timeline import Timeline, timeline
from transactions import services as ledger
from transactions.drafts import Changes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(book: Book, checking: Account) -> Callable[[], Timeline]:
    """Ask for the days of May."""
    asked = Asked(book.id, 0, 0, TODAY, "BRL", named("2026-05", TODAY, 1))
    return lambda: timeline(asked, checking.id)


@pytest.fixture
def keeper(book: Book, by: Actor) -> Bookkeeper:
    return Bookkeeper(book, by)


def test_what_changes_up_to_the_last_day_is_told_at_once(
    ask: Callable[[], Timeline], keeper: Bookkeeper, book: Book, by: Actor, checking: Account
) -> None:
    def change(id: Any, **given: Any) -> None:
        ledger.correct(book=book, by=by, transaction_id=id, changes=Changes(given))

    id = keeper.move(checking, date(2026, 5, 3), "10.00")
    steps: list[Callable[[], object]] = [
        lambda: None,
        # Nothing of the month's sums changes, only of its days.
        lambda: change(id, date=date(2026, 5, 5)),
        lambda: keeper.move(checking, date(2026, 4, 30), "7.00"),
        lambda: keeper.move(checking, date(2026, 5, 31), "2.00"),
        lambda: change(id, date=date(2026, 6, 1)),
        lambda: change(id, date=date(2026, 4, 2)),
        lambda: chart.change_account(book=book, by=by, account_id=checking.id, name="Other"),
        lambda: ledger.delete(book=book, by=by, transaction_ids=[id]),
    ]
    said = []
    for step in steps:
        step()
        known = ask()
        forget()
        assert known == ask()
        said.append((known.name, known.opening, [one[1:] for one in known.days]))

    assert len({str(one) for one in said}) == len(steps)


def test_what_moves_later_lets_it_stand(
    ask: Callable[[], Timeline], keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, date(2026, 5, 3), "10.00")
    before = ask()

    keeper.move(checking, date(2026, 6, 1), "3.00")
    with CaptureQueriesContext(connection) as asked:
        after = ask()

    assert after == before
    assert len(asked) == 1
    assert read(asked[0]["sql"]) == 0
    forget()
    with CaptureQueriesContext(connection) as asked:
        assert ask() == before
    assert read(asked[0]["sql"]) > 0


def read(sql: str) -> int:
    """Return how many entries a statement reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()[0]
    return sum(
        node["Actual Rows"] * node["Actual Loops"]
        for node in nodes(plan["Plan"])
        if node.get("Relation Name") == "transactions_entry"
    )


def nodes(plan: Any) -> list[Any]:
    return [plan, *(one for part in plan.get("Plans", ()) for one in nodes(part))]
