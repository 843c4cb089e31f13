"""Load the file of a book as a new book: all of it or nothing, with every guarantee on."""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import IO
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.transaction import atomic
from psycopg.sql import SQL, Identifier, Placeholder

from buffet.audit import Actor, writing
from buffet.models import Book
from buffet.services import create_book
from transactions.books.fields import Renamed
from transactions.books.kinds import KINDS, Kind
from transactions.books.reading import Reader, Row
from transactions.books.refusals import BreaksTheBooks
from transactions.queries.verification import verify

#: How many lines are put into a table at once.
CHUNK = 10_000


def load_book(*, by: Actor, user_id: UUID, file: IO[bytes]) -> Book:
    """Make a new book of a user's from a file, which is read where it stands, and return it.

    Rows get ids of their own, in the order of those in the file; who made them, and when, is who
    loads them, and now. At the end the book is verified as `verify_books` does.

    :raises BadBookFile: naming the line that is not as it was written, or breaks what must hold.
    :raises Invalid: if the book's time zone is not known here.
    """
    renamed = renaming(secrets.randbits(28) or 1)
    reader = Reader(file, renamed)
    head = reader.head()
    del head["made_at"]
    with atomic():
        book = create_book(by=by, user_id=user_id, **head)
        with writing(book.id, by=by, reason="loaded from a file"):
            with connection.cursor() as cursor:
                # Its parts are short, but what they leave to be checked at once may not be.
                cursor.execute("SET LOCAL statement_timeout = 0")
            for kind, rows in groupby(reader.rows(), key=lambda row: row.kind):
                _take_kind(book, kind, rows)
            _refuse_broken(book, file, renamed)
    book.refresh_from_db()
    return book


def renaming(key: int) -> Renamed:
    """Return what turns an id into another, and that one back: of its last 32 bits, the first 28.

    What is before them tells when a row was made and which was made before which; the last digit
    is the place of an imported entry in its transaction. The key is drawn anew for each file, so
    that nobody can aim at a row that is there.
    """

    def renamed(id: str) -> str:
        return f"{id[:28]}{int(id[28:35], 16) ^ key:07x}{id[35:]}"

    return renamed


def _take_kind(book: Book, kind: Kind, rows: Iterable[Row]) -> None:
    """Put all rows of a kind where they belong."""
    chunk: Sequence[Row] = ()
    try:
        with connection.cursor() as cursor:
            if kind.taken:
                columns = ", ".join(f'"{field.column}"' for field in kind.fields)
                cursor.execute(
                    f"CREATE TEMPORARY TABLE taken ON COMMIT DROP AS "
                    f"SELECT {columns} FROM {kind.table} WITH NO DATA"
                )
            for chunk in _chunks(kind, rows):
                _copy(book, kind, chunk)
                if not kind.refers_to_itself:
                    _look_now()
            for sql in kind.taken:
                cursor.execute(
                    SQL(sql).format(book=Placeholder("book")).as_string(), {"book": book.id}
                )
            lost = cursor.fetchone() if kind.taken and cursor.description else None
            _look_now()
            if kind.taken:
                cursor.execute("DROP TABLE taken")
    except DatabaseError as error:
        raise _refusal(error, kind, chunk) from error
    if lost:
        line = _line_with(chunk, [str(lost[0])])
        raise BreaksTheBooks(line, f"This {kind.name} belongs to nothing in the file.")


def _copy(book: Book, kind: Kind, rows: Sequence[Row]) -> None:
    names = [field.column for field in kind.fields]
    more = () if kind.taken else (str(book.id),)
    table = "taken" if kind.taken else kind.table
    columns = [*names, *(["book_id"] if more else [])]
    query = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns))
    )
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        for row in rows:
            copy.write_row((*row.cells, *more))


def _chunks(kind: Kind, rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows some thousands at a time; those that stand together stay together."""
    names = [field.name for field in kind.fields]
    place = names.index(kind.together) if kind.together else None
    chunk: list[Row] = []
    for row in rows:
        is_full = len(chunk) >= CHUNK
        if is_full and (place is None or chunk[-1].cells[place] != row.cells[place]):
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


def _look_now() -> None:
    """Have the database check at once what it would check at the end, while lines are known."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_LINE = re.compile(r"COPY \w+, line (\d+)", re.ASCII)
#: What the database says to a row that cannot be, by the class or name of its error.
_SENTENCES = {
    "entries_sum_to_zero": "The entries of this transaction do not sum to zero.",
    "no_transfer_to_itself": "This transaction moves money from an account to itself.",
    "tree_has_no_cycle": "This category would be its own ancestor.",
    "23503": "It refers to something that is not in the file",
    "23505": "There is another of it in the file",
}


def _refusal(error: DatabaseError, kind: Kind, chunk: Sequence[Row]) -> Exception:
    """Return what to say about an error; the error itself if the file is not to blame."""
    told = getattr(error.__cause__, "diag", None)
    state = getattr(told, "sqlstate", None) or ""
    if told is None or state[:2] not in ("22", "23") or not chunk:
        return error
    counted = _LINE.search(told.context or "")
    if counted and int(counted[1]) <= len(chunk):
        line = chunk[int(counted[1]) - 1].line
    else:
        line = _line_with(chunk, _UUID.findall(f"{told.message_primary} {told.message_detail}"))
    name = (told.constraint_name or "").replace("_", " ")
    sentence = _SENTENCES.get(told.constraint_name or "")
    if sentence is None:
        general = _SENTENCES.get(state, f"This {kind.name} breaks a rule")
        sentence = ": ".join(filter(None, (general, name))) + "."
    return BreaksTheBooks(line, sentence)


def _line_with(chunk: Sequence[Row], ids: Sequence[str]) -> int:
    """Return the first line that names one of some ids; the first of all if none does."""
    for id in ids:
        for row in chunk:
            if id in row.cells:
                return row.line
    return chunk[0].line if chunk else 0


def _asked(sql: str) -> str:
    """Return a statement about {book} with a place for its id."""
    return SQL(sql).format(book=Placeholder("book")).as_string()


def _refuse_broken(book: Book, file: IO[bytes], renamed: Renamed) -> None:
    """Check the loaded book as a whole.

    :raises BreaksTheBooks: naming the first property that does not hold, and a line about it.
    """
    for kind in (one for one in KINDS.values() if one.wrong):
        with connection.cursor() as cursor:
            cursor.execute(
                SQL(kind.wrong).format(book=Placeholder("book")).as_string(), {"book": book.id}
            )
            wrong = cursor.fetchone()
        if wrong:
            line = _line_of(file, renamed(str(wrong[0])).encode())
            raise BreaksTheBooks(line, kind.sentence)
    for check in verify(book.id):
        if not check.ok:
            found = _UUID.search(check.found[0])
            line = _line_of(file, renamed(found[0]).encode()) if found else 0
            raise BreaksTheBooks(line, f"It would not hold that {check.name}.")


def _line_of(file: IO[bytes], id: bytes) -> int:
    """Return the number of the first line that names an id as the file has it; 0 if none does."""
    file.seek(0)
    return next((number for number, line in enumerate(file, 1) if id in line), 0)
