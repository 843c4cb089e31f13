"""The API of many transactions at once."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, Protocol
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic, set_rollback
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book
from buffet.rest import query
from buffet.rest.documents import FLAG, parameter
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from transactions import bodies, bulk_serializers, services
from transactions.queries import transactions as queries
from transactions.services.together import Outcome


class Service(Protocol):
    """A service of many rows, which returns what became of each."""

    def __call__(
        self, *, book: Book, by: Actor, rows: Sequence[Any], partly: bool
    ) -> list[Outcome]:
        """Carry the rows out."""


_HOW = {"atomic": query.flag, "dry_run": query.flag}
_PARAMETERS = [
    parameter(
        "atomic",
        "All rows or none, which is usual; false carries out what is right and says what is not.",
        FLAG,
    ),
    parameter("dry_run", "Answer what would happen, and do nothing.", FLAG),
]


class TransactionsBulkView(BookView):
    """Many transactions at once, in a constant number of statements."""

    parameters = {"post": _HOW, "patch": _HOW, "delete": _HOW}

    @extend_schema(
        operation_id="transactions_bulk_create",
        summary="Record up to 1,000 transactions",
        parameters=_PARAMETERS,
        request=bulk_serializers.BulkCreate,
        responses={200: bulk_serializers.BulkOutcomes, 201: bulk_serializers.BulkResults},
    )
    def post(self, request: Request) -> Response:
        """Record the transactions."""
        return self._carry_out(bodies.drafts(request.data), services.record_each, status=201)

    @extend_schema(
        operation_id="transactions_bulk_change",
        summary="Correct up to 1,000 transactions",
        parameters=_PARAMETERS,
        request=bulk_serializers.BulkChange,
        responses={200: bulk_serializers.results_or_outcomes(bulk_serializers.BulkResults)},
    )
    def patch(self, request: Request) -> Response:
        """Change what was sent of each; a row may name the version that it means."""
        return self._carry_out(bodies.corrections(request.data), services.correct_each)

    @extend_schema(
        operation_id="transactions_bulk_delete",
        summary="Delete up to 1,000 transactions",
        parameters=_PARAMETERS,
        request=bulk_serializers.BulkDelete,
        responses={200: bulk_serializers.results_or_outcomes(bulk_serializers.BulkDeleted)},
    )
    def delete(self, request: Request) -> Response:
        """Delete them; their history can bring them back."""
        return self._carry_out(bodies.deletions(request.data), services.delete_each)

    def _carry_out(self, rows: Sequence[Any], service: Service, *, status: int = 200) -> Response:
        partly = not self.query.get("atomic", True)
        dry = self.query.get("dry_run", False)
        with atomic() if dry else nullcontext():
            outcomes = service(book=self.book, by=self.actor, rows=rows, partly=partly)
            ids = [one for one in outcomes if isinstance(one, UUID)]
            found = {row["id"]: row for row in queries.by_ids(self.book_id, ids)}
            if dry:
                # What the database would have said when the transaction ends.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                set_rollback(True)
        if partly or dry:
            results = [_outcome(place, one, found) for place, one in enumerate(outcomes)]
            return Response({"results": results, "dry_run": dry})
        results = [found.get(str(one), {"id": one}) for one in outcomes]
        return Response({"results": results}, status=status)


def _outcome(place: int, outcome: Outcome, found: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(outcome, Refusal):
        row = found.get(str(outcome))
        return {"index": place, "ok": True, "id": outcome, "transaction": row}
    return {
        "index": place,
        "ok": False,
        "code": outcome.code,
        "detail": outcome.detail,
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
            for fault in outcome.faults
        ],
    }
