"""What can be exported, by the name of its file: what is asked for, and what it is made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.utils.text import slugify

from buffet.models import Book
from buffet.rest import query
from reports.exports import ofx, tables
from reports.exports.pieces import gathered
from reports.journals import journal
from transactions.books.writing import written

#: Clients are generated that read a file of this type, whatever it is; its name says the rest.
CONTENT_TYPE = "application/octet-stream"
_DAYS: Mapping[str, query.Reader] = {"date_from": query.day, "date_to": query.day}


@dataclass(frozen=True, slots=True)
class Export:
    """A file that a book is exported as; `write` is given the book, its today and what is asked."""

    name: str
    write: Callable[[Book, date, Mapping[str, Any]], Iterator[bytes]]
    parameters: Mapping[str, query.Reader] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def file_name(self, book: Book) -> str:
        """Return what the file is called when it is kept."""
        return f"{slugify(book.name)[:60] or 'book'}-{self.name}"


def _journal(format: str, book: Book, today: date, asked: Mapping[str, Any]) -> Iterator[bytes]:
    return gathered(piece.encode() for piece in journal(book, format))


def _whole(book: Book, today: date, asked: Mapping[str, Any]) -> Iterator[bytes]:
    return gathered(written(book))


EXPORTS = {
    one.name: one
    for one in (
        Export("transactions.csv", tables.entries, {"account": query.uuid, **_DAYS}),
        Export("book.jsonl", _whole),
        Export("book.beancount", partial(_journal, "beancount")),
        Export("book.hledger", partial(_journal, "hledger")),
        Export("statement.ofx", ofx.statement, {"account": query.uuid, **_DAYS}, ("account",)),
    )
}
