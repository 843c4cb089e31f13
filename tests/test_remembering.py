"""What is remembered of a book holds exactly as long as the book stays so."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.db import connection
from django.db.transaction import atomic, set_rollback
from django.test.utils import CaptureQueriesContext

from accounts import services as chart
from accounts.models import Account, ExchangeRate
from buffet.audit import Actor
from buffet.models import Book
from buffet.remembering import Kept
from reports.queries import PortfolioOverview, portfolio_overview
from transactions import services as ledger
from transactions.models import Entry
from transactions.queries import naming
from transactions.queries.transactions import Filters, page

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = date(2026, 3, 10)


@pytest.fixture
def keeper(book: Book, by: Actor) -> Bookkeeper:
    return Bookkeeper(book, by)


def looked(book: Book) -> tuple[PortfolioOverview, int]:
    """Return the overview, and how many statements it took."""
    with CaptureQueriesContext(connection) as seen:
        report = portfolio_overview(book, TODAY)
    return report, len(seen)


def worths(report: PortfolioOverview) -> list[Decimal]:
    return [one.net_worth for one in report.history]


@pytest.fixture
def march(book: Book, checking: Account, dollars: Account, keeper: Bookkeeper) -> None:
    """A hundred reais and ten dollars since March."""
    rate("USD", "BRL", date(2020, 1, 1), "5")
    keeper.move(checking, MARCH, "100.00")
    keeper.move(dollars, MARCH, "10.00")
    assert worths(looked(book)[0]) == [150] * 4


def test_the_past_is_read_once(march: None, book: Book, checking: Account, keeper: Any) -> None:
    keeper.move(checking, TODAY, "7.00")

    report, statements = looked(book)

    assert worths(report) == [150, 150, 150, 157]
    assert statements == 1


def test_a_change_of_the_past_is_seen(
    march: None, book: Book, checking: Account, keeper: Any
) -> None:
    keeper.move(checking, date(2026, 4, 10), "1.00")

    report, statements = looked(book)

    assert worths(report) == [150, 151, 151, 151]
    assert statements == 2


def test_a_past_that_grows_backwards_is_seen(
    march: None, book: Book, checking: Account, keeper: Any
) -> None:
    keeper.move(checking, date(2026, 2, 10), "1.00")

    assert worths(looked(book)[0]) == [1, 151, 151, 151, 151]


def test_an_entry_that_moves_to_another_account_is_seen(
    book: Book, dollars: Account, keeper: Bookkeeper
) -> None:
    rate("USD", "BRL", date(2020, 1, 1), "5.25")
    other = keeper.open("More dollars", "savings", "USD")
    keeper.move(dollars, MARCH, "0.02")
    moving = keeper.move(dollars, MARCH, "0.02")
    assert worths(looked(book)[0]) == [Decimal("0.21")] * 4

    Entry.objects.filter(transaction=moving, account=dollars).update(account=other)

    # As the accounts are shown, 0.10 each: no report has another figure for the same day.
    assert worths(looked(book)[0]) == [Decimal("0.20")] * 4


@pytest.mark.parametrize("change", ["insert", "update", "delete"])
def test_a_change_of_rates_is_seen(march: None, book: Book, change: str) -> None:
    if change == "insert":
        rate("USD", "BRL", date(2026, 4, 1), "6")
    elif change == "update":
        ExchangeRate.objects.update(rate=6)
    else:
        ExchangeRate.objects.all().delete()

    wanted = {
        "insert": [150, 160, 160, 160],
        "update": [160, 160, 160, 160],
        "delete": [100, 100, 100, 100],
    }
    assert worths(looked(book)[0]) == wanted[change]


def test_what_is_undone_was_never_remembered(
    march: None, book: Book, checking: Account, keeper: Any
) -> None:
    with atomic():
        keeper.move(checking, MARCH, "1.00")
        assert worths(looked(book)[0]) == [151] * 4
        set_rollback(True)

    # This has the number that what was undone had.
    keeper.move(checking, date(2026, 4, 1), "2.00")

    assert worths(looked(book)[0]) == [150, 152, 152, 152]


def test_rates_that_are_undone_were_never_remembered(march: None, book: Book) -> None:
    with atomic():
        rate("USD", "BRL", date(2026, 4, 1), "6")
        assert worths(looked(book)[0]) == [150, 160, 160, 160]
        set_rollback(True)

    rate("USD", "BRL", date(2026, 5, 1), "4")

    assert worths(looked(book)[0]) == [150, 150, 140, 140]


def test_another_day_and_another_currency_are_other_questions(march: None, book: Book) -> None:
    later = portfolio_overview(book, date(2026, 7, 15))
    dollars = portfolio_overview(book, TODAY, "USD")

    assert worths(later) == [150] * 5
    assert worths(dollars) == [30] * 4


def test_as_much_is_kept_as_has_room_the_latest_first() -> None:
    kept, made = Kept[str](10, len), []

    def ask(text: str) -> str:
        return kept.get(text[0], lambda: made.append(text) or text)

    for text in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb", "d" * 11, "aaaa"):
        assert ask(text) == text

    assert made == ["aaaa", "bbbb", "cccc", "bbbb", "d" * 11, "aaaa"]


def of_now(book: Book) -> list[dict[str, Any]]:
    """Return the transactions of a book, as whoever read its version before is told of them."""
    version = Book.objects.values_list("version", flat=True).get(id=book.id)
    found = page(book.id, Filters(), limit=50, version=version)
    assert found == page(book.id, Filters(), limit=50, version=version)
    assert found == page(book.id, Filters(), limit=50)
    return found


def shown(book: Book) -> list[tuple[str, str, str]]:
    """Return account, category and kind of each transaction of the book."""
    found = of_now(book)
    return [(one["account_name"], one["category_name"], one["kind"]) for one in found]


@pytest.fixture
def meal(book: Book, checking: Account, groceries: Account, keeper: Bookkeeper) -> None:
    """A transaction that was looked at."""
    keeper.move(checking, MARCH, "-1.00", category_id=groceries.id)
    assert shown(book) == [("Checking", "Groceries", "expense")]


def test_accounts_are_named_from_memory_until_one_of_them_changes(
    meal: None, book: Book, checking: Account, groceries: Account, keeper: Any, by: Actor
) -> None:
    known = naming._charts.of(book.id)
    keeper.move(checking, TODAY, "-2.00", category_id=groceries.id)

    assert shown(book) == [("Checking", "Groceries", "expense")] * 2
    assert known is not None
    assert naming._charts.of(book.id) is known

    chart.change_account(book=book, by=by, account_id=checking.id, name="Daily")

    assert shown(book) == [("Daily", "Groceries", "expense")] * 2
    assert naming._charts.of(book.id) is not known


def test_names_of_a_state_are_asked_for_once(
    meal: None, book: Book, checking: Account, groceries: Account, keeper: Bookkeeper
) -> None:
    def asked() -> list[bool]:
        version = Book.objects.values_list("version", flat=True).get(id=book.id)
        with CaptureQueriesContext(connection) as seen:
            for _ in range(2):
                page(book.id, Filters(), limit=50, version=version)
        return ["FROM accounts_account" in one["sql"] for one in seen]

    assert asked() == [False, False]
    keeper.move(checking, TODAY, "-2.00", category_id=groceries.id)
    assert asked() == [True, False]


def test_who_came_since_the_state_was_read_is_named_all_the_same(
    meal: None, book: Book, keeper: Bookkeeper, by: Actor, groceries: Account
) -> None:
    version = Book.objects.values_list("version", flat=True).get(id=book.id)
    page(book.id, Filters(), limit=50, version=version)
    baker = ledger.create_vendor(book=book, by=by, name="Baker")
    cash = keeper.open("Cash", "cash", "BRL")
    keeper.move(cash, TODAY, "-2.00", category_id=groceries.id, vendor_id=baker.id)

    newest = page(book.id, Filters(), limit=50, version=version)[0]

    assert (newest["account_name"], newest["vendor_name"]) == ("Cash", "Baker")


def test_an_account_that_came_and_went_leaves_the_others_as_they_are(
    meal: None, book: Book, checking: Account, groceries: Account, keeper: Any, by: Actor
) -> None:
    passing = keeper.open("Passing", "cash", "BRL")
    assert shown(book) == [("Checking", "Groceries", "expense")]
    ledger.delete_account(book=book, by=by, account_id=passing.id)
    fresh = keeper.open("Fresh", "cash", "BRL")
    keeper.move(fresh, TODAY, "-2.00", category_id=groceries.id)

    assert shown(book) == [("Fresh", "Groceries", "expense"), ("Checking", "Groceries", "expense")]


def test_names_that_are_undone_were_never_remembered(
    meal: None, book: Book, checking: Account, by: Actor
) -> None:
    def named(name: str) -> None:
        chart.change_account(book=book, by=by, account_id=checking.id, name=name)

    with atomic():
        named("Undone")
        assert shown(book) == [("Undone", "Groceries", "expense")]
        set_rollback(True)

    # This has the number that what was undone had.
    named("Daily")

    assert shown(book) == [("Daily", "Groceries", "expense")]


def vendors(book: Book) -> list[str | None]:
    """Return who each transaction of the book was with."""
    return [one["vendor_name"] for one in of_now(book)]


def test_vendors_are_named_from_memory_and_what_came_since(
    book: Book, checking: Account, keeper: Bookkeeper, by: Actor
) -> None:
    baker = ledger.create_vendor(book=book, by=by, name="Baker")
    keeper.move(checking, MARCH, "-1.00", vendor_id=baker.id)
    assert vendors(book) == ["Baker"]
    known = naming._vendors.of(book.id)
    keeper.move(checking, TODAY, "-1.00")

    assert vendors(book) == [None, "Baker"]
    assert known is not None
    assert naming._vendors.of(book.id) is known

    butcher = ledger.create_vendor(book=book, by=by, name="Butcher")
    keeper.move(checking, TODAY, "-2.00", vendor_id=butcher.id)
    ledger.change_vendor(book=book, by=by, vendor_id=baker.id, name="Bakery")

    assert vendors(book) == ["Butcher", None, "Bakery"]


def test_a_vendor_that_is_undone_was_never_remembered(
    book: Book, checking: Account, keeper: Bookkeeper, by: Actor
) -> None:
    baker = ledger.create_vendor(book=book, by=by, name="Baker")
    keeper.move(checking, MARCH, "-1.00", vendor_id=baker.id)
    assert vendors(book) == ["Baker"]
    with atomic():
        ledger.change_vendor(book=book, by=by, vendor_id=baker.id, name="Undone")
        assert vendors(book) == ["Undone"]
        set_rollback(True)

    # This has the number that what was undone had.
    ledger.change_vendor(book=book, by=by, vendor_id=baker.id, name="Bakery")

    assert vendors(book) == ["Bakery"]


def test_more_vendors_than_are_remembered_are_looked_up(
    book: Book, checking: Account, keeper: Bookkeeper, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [ledger.create_vendor(book=book, by=by, name=f"Vendor {n}") for n in range(4)]
    for vendor in made:
        keeper.move(checking, MARCH, "-1.00", vendor_id=vendor.id)
    monkeypatch.setattr(naming, "MOST_VENDORS", 2)
    monkeypatch.setattr(naming, "VENDORS", naming.VENDORS.replace("LIMIT 5001", "LIMIT 3"))

    with CaptureQueriesContext(connection) as seen:
        for _ in range(2):
            found = page(book.id, Filters(), limit=50)
            assert sorted(one["vendor_name"] for one in found) == [one.name for one in made]

    looked_up = ["v.id = t.vendor_id" in one["sql"] for one in seen]
    assert looked_up == [False, True, True]
