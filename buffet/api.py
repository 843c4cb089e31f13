"""The API of signing in, of oneself and of books."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from buffet import serializers, services
from buffet.models import Book, Membership
from buffet.rest import fields, query
from buffet.rest.documents import PAGING
from buffet.rest.named import named_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.times import instant
from buffet.rest.views import ApiView, refuse_unknown_method

EMAIL = fields.text(254, least=1)


def _secret(value: object) -> str:
    """Read a password or token: any text, kept as it is."""
    if not isinstance(value, str) or not 0 < len(value) <= 4096 or "\x00" in value:
        raise query.Malformed("This is a text.")
    return value


class AnonymousView(APIView):
    """A view that asks for no token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse query parameters: none is known here, and a password in a URL is in every log."""
        super().initial(request, *args, **kwargs)
        refuse_unknown_method(self, request)
        query.read(request.query_params, {})


class TokenView(AnonymousView):
    """Sign in."""

    @extend_schema(
        operation_id="auth_token",
        summary="Sign in",
        request=serializers.Credentials,
        responses=serializers.TokenPair,
    )
    def post(self, request: Request) -> Response:
        """Answer with a pair of tokens."""
        sent = fields.read(
            request.data,
            {"email": EMAIL, "password": _secret},
            required=("email", "password"),
        )
        agent = request.headers.get("User-Agent", "")
        return Response(_pair(services.sign_in(**sent, user_agent=agent)))


class RefreshView(AnonymousView):
    """Renew the tokens."""

    @extend_schema(
        operation_id="auth_refresh",
        summary="Renew the tokens",
        request=serializers.RefreshRequest,
        responses=serializers.TokenPair,
    )
    def post(self, request: Request) -> Response:
        """Answer with a new pair; the token sent is spent."""
        sent = fields.read(request.data, {"refresh": _secret}, required=("refresh",))
        return Response(_pair(services.refresh(token=sent["refresh"])))


class LogoutView(AnonymousView):
    """Sign out."""

    @extend_schema(
        operation_id="auth_logout",
        summary="Sign out",
        request=serializers.RefreshRequest,
        responses={204: OpenApiResponse(description="The session has ended.")},
    )
    def post(self, request: Request) -> Response:
        """End the session, its access tokens included."""
        sent = fields.read(request.data, {"refresh": _secret}, required=("refresh",))
        services.sign_out(token=sent["refresh"])
        return Response(status=204)


def _pair(tokens: services.Tokens) -> dict[str, str]:
    return {"access": tokens.access, "refresh": tokens.refresh}


class MeView(ApiView):
    """The signed-in person."""

    @extend_schema(operation_id="me_read", summary="Who am I?", responses=serializers.Me)
    def get(self, request: Request) -> Response:
        """Answer with the caller."""
        caller = self.caller
        return Response(_me(caller.id, caller.email, caller.name, caller.is_staff, caller))

    @extend_schema(
        operation_id="me_change",
        summary="Change my name or default book",
        request=serializers.MeChange,
        responses=serializers.Me,
    )
    def patch(self, request: Request) -> Response:
        """Change what was sent."""
        known = {"name": fields.text(150), "default_book": fields.identity}
        sent = fields.read(request.data, known)
        if "default_book" in sent:
            sent["default_book_id"] = sent.pop("default_book")
        user = services.change_user(by=self.actor, user_id=self.caller.id, **sent)
        return Response(_me(user.id, user.email, user.name, user.is_staff, user))


def _me(id: UUID, email: str, name: str, is_staff: bool, person: Any) -> dict[str, Any]:
    return {
        "id": id,
        "email": email,
        "name": name,
        "is_staff": is_staff,
        "default_book": person.default_book_id,
    }


_BOOK = {
    "name": fields.text(100, least=1),
    "base_currency": fields.currency,
    "time_zone": fields.text(64, least=1),
}


class BooksView(ApiView):
    """The caller's books."""

    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="books_list",
        summary="List my books",
        parameters=PAGING,
        responses=serializers.page_of(serializers.BookRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the books in which the caller has a seat."""
        seats = dict(Membership.objects.current(self.caller.id).values_list("book_id", "role"))
        books = Book.objects.filter(id__in=seats)
        return Response(
            named_page(request, self.query, books, lambda book: _book(book, seats[book.id]))
        )

    @extend_schema(
        operation_id="books_create",
        summary="Open a book",
        request=serializers.BookCreate,
        responses={201: serializers.BookRead},
    )
    def post(self, request: Request) -> Response:
        """Open a book that the caller owns."""
        sent = fields.read(request.data, _BOOK, required=("name", "base_currency"))
        book = services.create_book(by=self.actor, user_id=self.caller.id, **sent)
        book.refresh_from_db()
        return Response(_book(book, "owner"), status=201)


class BookView(ApiView):
    """One book of the caller."""

    @extend_schema(operation_id="books_read", summary="Read a book", responses=serializers.BookRead)
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the book."""
        role = services.seat_of(self.caller.id, id)
        return Response(_book(Book.objects.get(id=id), role))

    @extend_schema(
        operation_id="books_change",
        summary="Change a book",
        request=serializers.BookChange,
        responses=serializers.BookRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; owners only."""
        role = services.seat_of(self.caller.id, id)
        sent = fields.read(request.data, _BOOK)
        book = services.change_book(by=self.actor, book_id=id, user_id=self.caller.id, **sent)
        return Response(_book(book, role))


def _book(book: Book, role: str) -> dict[str, Any]:
    return {
        "id": book.id,
        "name": book.name,
        "base_currency": book.base_currency,
        "time_zone": book.time_zone,
        "role": role,
        "version": book.version,
        "created_at": instant(book.created_at),
    }
