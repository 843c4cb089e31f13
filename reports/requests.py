"""What a page's request has: who reads, their book, the day, and what goes along to other pages."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.urls import ResolverMatch

from buffet.models import Book, User
from buffet.requests import Request
from buffet.seats import Seat

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class PageRequest(Request):
    """A request as `reports.book_page` hands it to a page of a book: for annotations.

    Django makes another class.
    """

    user: User
    resolver_match: ResolverMatch
    books: list[Book]
    book: Book
    seat: Seat
    #: The number of the state of what all books share.
    shared: int
    may_write: bool
    #: Today in the book, or the day as known on which it is shown.
    today: date
    known_on: date | None
    #: The part of the address that goes along to other pages, and as it stands behind an address.
    kept: str
    along: str
    #: What the frame around each page leads to.
    navigation: Sequence[tuple[str, "StrPromise", Sequence[str]]]
    of_the_book: Sequence[str]
    elsewhere: str
