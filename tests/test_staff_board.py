"""The first page of the admin tells how the whole service is, for the same price at any size."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from conftest import PASSWORD
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from drafting import record
from raw import run
from staffing import desk, page
from test_staff_roles import clerk

from accounts.models import Account, CreditCard
from buffet import roles, services
from buffet.audit import Actor
from buffet.logs import Facts
from buffet.models import Book, SlowRequest, User
from buffet.slowness import SLOW, Keeper
from reports.supervising.figures import sizes
from transactions.models import Import, Verification

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


def board(desk: Client) -> str:
    """Return the first page."""
    answer = desk.get(reverse("admin:index"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_not_counted_yet_is_not_said_to_be_nothing(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    record(book, by, account=checking, amount="-1", category=groceries)

    assert sizes()["transactions"] >= 1


def stop(book: Book, account: Account) -> Import:
    """Leave an import half-way, an hour ago."""
    started = Import.objects.create(
        book=book, account=account, format="ofx", file_name="half.ofx", file_hash="0",
        status="committing", lines_count=9000, done=5000,
    )  # fmt: skip
    # Its trigger would say that it is of now.
    run("SET LOCAL session_replication_role = replica")
    run("UPDATE transactions_import SET updated_at = now() - interval '1 hour'")
    run("SET LOCAL session_replication_role = DEFAULT")
    return started


def test_what_stopped_half_way_is_on_the_board(desk: Client, book: Book, checking: Account) -> None:
    started = stop(book, checking)

    said = board(desk)

    assert page(started) in said
    assert "5,000 of 9,000 lines" in said


def test_what_is_recorded_is_counted_by_its_day(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    for _ in range(3):
        record(book, by, account=checking, amount="-1", category=groceries)

    today = timezone.now().date()

    assert f"{today:%-d %b}: 3" in board(desk)


def test_books_that_hold_and_who_said_so(desk: Client, book: Book) -> None:
    assert "Never verified" in board(desk)

    call_command("verify_books", stdout=StringIO())

    said = board(desk)
    assert "All books hold" in said
    assert "through command" in said
    assert page(Verification.objects.get()) in said


def test_a_book_that_does_not_hold_is_named(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    record(book, by, account=checking, amount="-1", category=groceries)
    run("UPDATE transactions_accounttotal SET debit = debit + 1")

    answer = desk.post(page(book, "verify"))
    with pytest.raises(CommandError):
        call_command("verify_books", stdout=StringIO())

    own = Verification.objects.get(book=book)
    assert answer.url == page(own)
    assert (own.who, own.verified_via) == ("staff@example.com", "admin")
    assert own.broken == {"kept balances are the sums of entries": 2}
    said = board(desk)
    assert "Not all books hold" in said
    assert page(own) in said


def test_what_is_overdue_on_cards_is_on_the_board(
    desk: Client, book: Book, by: Actor, issue: Any, groceries: Account
) -> None:
    today = book.day(timezone.now())
    card: CreditCard = issue(closing_day=1, due_day=2)
    assert "Platinum" not in board(desk)

    record(
        book, by, account=card.account, amount="-70.50", category=groceries,
        date=today - timedelta(days=70),
    )  # fmt: skip

    said = board(desk)
    assert "Platinum" in said
    assert "70.50 BRL" in said


def test_connections_are_held_against_the_budget(desk: Client) -> None:
    assert "of 82 that instances may hold" in board(desk)


def facts(route: str) -> Facts:
    """Return what is known of a request."""
    return Facts("id-of-a-request", route, 12, uuid4(), None)


def test_a_slow_request_is_kept_where_requests_are_served(desk: Client, settings: Any) -> None:
    keeper = Keeper()
    keeper.answered(facts("api/v1/spent"), "GET", 200, SLOW + 1)
    settings.POOLED = True
    keeper.answered(facts("api/v1/quick"), "GET", 200, SLOW - 1)
    keeper.answered(facts("api/v1/slow"), "GET", 200, SLOW + 234)
    keeper.answered(facts("api/v1/slow-too"), "GET", 200, SLOW + 234)

    assert [(one.route, one.milliseconds) for one in SlowRequest.objects.all()] == [
        ("api/v1/slow", 1234)
    ]
    assert "GET api/v1/slow" in board(desk)


def test_slow_requests_are_swept(desk: Client) -> None:
    for days in (1, 20):
        SlowRequest.objects.create(
            at=timezone.now() - timedelta(days=days), request_id="x", method="GET", route="x",
            status=200, milliseconds=1000, queries=1,
        )  # fmt: skip

    call_command("sweep", stdout=StringIO())

    assert SlowRequest.objects.count() == 1


def test_each_sees_what_they_may_look_at_and_amounts_only_if_allowed(
    book: Book, by: Actor, issue: Any, groceries: Account
) -> None:
    card = issue(closing_day=1, due_day=2)
    day = book.day(timezone.now()) - timedelta(days=70)
    record(book, by, account=card.account, amount="-70.50", category=groceries, date=day)
    helper = User.objects.create_user("helper@example.com", PASSWORD, is_staff=True)
    desk = Client()
    desk.force_login(helper)
    nothing = board(desk)
    helper.user_permissions.set(Permission.objects.filter(codename="view_invoice"))

    said = board(desk)

    assert "Overdue" not in nothing
    assert "Connections" not in nothing
    assert "Platinum" in said
    assert "70.50" not in said


def test_support_sees_what_is_overdue_in_a_book_whose_owner_lets_them(
    book: Book, by: Actor, issue: Any, groceries: Account, owner: User
) -> None:
    card = issue(closing_day=1, due_day=2)
    day = book.day(timezone.now()) - timedelta(days=70)
    record(book, by, account=card.account, amount="-70.50", category=groceries, date=day)
    desk = clerk(roles.SUPPORT)
    until = timezone.now() + timedelta(days=1)
    other = services.create_book(by=by, user_id=owner.id, name="Other", base_currency="BRL")
    services.grant_support(by=by, book_id=other.id, expires_at=until)
    assert "70.50" not in board(desk)

    services.grant_support(by=by, book_id=book.id, expires_at=until)

    assert "70.50 BRL" in board(desk)


def test_the_board_costs_the_same_with_one_of_everything_and_with_many(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account, issue: Any
) -> None:
    costs = []
    # The first time, the session notes that somebody is there.
    board(desk)
    day = book.day(timezone.now()) - timedelta(days=70)
    for many in (1, 12):
        for number in range(many):
            card = issue(f"Card {many} {number}", closing_day=1, due_day=2)
            record(book, by, account=card.account, amount="-1", category=groceries, date=day)
            stop(book, checking)
            other = Book.objects.create(name=f"Other {number}", base_currency="BRL")
            Verification.objects.create(book=other, checks=1, broken={"x": 1})
        with CaptureQueriesContext(connection) as seen:
            board(desk)
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 12
