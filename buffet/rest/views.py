"""The base of every view of the API: who calls, in which book, with which parameters."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import (
    AuthenticationFailed,
    MethodNotAllowed,
    NotAuthenticated,
    PermissionDenied,
)
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from buffet import limits
from buffet.audit import Actor, writing
from buffet.errors import NotFound
from buffet.models import Book, BookRow
from buffet.rest import query, retries, tags
from buffet.rest.authentication import Caller, Seat, caller_of
from buffet.rest.deprecating import Deprecation
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape


class JsonView(APIView):
    """A view that speaks JSON, whatever the client would rather have."""

    #: What Allow names is answered, and OPTIONS is not: the document says what there is to ask.
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    #: The query parameters each method knows; a method that is not named here knows none.
    parameters: Mapping[str, Mapping[str, query.Reader]] = {}
    #: Said with every answer of a view that clients should leave.
    deprecation: Deprecation | None = None

    request: Request

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a request; what is refused becomes a problem."""
        self.args, self.kwargs = args, kwargs
        self.request = sent = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(sent, *args, **kwargs)
            response = self.carry_out(getattr(self, sent.method.lower()), sent, *args, **kwargs)
        except Exception as error:  # as DRF does: what is no refusal is raised again there
            response = self.handle_exception(error)
        if self.deprecation is not None:
            self.deprecation.tell(response)
        return response

    def carry_out(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """Return the method's answer."""
        return self.perform(handler, request, *args, **kwargs)

    def perform(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """Have the method do its work, and return its answer."""
        return handler(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller, then the method, then the query parameters."""
        self.check_caller(request)
        # What else is wrong does not matter to who calls a method that is not there.
        method = request.method.lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(request.method)
        known = self.parameters.get("get" if method == "head" else method, {})
        self.query = query.read(request.query_params, known)

    def check_caller(self, request: Request) -> None:
        """Refuse who may not call this."""


class AnonymousView(JsonView):
    """A view that asks for no token and knows no query: a password in a URL is in every log."""

    authentication_classes = ()

    def check_caller(self, request: Request) -> None:
        """Refuse who calls too often."""
        limits.anonymous(request._request)


class ApiView(JsonView):
    """A view for signed-in callers."""

    #: The person who calls.
    caller: Caller
    #: Whether a change may be sent again with its key.
    keeps_answers = True
    #: Whether some who are signed in may not even read it.
    refuses_readers = False
    #: Whether it is about a book by its address, so that its answers are tagged by what they say.
    is_of_book = False

    @property
    def actor(self) -> Actor:
        """The caller as the history names them."""
        return self.caller.actor(self.request._request.id)

    def check_caller(self, request: Request) -> None:
        """Refuse who is not signed in."""
        sent = request._request
        try:
            caller = sent.caller if hasattr(sent, "caller") else caller_of(sent)
            if caller is None:
                raise NotAuthenticated
        except (AuthenticationFailed, NotAuthenticated):
            limits.anonymous(sent)
            raise
        if not caller.may_write and request.method not in SAFE_METHODS:
            raise PermissionDenied("This token may only read.", "read_only_token")
        self.caller = caller

    def carry_out(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """Return the method's answer; the first one again to a change sent with the same key."""
        key = None if request.method in SAFE_METHODS else retries.key_of(request)
        if key is None or not self.keeps_answers:
            return self.perform(handler, request, *args, **kwargs)
        return retries.once(
            request, self.caller, key, partial(self.perform, handler, request, *args, **kwargs)
        )

    def perform(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Any:
        """Return the method's answer, with a tag if it is about a book by its address."""
        response = super().perform(handler, request, *args, **kwargs)
        if self.is_of_book and request.method in SAFE_METHODS and response.status_code == 200:
            return tags.by_content(request._request, response, response.version)
        return response


class BookView(ApiView):
    """A view of one book's data, the caller's default one or that of the `X-Book` header."""

    in_book = True
    #: The model of the one row that the view is about, if its clients may name a version of it.
    row: type[BookRow] | None = None
    #: What the rows of its GET look like, if clients may ask for parts of them.
    shape: Shape | None = None

    def __init_subclass__(cls, **more: Any) -> None:
        """Let the GET of a view with a shape know the parameters that ask for parts of it."""
        super().__init_subclass__(**more)
        if cls.shape is not None and hasattr(cls, "get"):
            known = {**cls.parameters.get("get", {}), **cls.shape.parameters}
            cls.parameters = {**cls.parameters, "get": known}

    def perform(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """Return the method's answer with the tag of the state that it shows.

        :raises ChangedMeanwhile: if the row has not the version that the client wants to change.
        """
        if request.method in SAFE_METHODS:
            response = super().perform(handler, request, *args, **kwargs)
            if self.shape is not None and ("fields" in self.query or "expand" in self.query):
                response.content = orjson.dumps(self.shape.applied(self, response.data, self.query))
            if response.status_code == 200:
                version = self.seat.version if response.version is None else response.version
                found = tags.mark(self.seat, tags.address(request.META))
                tags.personal(response, tags.tag(version, found))
            return response
        if self.row is not None and request.method in ("PATCH", "DELETE"):
            response = self._change(self.row, handler, request, *args, **kwargs)
        else:
            response = super().perform(handler, request, *args, **kwargs)
        if response.version is not None:
            response["ETag"] = tags.tag(response.version)
        return response

    def _change(
        self,
        row: type[BookRow],
        handler: Callable[..., Response],
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> Response:
        if not settings.REQUIRE_IF_MATCH and "HTTP_IF_MATCH" not in request.META:
            return super().perform(handler, request, *args, **kwargs)
        # Under the book's lock, so that nobody changes the row between the look and the change.
        with writing(self.book_id, by=self.actor):
            versions = row._default_manager.filter(book_id=self.book_id, id=kwargs["id"])
            version = versions.values_list("version", flat=True).first()
            if version is not None:
                tags.refuse_other_version(request._request, version)
            return super().perform(handler, request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller's seat: no book is a 404, a viewer's write a 403."""
        super().initial(request, *args, **kwargs)
        if not self.seat.may_write and request.method not in SAFE_METHODS:
            raise PermissionDenied("A viewer of this book cannot change it.", "viewer")

    @property
    def seat(self) -> Seat:
        """The caller's seat in the book that the request is about.

        :raises NotFound: if they have none.
        """
        if self.caller.seat is None:
            raise NotFound("There is no such book, or you are not a member of it.")
        return self.caller.seat

    @property
    def book_id(self) -> UUID:
        """The id of the book that the request is about."""
        return self.seat.book_id

    @property
    def book(self) -> Book:
        """The book that the request is about."""
        return self.seat.book

    @property
    def today(self) -> Any:
        """Today in the book's time zone."""
        return self.seat.today
