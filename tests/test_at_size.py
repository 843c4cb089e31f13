"""The measure of the admin at size leaves nothing out, and says what is wrong."""

from typing import Any

import pytest
from conftest import PASSWORD
from django.urls import resolve
from test_admin import fill
from test_staff_roles import OPEN, PAGES, others, ticked

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from tests.at_size.desk import Seen
from tests.at_size.places import Place, places
from tests.at_size.telling import faults, refusals, table

#: Two of a form that asks for no row, and the part of a page that another part leads to.
LEFT_OUT = {"auth_user_password_change", "staff-coming-in"}


@pytest.fixture
def found(book: Book, by: Actor, checking: Account, groceries: Account) -> list[Place]:
    """Every place of a book with some of everything."""
    for name in ("one", "two"):
        fill(book, by, checking, groceries, name)
    # The newest of the chart, as in the book that is measured: only a category can be merged.
    chart.create_category(book=book, by=by, name="Newest", type="expense")
    return places(User.objects.create_superuser("staff@example.com", PASSWORD), book)


def test_every_address_of_the_admin_is_opened(found: list[Place]) -> None:
    opened = {resolve(place.address.partition("?")[0]).url_name for place in found}

    tables = {f"{page.opts.app_label}_{page.opts.model_name}_" for page in PAGES.values()}
    assert {f"{table}changelist" for table in tables} - opened == set()
    # Of a table without rows no verb can be asked for.
    empty = tuple(table for table in tables if f"{table}change" not in opened)
    wanted = {name for name in others() if not name.startswith(empty)}
    assert wanted - OPEN - LEFT_OUT - opened == set()


def test_everything_that_is_done_with_ticked_rows_is_tried(found: list[Place]) -> None:
    tried = {f"{place.name.partition(':')[0]} {place.ticks}" for place in found if place.ticks}

    labels = {label.lower(): label for label in PAGES}
    rows = {place.name.partition(":")[0] for place in found if place.name.endswith(": newest")}
    wanted = {one.lower() for one in ticked() if one.split()[0].lower() in rows & labels.keys()}
    assert wanted == tried


def test_each_place_has_a_name_of_its_own_that_no_size_changes(
    found: list[Place], book: Book
) -> None:
    names = [place.name for place in found]

    assert len(set(names)) == len(names)
    assert not [name for name in names if str(book.pk) in name]


def seen(milliseconds: float = 20, statements: int = 8, **more: Any) -> Seen:
    """Return what was seen of a page."""
    return Seen(milliseconds, statements, **{"status": 200} | more)


def test_what_is_slow_at_the_larger_size_is_named() -> None:
    said = faults({"10k": {"a": seen(400), "b": seen(299)}, "1M": {"a": seen(299), "b": seen(300)}})

    assert said == ["b: 300 ms, of 300 at the most"]


def test_statements_that_grow_with_the_book_are_named() -> None:
    few, many = seen(statements=8), seen(statements=9)

    said = faults({"10k": {"a": few, "b": many}, "1M": {"a": many, "b": few}})

    assert said == ["a: its statements grow: 8 at 10k, 9 at 1M"]


def test_what_is_missing_or_no_page_is_named_and_a_refusal_only_told() -> None:
    many = {"a": seen(status=404), "b": seen(status=500), "c": seen(status=400, refused="Paid.")}
    found = {"10k": {**many, "d": seen()}, "1M": many}

    assert faults(found) == [
        "a: answered with 404",
        "b: answered with 500",
        "d: not there at 1M",
    ]
    assert refusals(found) == ["c: Paid."]


def test_the_sizes_stand_side_by_side() -> None:
    said = table({"10k": {"a": seen(12.4, 8)}, "1M": {"a": seen(13, 8), "b": seen(1)}})

    assert said.split("\n")[2:] == ["| a | 12 | 8 | 13 | 8 |", "| b | — | — | 1 | 8 |"]
