"""What a page says, without what is around it: remembered by all that it follows from."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from markupsafe import Markup

from buffet.remembering import Kept
from reports.reader import language, reading
from reports.requests import PageRequest

_MADE: Kept[Markup] = Kept(128)


def rendered(template: str, context: dict[str, Any], request: HttpRequest) -> Markup:
    """Return a part of a page."""
    return Markup(render_to_string(template, context, request, using="jinja2"))


def content(request: PageRequest, template: str, context: Callable[[], dict[str, Any]]) -> Markup:
    """Return the content of a page of the book; `context` is asked when it has to be made.

    It follows from the states of the book and of what all books share, the day, the address, the
    reader's role and language, and from nothing else: it has no form that is posted, though it may
    have buttons of one that stands beside it.
    """
    seat = request.seat
    key = (
        *(template, request.get_full_path(), language(), seat.role, request.today),
        *(seat.book.id, seat.book.version, seat.shared),
        *((book.id, book.name) for book in request.books),
    )

    def made() -> Markup:
        with reading():
            return rendered(template, context(), request)

    return _MADE.get(key, made)
