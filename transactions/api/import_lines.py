"""The API of an import's lines: pages of them, and what people choose for them."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from buffet.rest.documents import PAGING
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.query import one_of
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import import_bodies, import_serializers, services
from transactions.models import Import, Verdict
from transactions.queries import imports as queries


class ImportLinesView(BookView):
    """The lines of an import, in their order."""

    parameters = {"get": {**PARAMETERS, "verdict": one_of(*map(str, Verdict.values))}}

    @extend_schema(
        operation_id="imports_lines_list",
        summary="List the lines of an import",
        parameters=[
            *PAGING,
            OpenApiParameter("verdict", str, enum=list(Verdict.values), description="Only these."),
        ],
        responses=page_of(import_serializers.ImportLineRead),
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with a page of lines, each with its verdict and reason."""
        started = services.get_import(self.book, id)
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), int)
        rows = queries.lines_of(started, self.query.get("verdict"))
        if cursor is not None and cursor.back:
            rows = rows.filter(number__lt=cursor.key[0]).order_by("-number")
        elif cursor is not None:
            rows = rows.filter(number__gt=cursor.key[0])
        found = queries.lines_read(started, rows[: limit + 1])
        return Response(
            page(request, found, limit=limit, cursor=cursor, key=lambda row: (str(row["number"]),))
        )

    @extend_schema(
        operation_id="imports_lines_choose",
        summary="Choose what up to 1,000 lines are",
        request=import_serializers.LineChoices,
        responses=import_serializers.ChosenLinesRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Keep what is said of some lines, all or none; the others are decided anew."""
        services.get_import(self.book, id)
        chosen = import_bodies.choices(request.data)
        return Response(_chosen(self, id, chosen))


class ImportLineView(BookView):
    """One line of an import."""

    row = Import

    @extend_schema(
        operation_id="imports_lines_update",
        summary="Choose what a line is",
        request=import_serializers.LineChoice,
        responses=import_serializers.ImportLineRead,
    )
    def patch(self, request: Request, id: UUID, number: int) -> Response:
        """Keep what is said of the line, now and when it comes again in another file."""
        services.get_import(self.book, id)
        chosen = [import_bodies.choice(request.data, number)]
        return Response(_chosen(self, id, chosen)["lines"][0])


def _chosen(view: BookView, id: UUID, choices: list[services.LineChoice]) -> dict[str, Any]:
    lines = services.choose(book=view.book, by=view.actor, import_id=id, choices=choices)
    started = services.get_import(view.book, id)
    return {
        "lines": queries.lines_read(started, lines),
        "counts": queries.counts(started),
        "version": started.version,
    }
