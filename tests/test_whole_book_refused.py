"""A file that is not as it was written, or would break the books: its line and why, and nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from whole_books import Line, exported, lines, load, sealed

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book, User
from transactions.books.refusals import BadBookFile
from transactions.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(book: Book, by: Actor, checking: Account, groceries: Account, dollars: Account) -> bytes:
    """The file of a book with two purchases."""
    keeper = Bookkeeper(book, by)
    for day in (2, 3):
        keeper.move(checking, date(2026, 5, day), "-7.50", category_id=groceries.id)
    return exported(book)


@pytest.fixture
def refused(file: bytes, person: Callable[..., User]) -> Callable[[bytes], Refusal]:
    """Load what is refused: nothing of it is stored."""
    user = person("loader")

    def load_it(content: bytes) -> Refusal:
        before = Book.objects.count(), Entry.objects.count(), Account.objects.count()
        with pytest.raises(Refusal) as found:
            load(user, content)
        assert (Book.objects.count(), Entry.objects.count(), Account.objects.count()) == before
        return found.value

    return load_it


def test_a_file_that_was_cut_off_is_noticed(file: bytes, refused: Any) -> None:
    whole = file.splitlines(keepends=True)
    for content in (b"".join(whole[:-1]), file[:-200], b"".join(whole[:4]), b"".join(whole[:1])):
        refusal = refused(content)

        assert refusal.code == "cut_off"
        assert "it was cut off" in refusal.detail


def test_a_file_that_was_changed_is_noticed(file: bytes, refused: Any) -> None:
    number = len(file.splitlines())
    for old, new in (
        (b"-7.5", b"-7.6"),
        (b"Household", b"Householt"),
        (b'"lines":{', b'"lines":{"x":1,'),
    ):
        refusal = refused(file.replace(old, new, 1))

        assert refusal.code == "wrong_digest"
        assert refusal.line == number
    whole = file.splitlines(keepends=True)
    assert refused(b"".join([*whole[:3], *whole[4:]])).code == "wrong_digest"
    assert refused(file + b"more\n").code == "wrong_digest"


def test_what_is_no_book_of_ours_is_said_at_once(file: bytes, refused: Any) -> None:
    for content in (b"", b"\n", b"PK\x03\x04", b"[1]\n", b'{"row":"book"}\n', b"x" * 200_000):
        assert refused(content).code in ("not_a_book", "bad_line")
    head = lines(file)[0]
    refusal = refused(sealed([head | {"version": 3}]))
    assert (refusal.code, refusal.line) == ("unknown_version", 1)
    assert refused(sealed([head | {"time_zone": "Mars/Base"}])).status == 400


def changed(file: bytes, row: str, more: Line) -> tuple[bytes, int]:
    """Return a file whose first line of a kind says something else, and that line's number."""
    found = lines(file)
    place = next(place for place, line in enumerate(found) if line["row"] == row)
    found[place] |= more
    for name in [name for name, value in more.items() if value is ...]:
        del found[place][name]
    return sealed(found), place + 1


@pytest.mark.parametrize(
    ("row", "more"),
    [
        ("account", {"row": "spaceship"}),
        ("account", {"colour": "red"}),
        ("account", {"name": ...}),
        ("account", {"name": 7}),
        ("account", {"name": "a\x00b"}),
        ("account", {"name": "x" * 101}),
        ("account", {"type": "debt"}),
        ("account", {"currency": "real"}),
        ("account", {"archived_at": "yesterday"}),
        ("transaction", {"id": "1"}),
        ("transaction", {"date": "2026-02-30"}),
        ("transaction", {"date": "0025-02-03"}),
        ("transaction", {"source": "elsewhere"}),
        ("entry", {"amount": "NaN"}),
        ("entry", {"amount": "1e5"}),
        ("entry", {"amount": 7.5}),
        ("entry", {"amount": "١٢"}),
        ("entry", {"amount": "1234567890123456"}),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    row: str, more: Line, file: bytes, refused: Any
) -> None:
    content, line = changed(file, row, more)

    refusal = refused(content)

    assert refusal.code in ("bad_line", "unknown_kind")
    assert refusal.line == line
    assert refusal.detail.startswith(f"Line {line}: ")


@pytest.mark.parametrize(
    ("row", "more", "said"),
    [
        ("entry", {"amount": "-7.51"}, "do not sum to zero"),
        ("entry", {"amount": "-7.501"}, "entry has decimals of currency"),
        ("entry", {"amount": "0"}, "entry moves money"),
        ("entry", {"currency": "USD"}, "entry in currency of account"),
        ("entry", {"date": "2026-05-09"}, "not in the file"),
        ("entry", {"account": "01a21b6e-ac8f-719e-9d01-d19027300000"}, "not in the file"),
        ("account", {"kind": "loan"}, "kind belongs to type"),
        ("transaction", {"vendor": "01a21b6e-ac8f-719e-9d01-d19027300000"}, "not in the file"),
    ],
)
def test_a_line_that_would_break_the_books_is_named(
    row: str, more: Line, said: str, file: bytes, refused: Any
) -> None:
    content, line = changed(file, row, more)

    refusal = refused(content)

    assert refusal.code == "breaks_the_books"
    assert said in refusal.detail
    assert refusal.line == line


def test_a_row_that_is_there_twice_is_named(file: bytes, refused: Any) -> None:
    found = lines(file)
    place = next(place for place, line in enumerate(found) if line["row"] == "account")

    refusal = refused(sealed([*found[: place + 1], found[place], *found[place + 1 :]]))

    assert (refusal.code, refusal.line) == ("breaks_the_books", place + 2)


def test_a_transaction_without_entries_is_named(file: bytes, refused: Any) -> None:
    found = lines(file)
    place = next(place for place, line in enumerate(found) if line["row"] == "transaction")
    id = found[place]["id"]

    refusal = refused(sealed([line for line in found if line.get("transaction") != id]))

    assert (refusal.code, refusal.line) == ("breaks_the_books", place + 1)
    assert "entries on two accounts" in refusal.detail


def test_lines_of_another_order_are_refused(file: bytes, refused: Any) -> None:
    head, *rest = lines(file)

    refusal = refused(sealed([head, *reversed(rest[:-1])]))

    assert isinstance(refusal, BadBookFile)
    assert "stands before this one" in refusal.detail


def test_ids_of_another_book_are_nobody_s(
    file: bytes, refused: Any, checking: Account, groceries: Account
) -> None:
    """The accounts are there, in the book that was exported: a file reaches none of them."""
    without = [line for line in lines(file) if line["row"] != "account"]

    refusal = refused(sealed(without))

    assert refusal.code == "breaks_the_books"
    assert "not in the file" in refusal.detail
