"""Look into a bank's file; nothing of it is kept."""

from typing import Any, BinaryIO

from buffet.models import Book
from transactions.imports.statement import UnreadableFile
from transactions.queries.inspection import inspected
from transactions.services.importing.reading import NO_WISH, UnreadableUpload, Wish, read_file


def inspect(*, book: Book, file: BinaryIO, wish: Wish = NO_WISH) -> dict[str, Any]:
    """Return what a file holds: its format, how it was read, and its statements.

    :raises UnreadableUpload: if it cannot be read.
    """
    found = read_file(book, file, wish)
    try:
        return inspected(book, found)
    except UnreadableFile as error:
        raise UnreadableUpload(error) from None
