"""The API of books, of their members and of invitations."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language_from_request
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from buffet import serializers, services
from buffet.limits import client_address
from buffet.models import LATEST_START, Book, Invitation, Membership, Role
from buffet.rest import fields
from buffet.rest.documents import PAGING, sort
from buffet.rest.named import SORT, SORTS, id_page, named_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.times import instant
from buffet.rest.views import ApiView

_BOOK = {
    "name": fields.text(100, least=1),
    "base_currency": fields.currency,
    "time_zone": fields.text(64, least=1),
    "month_start_day": fields.whole(1, LATEST_START),
}


class BooksView(ApiView):
    """The caller's books."""

    is_of_book = True
    parameters = {"get": PARAMETERS | SORT}

    @extend_schema(
        operation_id="books_list",
        summary="List my books",
        parameters=[*PAGING, sort(*SORTS)],
        responses=serializers.page_of(serializers.BookRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the books in which the caller has a seat."""
        seats = dict(Membership.objects.current(self.caller.id).values_list("book_id", "role"))
        books = Book.objects.filter(id__in=seats)
        return Response(
            named_page(request, self.query, books, lambda book: book_row(book, seats[book.id]))
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
        return Response(book_row(book, "owner"), status=201)


class BookView(ApiView):
    """One book of the caller."""

    is_of_book = True

    @extend_schema(operation_id="books_read", summary="Read a book", responses=serializers.BookRead)
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the book."""
        role = services.seat_of(self.caller.id, id)
        return Response(book_row(Book.objects.get(id=id), role))

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
        return Response(book_row(book, role))


def book_row(book: Book, role: str) -> dict[str, Any]:
    """Return a book as its members see it."""
    return {
        "id": book.id,
        "name": book.name,
        "base_currency": book.base_currency,
        "time_zone": book.time_zone,
        "month_start_day": book.month_start_day,
        "role": role,
        "version": book.version,
        "created_at": instant(book.created_at),
    }


_SEAT = {"role": fields.one_of(*Role.values), "expires_at": fields.optional(fields.instant)}


class MembersView(ApiView):
    """Who has a seat in a book."""

    is_of_book = True
    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="members_list",
        summary="List who has a seat in a book",
        parameters=PAGING,
        responses=serializers.page_of(serializers.MemberRead),
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with a page of seats, the newest first; expired ones are among them."""
        services.seat_of(self.caller.id, id)
        return Response(id_page(request, self.query, services.members_of(id), _member))


class MemberView(ApiView):
    """One seat in a book, by who has it."""

    @extend_schema(
        operation_id="members_change",
        summary="Change a member's role, or when their seat expires",
        request=serializers.MemberChange,
        responses=serializers.MemberRead,
    )
    def patch(self, request: Request, id: UUID, member: UUID) -> Response:
        """Change what was sent; owners only. A book keeps an owner whose seat does not expire."""
        services.seat_of(self.caller.id, id)
        sent = fields.read(request.data, _SEAT)
        seat = services.change_member(by=self.actor, book_id=id, member_id=member, **sent)
        return Response(_member(seat))

    @extend_schema(
        operation_id="members_remove",
        summary="Take a seat away, or leave a book",
        responses={204: OpenApiResponse(description="The seat is gone, at once.")},
    )
    def delete(self, request: Request, id: UUID, member: UUID) -> Response:
        """End somebody's seat, as an owner, or one's own; the last owner stays."""
        services.seat_of(self.caller.id, id)
        services.end_membership(by=self.actor, book_id=id, member_id=member)
        return Response(status=204)


class InvitationsView(ApiView):
    """The open invitations to a book."""

    is_of_book = True
    refuses_readers = True
    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="invitations_list",
        summary="List a book's open invitations",
        parameters=PAGING,
        responses=serializers.page_of(serializers.InvitationRead),
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with a page of them, the newest first; owners only."""
        services.refuse_unless_owner(self.caller.id, id)
        rows = services.current_invitations(id)
        return Response(id_page(request, self.query, rows, _invitation))

    @extend_schema(
        operation_id="invitations_create",
        summary="Invite somebody to a book",
        request=serializers.InvitationCreate,
        responses={201: serializers.InvitationRead},
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Send a letter with a link to accept; a new invitation replaces the last; owners only.

        The letter is in the language that `Accept-Language` asks for.
        """
        services.refuse_unless_owner(self.caller.id, id)
        known = {
            "email": fields.email,
            "role": fields.one_of(*Role.values),
            "seat_expires_at": fields.optional(fields.instant),
        }
        sent = fields.read(request.data, known, required=("email", "role"))
        address = client_address(request._request)
        language = get_language_from_request(request._request)
        made = services.invite(
            by=self.actor, book_id=id, address=address, language=language, **sent
        )
        return Response(_invitation(made), status=201)


class InvitationView(ApiView):
    """One open invitation."""

    @extend_schema(
        operation_id="invitations_take_back",
        summary="Take an invitation back",
        responses={204: OpenApiResponse(description="Its link leads nowhere now.")},
    )
    def delete(self, request: Request, id: UUID, invitation: UUID) -> Response:
        """End it; owners only."""
        services.refuse_unless_owner(self.caller.id, id)
        services.take_back(by=self.actor, book_id=id, invitation_id=invitation)
        return Response(status=204)


class AcceptView(ApiView):
    """An invitation's letter in the hands of a signed-in person."""

    @extend_schema(
        operation_id="invitations_accept",
        summary="Accept an invitation",
        request=serializers.InvitationAccept,
        responses=serializers.BookRead,
    )
    def post(self, request: Request) -> Response:
        """Take the seat, and answer with the book; who has no account registers instead."""
        sent = fields.read(request.data, {"token": fields.secret}, required=("token",))
        seat = services.take_seat(by=self.actor, user_id=self.caller.id, token=sent["token"])
        return Response(book_row(seat.book, seat.role))


def _member(seat: Membership) -> dict[str, Any]:
    return {
        "id": seat.id,
        "user": seat.user_id,
        "email": seat.user.email,
        "name": seat.user.name,
        "role": seat.role,
        "expires_at": instant(seat.expires_at) if seat.expires_at else None,
        "created_at": instant(seat.created_at),
    }


def _invitation(row: Invitation) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.email,
        "role": row.role,
        "seat_expires_at": instant(row.seat_expires_at) if row.seat_expires_at else None,
        "created_at": instant(row.created_at),
        "expires_at": instant(row.expires_at),
    }
