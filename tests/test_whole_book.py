"""A whole book as a file, and back: the same book, or none of it and a sentence that says why."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import orjson
import pytest
from household import Home, at_home

from buffet.audit import Actor
from buffet.models import Book, User
from transactions.books.loading import load_book
from transactions.books.writing import written
from transactions.queries.verification import verify

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("whole books")]


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[Home]:
    """The demo household and more, in the database for all of these tests."""
    with django_db_blocker.unblock(), at_home() as found:
        yield found


@pytest.fixture
def loader(db: None) -> User:
    """Somebody who has no book yet."""
    return User.objects.create_user("loader@example.com", "x")


def load(user: User, content: bytes) -> Book:
    """Load a file as a user's book."""
    by = Actor(user.id, "api", email=user.email)
    return load_book(by=by, user_id=user.id, file=BytesIO(content))


def alike(content: bytes) -> list[Any]:
    """Return the lines of a file with ids numbered as they come, and without the instant."""
    numbers: dict[str, int] = {}

    def numbered(value: Any) -> Any:
        if isinstance(value, str) and len(value) == 36 and value.count("-") == 4:
            return numbers.setdefault(value, len(numbers))
        return value

    lines = [orjson.loads(line) for line in content.splitlines()]
    lines[0].pop("made_at")
    lines[-1].pop("sha256")
    return [{name: numbered(value) for name, value in line.items()} for line in lines]


def test_a_book_that_is_exported_and_loaded_is_the_same(home: Home, loader: User) -> None:
    first = b"".join(written(home.book))

    book = load(loader, first)

    second = b"".join(written(book))
    assert alike(second) == alike(first)
    assert not [check for check in verify(book.id) if not check.ok]
