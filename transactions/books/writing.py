"""Write a book as lines, a piece at a time, as the database sends them."""

from collections.abc import Iterator
from hashlib import sha256

import orjson
from django.db import connection
from psycopg.sql import SQL, Literal

from buffet.models import Book
from buffet.rest.times import instant
from transactions.books import END, FORMAT, HEAD, VERSION
from transactions.books.kinds import KINDS

#: How many bytes are handed on at once.
PIECE = 2**16
# The lines as they are: no sign of theirs is one of these, so nothing is quoted or doubled.
_AS_IT_IS = "(FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')"
_BOOK = "name base_currency time_zone month_start_day".split()


def written(book: Book) -> Iterator[bytes]:
    """Yield the file of a book in pieces; what it holds in memory does not grow with the book.

    Pieces are read one after the other: inside a database transaction that sees one state, they
    are of one.
    """
    digest, counts = sha256(), dict[str, int]()
    head = {
        "format": FORMAT,
        "version": VERSION,
        "row": HEAD,
        "made_at": _now(),
        **{name: getattr(book, name) for name in _BOOK},
    }
    waiting, length = [orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE)], 0
    for kind in KINDS.values():
        with connection.wrap_database_errors, connection.cursor() as cursor:
            query = SQL(f"COPY ({kind.select}) TO STDOUT {_AS_IT_IS}")
            with cursor.copy(query.format(book=Literal(book.id))) as lines:
                count = 0
                for line in lines:
                    waiting.append(line)
                    length += len(line)
                    count += 1
                    if length >= PIECE:
                        piece = b"".join(waiting)
                        digest.update(piece)
                        yield piece
                        waiting, length = [], 0
        if count:
            counts[kind.name] = count
    piece = b"".join(waiting)
    digest.update(piece)
    yield piece
    end = {"row": END, "lines": counts, "sha256": digest.hexdigest()}
    yield orjson.dumps(end, option=orjson.OPT_APPEND_NEWLINE)


def _now() -> str:
    """Return the instant whose state the database transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return instant(cursor.fetchone()[0])
