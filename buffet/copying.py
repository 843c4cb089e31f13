"""Texts that the database makes, read from it as they are and many at a time."""

from collections.abc import Iterator
from itertools import chain, islice
from operator import itemgetter

from django.db import connection
from psycopg.sql import SQL, Composable

#: How many rows are read at once: enough to spare Python most of its work for each of them.
ROWS = 128
#: Of the formats of COPY, the binary one alone neither looks at each sign nor changes any.
_COPY = "COPY ({query}) TO STDOUT (FORMAT binary)"
#: What stands before the first row: a signature, flags and the length of an extension, none.
_HEAD = 19
#: What stands before the text of each: how many columns it has, and the length of this one.
_text = itemgetter(slice(6, None))


def texts(query: Composable) -> Iterator[bytes]:
    """Yield the one column of a query, a text that is neither empty nor NULL, some rows at a time.

    What is under way is bounded, however many rows there are.
    """
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(SQL(_COPY).format(query=query)) as copy,
    ):
        # The end, which is shorter than what stands before a text, has none.
        found = map(_text, chain([copy.read()[_HEAD:]], copy))
        while piece := b"".join(islice(found, ROWS)):
            yield piece
