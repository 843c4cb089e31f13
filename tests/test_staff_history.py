"""Staff find what happened in a book, by a person, for a reason; and take it with them."""

import csv
import io
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import PASSWORD
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from drafting import DAY, draft, record
from staffing import desk, page
from test_staff_roles import clerk

from accounts.models import Account
from buffet import roles, services
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import Transaction

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
ADDRESS = "/admin/history"


@pytest.fixture
def bought(book: Book, by: Actor, checking: Account, groceries: Account) -> UUID:
    """A purchase of 10.00."""
    return record(book, by, account=checking, amount="-10", category=groceries)


def change(book: Book, by: Actor, id: UUID, reason: str, **given: Any) -> None:
    """Correct a transaction for a reason, as somebody who has just come."""
    ledger.correct(
        book=book,
        by=Actor(by.user_id, by.door, email=by.email),
        transaction_id=id,
        changes=Changes(given),
        reason=reason,
    )


def found(desk: Client, **asked: Any) -> list[str]:
    """Return the reasons of the changes that are shown."""
    shown = desk.get(ADDRESS, {"what": "changed"} | asked).context["changes"]
    return [one.reason for one, _ in shown]


def added(desk: Client, **asked: Any) -> list[tuple[str, str, str, str]]:
    """Return by whom and through which door which kinds of rows came, by their names."""
    shown = desk.get(ADDRESS, {"what": "added"} | asked).context["changes"]
    return [(one.who, one.door, row.what, row.name) for one, _ in shown for row in one.told]


def test_the_history_of_a_row_shows_differences_by_name(
    desk: Client, book: Book, by: Actor, bought: UUID, savings: Account
) -> None:
    entry = savings.__class__.objects.get(name="Groceries").entries.get()
    shop = ledger.create_vendor(book=book, by=by, name="Shop")
    change(book, by, bought, "Mistyped", description="Market", vendor_id=shop.pk)

    said = desk.get(page(entry.transaction)).content.decode()

    assert "<del>Test</del> → <ins>Market</ins>" in said
    assert "<ins>Shop</ins>" in said
    assert "Mistyped" in said


def test_changes_of_a_book_and_of_a_person_are_found(
    desk: Client, book: Book, by: Actor, bought: UUID, person: Any
) -> None:
    other = person("mate", book, "editor")
    change(book, by, bought, "First", description="A")
    change(book, Actor(other.pk, "page", email=other.email), bought, "Second", description="B")
    elsewhere = Book.objects.create(name="Elsewhere", base_currency="BRL")

    assert found(desk)[:2] == ["Second", "First"]
    assert found(desk, book=book.pk)[:2] == ["Second", "First"]
    assert found(desk, book=elsewhere.pk) == []
    assert found(desk, user=other.pk) == ["Second"]
    assert found(desk, door="page") == ["Second"]
    for row, verb in ((book, "history_of_book"), (other, "history_of_person")):
        assert desk.get(page(row, verb)).url.startswith(reverse("staff-history"))


def test_what_was_added_is_told_with_who_and_which_door(
    desk: Client, book: Book, by: Actor, bought: UUID, person: Any
) -> None:
    other = person("mate", book, "editor")
    mate = Actor(other.pk, "page", email=other.email)
    shop = ledger.create_vendor(book=book, by=mate, name="Shop")
    elsewhere = Book.objects.create(name="Elsewhere", base_currency="BRL")
    theirs = (other.email, "page", "vendor", "Shop")
    ours = (by.email, by.door, "transaction", "Test")

    assert added(desk)[:2] == [theirs, ours]
    assert added(desk, book=book.pk)[:2] == [theirs, ours]
    assert added(desk, user=other.pk) == added(desk, door="page") == [theirs]
    assert added(desk, words="MATE@") == [theirs]
    assert added(desk, book=elsewhere.pk) == []
    today = timezone.now().date()
    assert added(desk, first=today, last=today)[:2] == [theirs, ours]
    assert added(desk, last=today - timedelta(days=1)) == []
    assert page(shop) in desk.get(ADDRESS).content.decode()


