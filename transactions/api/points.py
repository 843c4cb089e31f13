"""The API of balance points."""

from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts import services as chart_services
from accounts.api import DELETED
from buffet import money
from buffet.rest import fields, query
from buffet.rest.documents import DAY, FLAG, IDENTITY, PAGING, component, parameter
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import point_serializers as serializers
from transactions import services
from transactions.api import expanding
from transactions.models import BalancePoint, PointKind
from transactions.queries import points as queries

_KINDS = tuple(map(str, PointKind.values))
_EXPANDS = {"account": expanding.accounts}
_CHANGE = {"balance": fields.amount, "note": fields.cleared(fields.text(500))}
_NEW = {
    "account": fields.identity,
    "on": fields.day,
    "kind": fields.one_of(*_KINDS),
    **_CHANGE,
}


class BalancePointsView(BookView):
    """The book's balance points, the latest day first."""

    shape = Shape(serializers.BalancePointRead, _EXPANDS)
    parameters = {
        "get": PARAMETERS
        | {
            "account": query.uuid,
            "kind": query.one_of(*_KINDS),
            "ok": query.flag,
            "date_from": query.day,
            "date_to": query.day,
        }
    }

    @extend_schema(
        operation_id="balance_points_list",
        summary="List balance points beside what the ledger says",
        parameters=[
            *PAGING,
            parameter("account", "Only those of this account.", IDENTITY),
            parameter("kind", "Only statements or valuations.", component("BalancePointKind")),
            parameter("ok", "Only those that the ledger agrees with, or not.", FLAG),
            parameter("date_from", "The first day.", DAY),
            parameter("date_to", "The last day.", DAY),
        ],
        responses=page_of(serializers.BalancePointRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of balance points; an account of another book is not found."""
        sent = self.query
        if "account" in sent:
            chart_services.get_real_account(self.book, sent["account"])
        limit = sent.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(sent.get("cursor"), date.fromisoformat, UUID)
        found = queries.page(
            self.book_id,
            queries.Filters(
                sent.get("account"),
                sent.get("kind", ""),
                sent.get("ok"),
                sent.get("date_from"),
                sent.get("date_to"),
            ),
            limit=limit + 1,
            place=cursor.key if cursor else None,
            falling=cursor is None or not cursor.back,
        )
        return Response(
            page(
                request,
                [point_row(point) for point in found],
                limit=limit,
                cursor=cursor,
                key=lambda row: (row["on"].isoformat(), str(row["id"])),
            )
        )

    @extend_schema(
        operation_id="balance_points_create",
        summary="Say what is on an account, or what it is worth",
        request=serializers.BalancePointCreate,
        responses={201: serializers.BalancePointCheckRead},
    )
    def post(self, request: Request) -> Response:
        """Keep what is on an account at the end of a day; a valuation books a gain or loss."""
        sent = fields.read(request.data, _NEW, required=("account", "on", "balance"))
        made = services.create_point(
            book=self.book,
            by=self.actor,
            today=self.today,
            account_id=sent.pop("account"),
            **sent,
        )
        return Response(_checked(self.book_id, made.id), status=201)


class BalancePointView(BookView):
    """One balance point."""

    row = BalancePoint
    shape = Shape(serializers.BalancePointCheckRead, _EXPANDS)

    @extend_schema(
        operation_id="balance_points_read",
        summary="Read a balance point, and where to look if it differs",
        responses=serializers.BalancePointCheckRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the point beside what the ledger says."""
        return Response(_checked(self.book_id, id))

    @extend_schema(
        operation_id="balance_points_change",
        summary="Change a balance point",
        request=serializers.BalancePointChange,
        responses=serializers.BalancePointCheckRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; a valuation is booked again."""
        queries.get(self.book_id, id)
        sent = fields.read(request.data, _CHANGE)
        services.change_point(book=self.book, by=self.actor, point_id=id, **sent)
        return Response(_checked(self.book_id, id))

    @extend_schema(
        operation_id="balance_points_delete",
        summary="Delete a balance point",
        responses=DELETED,
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete it, and what a valuation booked; its history can bring it back."""
        services.delete_point(book=self.book, by=self.actor, point_id=id)
        return Response(status=204)


class BalancePointRestoreView(BookView):
    """Bring a deleted balance point back."""

    @extend_schema(
        operation_id="balance_points_restore",
        summary="Restore a deleted balance point",
        request=None,
        responses=serializers.BalancePointCheckRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Bring it back as it last was, and what a valuation booked.

        What was changed before a valuation since is in its gain. Where the account has another
        balance point for that day by now, it stays away.
        """
        services.restore_point(book=self.book, by=self.actor, point_id=id)
        return Response(_checked(self.book_id, id))


class BalancePointReconcileView(BookView):
    """Agree with a balance."""

    @extend_schema(
        operation_id="balance_points_reconcile",
        summary="Reconcile an account up to a balance point",
        request=None,
        responses=serializers.BalancePointCheckRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Mark the account's entries up to the day as reconciled; from then on they stay."""
        services.reconcile(book=self.book, by=self.actor, point_id=id)
        return Response(_checked(self.book_id, id))


class BalancePointUnlockView(BookView):
    """Let reconciled days change again."""

    @extend_schema(
        operation_id="balance_points_unlock",
        summary="Unlock the latest reconciled days of an account",
        request=serializers.BalancePointUnlock,
        responses=serializers.BalancePointCheckRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Unlock them; owners only, and the history keeps why."""
        queries.get(self.book_id, id)
        if self.seat.role != "owner":
            raise PermissionDenied("Only an owner unlocks reconciled days.", "owners_only")
        known = {"reason": fields.text(500, least=1)}
        sent = fields.read(request.data, known, required=("reason",))
        services.unlock(book=self.book, by=self.actor, point_id=id, **sent)
        return Response(_checked(self.book_id, id))


class BalancePointRevalueView(BookView):
    """Book a valuation again."""

    @extend_schema(
        operation_id="balance_points_revalue",
        summary="Book a valuation again, after entries before it have changed",
        request=None,
        responses=serializers.BalancePointCheckRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Correct what was booked, so that the account is worth what the point says."""
        services.revalue(book=self.book, by=self.actor, point_id=id)
        return Response(_checked(self.book_id, id))


def _checked(book_id: UUID, point_id: UUID) -> dict[str, Any]:
    found = queries.check(book_id, point_id)
    return point_row(found.point) | {
        "differs_from": found.differs_from,
        "differs_until": found.differs_until,
        "suspect": found.suspect,
    }


def point_row(point: queries.Point) -> dict[str, Any]:
    """Return a balance point as the API shows it."""
    return {
        "id": point.id,
        "account": point.account_id,
        "account_name": point.account_name,
        "currency": point.currency,
        "on": point.on,
        "kind": point.kind,
        "balance": money.text(point.expected, point.currency),
        "computed": money.text(point.computed, point.currency),
        "difference": money.text(point.difference, point.currency),
        "ok": point.ok,
        "note": point.note,
        "transaction": point.transaction_id,
        "import": point.import_id,
        "reconciled_at": instant(point.reconciled_at) if point.reconciled_at else None,
        "version": point.version,
        "created_at": instant(point.created_at),
        "updated_at": instant(point.updated_at),
    }
