"""Look into a bank's file; nothing of it is kept."""

from typing import IO, Any

from buffet.models import Book
from transactions.queries.inspection import inspected
from transactions.services.importing.reading import NO_WISH, Wish, reading_of


def inspect(*, book: Book, file: IO[bytes], wish: Wish = NO_WISH) -> dict[str, Any]:
    """Return what a file holds: its format, how it was read, and its statements.

    :raises UnreadableUpload: if it cannot be read.
    """
    with reading_of(book, file, wish) as found:
        return inspected(book, found)
