"""Lines have their categories and vendors when they are staged, as if they came later."""

import io
import random
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from conftest import Api
from django.db import connection
from test_imports import ofx

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.imports.apart import asking
from transactions.imports.proposing import propose
from transactions.imports.statement import Options
from transactions.models import Import, ImportLine, Rule, Verdict

DAY = date(2026, 4, 4)
GIVEN = ("number", "verdict", "category_id", "category_reason", "vendor_id", "vendor_reason")


@pytest.fixture(params=["here", "apart"])
def where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have files read here, or in another process."""
    monkeypatch.setattr(asking, "LONG", 0 if request.param == "apart" else 1 << 40)
    return request.param


@pytest.fixture
def taught(
    book: Book, by: Actor, checking: Account, savings: Account, groceries: Account, salary: Account
) -> Book:
    """Teach a book: a past, and rules about texts, amounts, accounts and directions."""
    shop = ledger.create_vendor(book=book, by=by, name="Shop")
    keeper = Bookkeeper(book, by)
    for number in range(4):
        about = {"category_id": groceries.id, "vendor_id": shop.id if number % 2 else None}
        keeper.move(checking, DAY, f"-{number}.50", description=f"Market\t{number}", **about)
        about = {"category_id": salary.id}
        keeper.move(checking, DAY, "10.00", description=f"Work \\ {number}", **about)
    rules: list[dict[str, Any]] = [
        {"contains": "café", "amount_max": 10, "vendor_id": shop.id},
        {"contains": "market", "account_id": savings.id, "category_id": salary.id},
        {"regex": "^bread [0-4]", "direction": "out", "category_id": groceries.id},
        {"regex": "^bread [3-9]", "direction": "in", "vendor_id": shop.id},
        {"contains": "bread", "amount_min": 5, "amount_max": 7, "vendor_id": shop.id},
    ]
    for number, rule in enumerate(rules):
        ledger.create_rule(book=book, by=by, name=f"Rule {number}", **rule)
    return book


def statement(seed: int) -> bytes:
    """Return a file of texts of all kinds, some twice."""
    chance = random.Random(seed)
    texts = ["Market\t1", "Market 7", "Work \\ 3", "Work \\ 9", "CAFE da esquina", "\\N", "Other"]
    texts += [f"Bread {number}" for number in range(10)]
    rows = [
        f"{chance.randrange(1, 29):02}/05/2026;{chance.choice(texts)};"
        f"{chance.choice('-+')}{chance.randrange(15)},{chance.randrange(100):02}"
        for _ in range(120)
    ]
    return "\n".join(["Date;Description;Amount", *rows, *rows[:9], ""]).encode()


def look(book: Book, by: Actor, account: Account, file: io.BytesIO) -> Import:
    """Upload a file."""
    wish = ledger.Wish(Options(day_first=True, decimal_comma=True))
    return ledger.preview(
        book=book, by=by, account_id=account.id, file=file, file_name="x", wish=wish
    )


def given(started: Import) -> list[tuple]:
    """Return what the lines of an import are given."""
    rows = ImportLine.objects.filter(of_import=started).order_by("number")
    return list(rows.values_list(*GIVEN))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_lines_are_given_what_they_would_be_given_later(
    where: str, seed: int, taught: Book, by: Actor, checking: Account
) -> None:
    started = look(taught, by, checking, io.BytesIO(statement(seed)))
    staged = given(started)

    assert {reason.partition(":")[0] for *_, reason in staged} == {"", "rule", "history"}
    assert len({category for _, _, category, *_ in staged}) == 3
    propose(taught.id, started.id)
    assert given(started) == staged
    ImportLine.objects.filter(of_import=started).update(
        category_id=None, category_reason="", vendor_id=None, vendor_reason=""
    )
    propose(taught.id, started.id)
    assert given(started) == staged


@pytest.mark.django_db
def test_a_line_that_is_not_new_is_given_nothing(
    where: str, taught: Book, by: Actor, checking: Account
) -> None:
    content = statement(1)
    ledger.commit(book=taught, by=by, import_id=look(taught, by, checking, io.BytesIO(content)).id)

    again = given(look(taught, by, checking, io.BytesIO(content)))

    assert {verdict for _, verdict, *_ in again} <= {Verdict.DUPLICATE, Verdict.IGNORED}
    assert {tuple(proposed) for _, _, *proposed in again} == {(None, "", None, "")}


class Watched(io.BytesIO):
    """A file that does something when it is read to be kept: its lines are staged by then."""

    def __init__(self, content: bytes, then: Callable[[], None]) -> None:
        super().__init__(content)
        self.then: Callable[[], None] | None = then

    def read(self, size: int | None = -1) -> bytes:
        """Read."""
        if size == 1 << 20 and self.then is not None and ImportLine.objects.exists():
            then, self.then = self.then, None
            then()
        return super().read(size)


def elsewhere(work: Callable[[], Any]) -> None:
    """Do something over another connection, as another request does."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_a_rule_that_is_made_while_lines_are_staged_counts(
    where: str, taught: Book, by: Actor, checking: Account, salary: Account
) -> None:
    made = []

    def then() -> None:
        rule = ledger.create_rule(
            book=taught, by=by, name="Late", contains="m", category_id=salary.id
        )
        ledger.order_rules(
            book=taught,
            by=by,
            rule_ids=[rule.id, *(one for one in ids if one != rule.id)],
        )
        made.append(rule.id)

    ids = list(taught_rules(taught))
    file = Watched(statement(2), lambda: elsewhere(then))
    started = look(taught, by, checking, file)

    (id,) = made
    assert (salary.id, f"rule:{id}") in {
        (category, why) for _, _, category, why, *_ in given(started)
    }
    before = given(started)
    propose(taught.id, started.id)
    assert given(started) == before


def taught_rules(book: Book) -> list[Any]:
    """Return the ids of a book's rules in their order."""
    return list(Rule.objects.filter(book=book).order_by("position").values_list("id", flat=True))


@pytest.mark.django_db
def test_a_subscription_that_is_due_goes_before_the_past_and_rules(
    where: str, taught: Book, by: Actor, checking: Account, salary: Account, api: Api
) -> None:
    vendor = ledger.create_vendor(book=taught, by=by, name="Who is subscribed to")
    ledger.create_subscription(
        book=taught, by=by, name="Market 5", account_id=checking.id, amount=Decimal("20.00"),
        cadence="monthly", starts_on=date(2026, 5, 3), category_id=None, vendor_id=vendor.id,
    )  # fmt: skip
    file = io.BytesIO(ofx([("20260504", "-20.00", "A", "Market 5")]))
    started = look(taught, by, checking, file)

    ((_, verdict, category, category_reason, vendor_id, vendor_reason),) = given(started)
    assert (verdict, category_reason) == (Verdict.NEW, "history")
    assert category is not None
    assert (vendor_id, vendor_reason) == (vendor.id, "subscription")
    before = given(started)
    ledger.match_again(book=taught, by=by, import_id=started.id)
    assert given(started) == before
