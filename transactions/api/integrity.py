"""The API of a book's integrity."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.rest.responses import Response
from buffet.rest.views import BookView
from transactions import serializers
from transactions.queries.verification import verify


class IntegrityView(BookView):
    """Is the book what its entries say?"""

    @extend_schema(
        operation_id="integrity_read",
        summary="Recompute the book from its entries",
        responses=serializers.IntegrityRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with every check."""
        checks = verify(self.book_id)
        return Response(
            {
                "ok": all(check.ok for check in checks),
                "checks": [
                    {"name": check.name, "ok": check.ok, "count": check.count} for check in checks
                ],
            }
        )
