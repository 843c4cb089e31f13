"""How investments did is told from memory only as long as all that it follows from is the same."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, own_rate, rate
from conftest import Api

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from buffet.remembering import forget
from reports.asking import Asked
from reports.periods import Period
from reports.queries.performance import tracked
from transactions import services as ledger
from transactions.drafts import Changes

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = "/reports/investment-performance?date_from=2026-01-01&date_to=2026-06-15"


@pytest.fixture
def keeper(book: Book, by: Actor, checking: Account) -> Bookkeeper:
    """Someone whose fund in dollars, at a broker, was paid into and valued."""
    keeper = Bookkeeper(book, by)
    rate("USD", "BRL", date(2025, 12, 1), "5.00")
    broker = chart.create_broker(book=book, by=by, name="Broker").id
    fund = keeper.open("Fund", "investment", "USD", broker_id=broker)
    keeper.move(
        checking, date(2026, 2, 1), "-500.00", transfer_to_id=fund.id,
        transfer_amount=Decimal("100.00"),
    )  # fmt: skip
    keeper.point(fund, date(2026, 3, 1), "110.00", kind="valuation")
    return keeper


def fund(book: Book) -> Account:
    """Return the fund."""
    return Account.objects.get(book=book, name="Fund")


def _moved(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    checking = Account.objects.get(book=book, name="Checking")
    keeper.move(
        checking, date(2026, 4, 1), "-50.00", transfer_to_id=fund(book).id,
        transfer_amount=Decimal("10.00"),
    )  # fmt: skip


def _corrected(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    id = keeper.move(fund(book), date(2026, 4, 2), "1.00")
    changes = Changes({"amount": Decimal("2.00")})
    ledger.correct(book=book, by=by, transaction_id=id, changes=changes)


def _valued(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    keeper.point(fund(book), date(2026, 5, 1), "150.00", kind="valuation")


def _noted(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    point = fund(book).points.get()
    ledger.change_point(book=book, by=by, point_id=point.id, note="As the broker says")


def _quoted(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    rate("USD", "BRL", date(2026, 6, 1), "6.00")


def _quoted_apart(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    own_rate(book, "USD", "BRL", date(2026, 6, 2), "7.00")


def _renamed(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    chart.change_account(book=book, by=by, account_id=fund(book).id, name="Another fund")


def _broker_renamed(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    broker = fund(book).broker_id
    assert broker is not None
    chart.change_broker(book=book, by=by, broker_id=broker, name="Another")


def _archived(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    chart.archive_account(book=book, by=by, account_id=fund(book).id)


def _opened(keeper: Bookkeeper, book: Book, by: Actor) -> None:
    keeper.open("Second fund", "investment", "BRL")


@pytest.mark.parametrize(
    "change",
    [
        *(_moved, _corrected, _valued, _noted, _quoted, _quoted_apart),
        *(_renamed, _broker_renamed, _archived, _opened),
    ],
)
def test_each_change_is_told_at_once(
    change: Callable[..., None], keeper: Bookkeeper, api: Api, book: Book, by: Actor
) -> None:
    before = api.get(REPORT).json()

    change(keeper, book, by)
    told = api.get(REPORT).json()
    forget()

    assert told == api.get(REPORT).json()
    assert _but_version(told) != _but_version(before)


def test_what_does_not_touch_them_leaves_them_as_they_are(
    keeper: Bookkeeper, api: Api, book: Book, checking: Account, groceries: Account
) -> None:
    before = api.get(REPORT).json()
    again = tracked(_asked(book))

    keeper.move(checking, TODAY, "-7.00", category_id=groceries.id)

    told = api.get(REPORT).json()
    assert _but_version(told) == _but_version(before)
    assert told["version"] > before["version"]
    assert tracked(_asked(book)) is again


def _asked(book: Book) -> Asked:
    book.refresh_from_db()
    period = Period(date(2026, 1, 1), date(2026, 6, 15))
    return Asked(book.id, book.version, 0, TODAY, "BRL", period)


def _but_version(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "version"}