def test_additions_and_changes_follow_each_other(
    desk: Client, book: Book, by: Actor, bought: UUID
) -> None:
    change(book, by, bought, "First", description="A")
    shop = ledger.create_vendor(book=book, by=by, name="Shop")
    time.sleep(0.002)  # what happens within a millisecond has no order
    change(book, by, bought, "Second", description="B")

    shown = desk.get(ADDRESS).context["changes"]

    told = [(row.what, row.label, row.name) for one, _ in shown[:4] for row in one.told]
    assert told == [
        ("transaction", "changed", "A"),
        ("vendor", "added", shop.name),
        ("transaction", "changed", "Test"),
        ("transaction", "added", "B"),
    ]


def test_older_additions_follow_and_what_came_at_once_is_one(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    for number in range(35):
        ledger.create_vendor(book=book, by=by, name=f"Shop {number}")
    at_once = [
        draft(account=checking, amount="-1", category=groceries, description=f"{number}")
        for number in range(70)
    ]
    ledger.record(book=book, by=by, drafts=at_once)

    first = desk.get(ADDRESS, {"what": "added"})
    second = desk.get(ADDRESS + first.context["older"])

    latest, *others = [one for part in (first, second) for one, _ in part.context["changes"]]
    assert latest.count == 70
    assert "70 rows in all" in first.content.decode()
    names = [row.name for one in others for row in one.told if row.what == "vendor"]
    assert names == [f"Shop {number}" for number in range(35)][::-1]


def test_a_row_tells_first_how_it_came_and_a_deletion_how_what_it_took_had_come(
    desk: Client, book: Book, by: Actor, bought: UUID
) -> None:
    change(book, by, bought, "First", description="A")
    said = desk.get(page(Transaction(pk=bought))).content.decode()
    assert said.index("First") < said.index("Transaction added")
    assert f"UTC by {by.email} through {by.door}" in said[said.index("Transaction added") :]
    staff = Actor(None, "command")

    ledger.delete(book=book, by=staff, transaction_ids=[bought], reason="Gone")

    said = desk.get(ADDRESS).content.decode()
    assert f"UTC by {by.email} through {by.door}." in said[said.index("It had been added") :]
    ledger.restore(book=book, by=staff, transaction_id=bought, reason="Back")
    said = desk.get(page(Transaction(pk=bought))).content.decode()
    assert said.index("Transaction added") < said.index("Transaction deleted")
    assert said.index("Transaction added") < said.index("Entry deleted")
    assert "UTC by somebody through command" in said
    assert "Back" in said[said.index("Transaction added") : said.index("Transaction deleted")]


def test_what_was_added_for_a_reason_says_it(
    desk: Client, book: Book, by: Actor, bought: UUID, person: Any
) -> None:
    staff = Actor(person("clerk", book, "editor").pk, "admin", email="clerk@example.com")
    ledger.delete(book=book, by=by, transaction_ids=[bought], reason="Gone")
    ledger.restore(book=book, by=staff, transaction_id=bought, reason="100% wanted")
    ledger.create_vendor(book=book, by=staff, name="Shop")

    def reasons(**asked: Any) -> list[tuple[str, str]]:
        shown = desk.get(ADDRESS, asked).context["changes"]
        return [(one.reason, row.label) for one, _ in shown for row in one.told]

    restored = [("100% wanted", "added")]
    assert reasons()[:2] == [("", "added"), *restored]
    assert reasons(book=book.pk, what="added")[:2] == [("", "added"), *restored]
    assert reasons(words="100%") == restored
    assert ("100% wanted", "added") not in reasons(what="changed")
    # Nothing is listed that did nothing.
    assert all(one.told for one, _ in desk.get(ADDRESS).context["changes"])


def test_a_reason_is_that_of_its_own_change(
    desk: Client, book: Book, by: Actor, bought: UUID, checking: Account
) -> None:
    change(book, by, bought, "A wish", description="A")
    shop = ledger.create_vendor(book=book, by=by, name="Shop")
    change(book, by, bought, "Another", description="B")

    for row in (shop, Transaction.objects.get(pk=bought)):
        said = desk.get(page(row)).content.decode()
        added = said[said.index(f"{row._meta.verbose_name.capitalize()} added") :]
        assert "A wish" not in added
        assert "Another" not in added


def test_words_and_days_are_searched(desk: Client, book: Book, by: Actor, bought: UUID) -> None:
    change(book, by, bought, "100% wrong", description="A")
    change(book, by, bought, "A wish", description="B")
    today = timezone.now().date()

    assert found(desk, words="WISH") == ["A wish"]
    assert found(desk, words="%") == ["100% wrong"]
    assert found(desk, words=by.email) == ["A wish", "100% wrong"]
    assert found(desk, first=today, last=today) == ["A wish", "100% wrong"]
    assert found(desk, last=today - timedelta(days=1)) == []
    assert found(desk, words="\x00") == []
    assert desk.get(ADDRESS, {"first": "never", "book": "x"}).status_code == 200


def test_older_changes_follow(desk: Client, book: Book, by: Actor, bought: UUID) -> None:
    reasons = [f"Change {number}" for number in range(33)]
    for reason in reasons:
        change(book, by, bought, reason, description=reason)

    first = desk.get(ADDRESS, {"what": "changed"})
    second = desk.get(ADDRESS + first.context["older"])

    shown = [one.reason for part in (first, second) for one, _ in part.context["changes"]]
    assert shown == reasons[::-1]


def test_the_page_costs_the_same_for_one_change_and_for_many(
    desk: Client, book: Book, by: Actor, bought: UUID
) -> None:
    costs = []
    # The first time, the session notes that somebody is there.
    desk.get(ADDRESS)
    for many in (2, 12):
        for number in range(many):
            change(book, by, bought, "x", description=f"{many} {number}")
        with CaptureQueriesContext(connection) as seen:
            desk.get(ADDRESS)
        costs.append(len(seen))

    assert costs[0] == costs[1]


def test_what_was_found_is_exported_with_a_trace(
    desk: Client, book: Book, by: Actor, bought: UUID
) -> None:
    change(book, by, bought, "=cmd", description="Market")
    address = f"{ADDRESS}?book={book.pk}"

    assert desk.post(address, {"reason": ""}).status_code == 200
    answer = desk.post(address, {"reason": "The owner asked"})

    row, *others = csv.DictReader(io.StringIO(answer.content.decode()))
    came = {(one["kind"], one["what"], one["field"], one["after"], one["who"]) for one in others}
    assert ("transaction", "added", "source", "manual", by.email) in came
    assert ("account", "added", "", "", by.email) in came
    assert (row["field"], row["before"], row["after"]) == ("description", "Test", "Market")
    assert row["reason"] == "'=cmd"
    trace = LogEntry.objects.get()
    assert trace.object_id == str(book.pk)
    assert trace.change_message == "Exported: The owner asked"


def test_of_each_change_its_rows_are_exported_however_many_others_have(
    desk: Client, book: Book, by: Actor, bought: UUID
) -> None:
    for number in range(60):
        change(book, by, bought, f"Change {number}", description=f"{number}")

    file = desk.post(ADDRESS, {"reason": "x"}).content.decode()

    told = [row["after"] for row in csv.DictReader(io.StringIO(file)) if row["what"] == "changed"]
    assert told == [f"{number}" for number in range(60)][::-1]


def test_only_who_sees_books_and_people_sees_it_and_amounts_only_if_allowed(
    book: Book, by: Actor, bought: UUID, checking: Account
) -> None:
    change(book, by, bought, "Mistyped", amount=Decimal(-12))
    helper = User.objects.create_user("helper@example.com", PASSWORD, is_staff=True)
    desk = Client()
    desk.force_login(helper)

    assert desk.get(ADDRESS).status_code == 403
    helper.user_permissions.set(Permission.objects.filter(codename__in=("view_book", "view_user")))
    said = desk.get(ADDRESS).content.decode()

    assert "Mistyped" in said
    assert "12.00" not in said
    file = desk.post(ADDRESS, {"reason": "x"}).content.decode()
    assert "12.00" not in file


def test_support_sees_the_amounts_of_the_books_whose_owners_let_them(
    book: Book, by: Actor, bought: UUID, owner: User
) -> None:
    change(book, by, bought, "Here", amount=Decimal(-12))
    other = services.create_book(by=by, user_id=owner.id, name="Other", base_currency="BRL")
    cash, bank = (
        ledger.open_account(book=other, by=by, today=DAY, name=name, kind="cash", currency="BRL")
        for name in ("Cash", "Bank")
    )
    there = record(other, by, account=cash, amount="-20", transfer_to=bank)
    change(other, by, there, "There", amount=Decimal(-23))
    support = clerk(roles.SUPPORT)

    services.grant_support(by=by, book_id=book.id, expires_at=timezone.now() + timedelta(days=1))

    for said in (support.get(ADDRESS), support.post(ADDRESS, {"reason": "x"})):
        assert "12.00" in said.content.decode()
        assert "23.00" not in said.content.decode()
        assert "There" in said.content.decode()
