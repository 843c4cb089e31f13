"""The API of closed months."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.api import DELETED
from buffet.rest import fields, query
from buffet.rest.documents import PAGING, TEXT, parameter
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import serializers, services
from transactions.models import ClosedMonth


def _month(value: object) -> date:
    """Read a month, YYYY-MM."""
    if isinstance(value, str) and len(value) == 7:
        return fields.day(f"{value}-01")
    raise fields.Malformed("A month is written YYYY-MM.")


class ClosedMonthsView(BookView):
    """The book's closed months, newest first."""

    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="closed_months_list",
        summary="List closed months",
        parameters=PAGING,
        responses=page_of(serializers.ClosedMonthRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of closed months."""
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), _month)
        rows = ClosedMonth.objects.filter(book=self.book).order_by("-month")
        if cursor is not None and cursor.back:
            rows = rows.filter(month__gt=cursor.key[0]).order_by("month")
        elif cursor is not None:
            rows = rows.filter(month__lt=cursor.key[0])
        found = [_closed(row) for row in rows[: limit + 1]]
        return Response(
            page(request, found, limit=limit, cursor=cursor, key=lambda row: (row["month"],))
        )

    @extend_schema(
        operation_id="closed_months_create",
        summary="Close a month",
        request=serializers.ClosedMonthCreate,
        responses={201: serializers.ClosedMonthRead},
    )
    def post(self, request: Request) -> Response:
        """Close a month that is over: its entries no longer change.

        Months are closed one by one, each a calendar month, whatever the book's `month_start_day`
        has the months of reports be. What is dated in an open month before a closed one, be it
        recorded, corrected, deleted or imported, is carried into the balances at the closed month's
        end; an import says so beforehand (`closed_months`), and `/reports/month-end` which earlier
        month is open (`open_since`). Close earlier months first to keep them as they are.
        """
        sent = fields.read(request.data, {"month": _month}, required=("month",))
        closed = services.close_month(
            book=self.book, by=self.actor, month=sent["month"], today=self.today
        )
        return Response(_closed(closed), status=201)


class ClosedMonthView(BookView):
    """One closed month."""

    parameters = {"delete": {"reason": query.words}}

    @extend_schema(
        operation_id="closed_months_delete",
        summary="Reopen a closed month",
        parameters=[
            parameter(
                "reason",
                "Why it is reopened; the history keeps it, and the month's page shows it.",
                {**TEXT, "minLength": 1, "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"},
                required=True,
            )
        ],
        responses=DELETED,
    )
    def delete(self, request: Request, month: date) -> Response:
        """Reopen it; owners only, and the history keeps who closed it, who reopened it and why."""
        if self.seat.role != "owner":
            raise PermissionDenied("Only an owner reopens a month.", "owners_only")
        reason = self.query.get("reason", "")
        services.reopen_month(book=self.book, by=self.actor, month=month, reason=reason)
        return Response(status=204)


def _closed(row: ClosedMonth) -> dict[str, Any]:
    return {
        "month": f"{row.month:%Y-%m}",
        "closed_by": row.created_by,
        "closed_at": instant(row.created_at),
    }
