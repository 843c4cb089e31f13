"""Write a book as lines, a piece at a time, as the database sends them."""

from collections.abc import Iterator
from hashlib import sha256

import orjson
from django.db import connection
from psycopg.sql import SQL, Literal

from buffet.copying import texts
from buffet.models import Book
from buffet.rest.times import instant
from transactions.books import END, FORMAT, HEAD, VERSION
from transactions.books.kinds import KINDS

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
    piece = orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE)
    digest.update(piece)
    yield piece
    for kind in KINDS.values():
        count = 0
        for piece in texts(SQL(kind.select).format(book=Literal(book.id))):
            # A line has no other end of a line than its own: JSON has none inside of texts.
            count += piece.count(b"\n")
            digest.update(piece)
            yield piece
        if count:
            counts[kind.name] = count
    end = {"row": END, "lines": counts, "sha256": digest.hexdigest()}
    yield orjson.dumps(end, option=orjson.OPT_APPEND_NEWLINE)


def _now() -> str:
    """Return the instant whose state the database transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return instant(cursor.fetchone()[0])
