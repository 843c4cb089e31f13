"""The base of every view of the API: who calls, in which book, with which parameters."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from buffet.audit import Actor
from buffet.errors import NotFound
from buffet.models import Book
from buffet.rest import query
from buffet.rest.authentication import Caller


def refuse_unknown_method(view: APIView, request: Request) -> None:
    """Say first that a view does not know the method: what else is wrong does not matter then.

    :raises MethodNotAllowed: if it does not.
    """
    if request.method.lower() not in view.http_method_names or not hasattr(
        view, request.method.lower()
    ):
        raise MethodNotAllowed(request.method)


class ApiView(APIView):
    """A view for signed-in callers."""

    #: The query parameters each method knows; a method that is not named here knows none.
    parameters: Mapping[str, Mapping[str, query.Reader]] = {}

    request: Request

    @property
    def caller(self) -> Caller:
        """The person who calls."""
        return self.request.user

    @property
    def actor(self) -> Actor:
        """The caller as the history names them."""
        return self.caller.actor(self.request._request.id)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller, then the query parameters."""
        super().initial(request, *args, **kwargs)
        refuse_unknown_method(self, request)
        known = self.parameters.get(request.method.lower(), {})
        self.query = query.read(request.query_params, known)


class BookView(ApiView):
    """A view of one book's data, the caller's default one or that of the `X-Book` header."""

    in_book = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller's seat: no book is a 404, a viewer's write a 403."""
        super().initial(request, *args, **kwargs)
        seat = self.caller.seat
        if seat is None:
            raise NotFound("There is no such book, or you are not a member of it.")
        if request.method not in SAFE_METHODS and not seat.may_write:
            raise PermissionDenied("A viewer of this book cannot change it.", "viewer")

    @property
    def book(self) -> Book:
        """The book that the request is about."""
        return self.caller.seat.book

    @property
    def today(self) -> Any:
        """Today in the book's time zone."""
        return self.book.day(timezone.now())
