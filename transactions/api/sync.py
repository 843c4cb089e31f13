"""The API of what changed: a client that follows it holds the book."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.errors import invalid
from buffet.rest import query
from buffet.rest.documents import parameter
from buffet.rest.pagination import Cursor, address, read_cursor
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from transactions import feed_serializers
from transactions.queries import feed

DEFAULT_LIMIT, MAX_LIMIT, MAX_VERSION = 500, 1000, 999_999_999


class SyncView(BookView):
    """All changes of the book."""

    parameters = {
        "get": {
            "since": query.whole(0, MAX_VERSION),
            "limit": query.whole(1, MAX_LIMIT),
            "cursor": str,
        }
    }

    @extend_schema(
        operation_id="sync_read",
        summary="Follow what changes in the book",
        parameters=[
            parameter(
                "since",
                "The `version` of your last answer; 0 for all of the book.",
                {"type": "integer", "minimum": 0, "maximum": MAX_VERSION, "default": 0},
            ),
            parameter(
                "limit",
                "How many rows at the most.",
                {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            ),
            parameter("cursor", "A place in the feed, from `next`.", {"type": "string"}),
        ],
        responses=feed_serializers.SyncRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with rows in the order of their versions, deleted ones without data."""
        since = self.query.get("since", 0)
        if since > self.seat.version:
            detail = f"The book's version is {self.seat.version}: start again from 0."
            raise invalid("?since", "ahead", detail)
        cursor = read_cursor(self.query.get("cursor"), int, int, UUID)
        place = feed.Place(*cursor.key) if cursor else feed.Place(since)
        page = feed.since(self.book_id, place, self.query.get("limit", DEFAULT_LIMIT))
        return Response(
            {
                "results": page.rows,
                "has_more": page.end is not None,
                "version": max(page.version, since),
                "next": self._next(request, page.end),
            }
        )

    def _next(self, request: Request, end: Any) -> str | None:
        if end is None:
            return None
        cursor = Cursor((str(end.version), str(end.rank), str(end.id)))
        return f"{address(request)}{cursor}"
