"""The doors to what was known: a view of the API, and what a page is made in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from rest_framework.request import Request

from buffet.models import Book
from buffet.remembering import Kept
from buffet.rest import query, tags
from buffet.rest.documents import DAY, parameter
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from reports.known.days import end_of_day
from reports.known.session import as_known
from reports.requests import PageRequest

#: Answers of the API: text and version by their mark. Some thousand people's, in 16 MiB a process.
_ANSWERS: Kept[tuple[bytes, int | None]] = Kept(16 * 2**20, lambda made: len(made[0]))

#: The parameter of every report, as the OpenAPI document shows it.
KNOWN_ON = parameter(
    "known_on",
    "As it was known at the end of this day: before later corrections, deletions and back-dated "
    "entries. That day is then the report's today.",
    DAY,
)


class ReportView(BookView):
    """A view of a book's figures, as they are or as they were known at the end of a day."""

    #: The history may not be able to tell.
    asks_history = True
    #: Whether answers are kept in memory: those that are long are made again.
    remembers = True
    _then: Book | None = None

    def __init_subclass__(cls, **more: Any) -> None:
        """Let the GET know the parameter."""
        super().__init_subclass__(**more)
        known = {**cls.parameters.get("get", {}), "known_on": query.day}
        cls.parameters = {**cls.parameters, "get": known}

    def perform(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """Return the method's answer, asked of the book as it was known if that is wanted.

        It is remembered by its mark, which stands for all that it follows from.

        :raises NotYet: if that day has not begun.
        :raises NotKept: if the history cannot tell.
        """

        def remembered(*args: Any, **kwargs: Any) -> Response:
            def make() -> tuple[bytes, int | None]:
                answer = self._made(handler, *args, **kwargs)
                return answer.content, answer.version

            mark = tags.mark(self.seat, tags.address(request.META))
            return Response.again(*_ANSWERS.get(mark, make))

        def made(*args: Any, **kwargs: Any) -> Response:
            return self._made(handler, *args, **kwargs)

        answer = remembered if self.remembers else made
        return super().perform(answer, request, *args, **kwargs)

    def _made(self, handler: Callable[..., Response], *args: Any, **kwargs: Any) -> Response:
        day = self.query.get("known_on")
        if day is None:
            return handler(*args, **kwargs)
        book = self.seat.book
        with as_known(book, end_of_day(book, day, timezone.now())) as self._then:
            return handler(*args, **kwargs)

    @property
    def book(self) -> Book:
        """The book that the request is about, as it is or as it was known."""
        return self._then or self.seat.book

    @property
    def today(self) -> date:
        """Today in the book's time zone, or the day of what was known."""
        return self.query.get("known_on", self.seat.today)


@contextmanager
def page_as_known(request: PageRequest, day: date) -> Iterator[None]:
    """Make a page of the book as it was known at the end of a day, which is its today.

    :raises NotYet: if that day has not begun.
    :raises NotKept: if the history cannot tell.
    """
    with as_known(request.book, end_of_day(request.book, day, timezone.now())) as then:
        request.book, request.today, request.known_on = then, day, day
        yield


def made_now(response: HttpResponseBase) -> HttpResponseBase:
    """Return an answer with all that it streams, which could not be read later; a file can."""
    if not isinstance(response, StreamingHttpResponse) or isinstance(response, FileResponse):
        return response
    made = HttpResponse(response.getvalue())
    for name, value in response.items():
        made[name] = value
    return made
