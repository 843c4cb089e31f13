"""The API of imports: upload, look, commit, revert."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet.errors import Refusal
from buffet.rest import fields
from buffet.rest.documents import PAGING
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.parsers import WholeFormParser
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import import_serializers, services
from transactions.models import Import, ImportLine
from transactions.queries import imports as queries

_FORM_OVERHEAD = 64 * 1024


#: A file as banks write them, for the example.
class FileTooLarge(Refusal):
    """The file is too large to import in one piece."""

    code = "too_large"
    status = 413


def _refuse_larger(size: int) -> None:
    """Check the size of a file in bytes.

    :raises FileTooLarge: if it is larger than what is imported in one piece.
    """
    if size > settings.IMPORT_MAX_BYTES:
        raise FileTooLarge(f"A file has at most {settings.IMPORT_MAX_BYTES} bytes.")


def _file(value: object) -> UploadedFile:
    """Read an uploaded file."""
    if not isinstance(value, UploadedFile):
        raise fields.Malformed("This is a file.")
    return value


class ImportsView(BookView):
    """The book's imports, newest first."""

    parameters = {"get": PARAMETERS}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller, then the size of what is about to be read."""
        super().initial(request, *args, **kwargs)
        _refuse_larger(int(request.META.get("CONTENT_LENGTH") or 0) - _FORM_OVERHEAD)

    def get_parsers(self) -> list[Any]:
        """Read forms here, since files come in them."""
        return [WholeFormParser()]

    @extend_schema(
        operation_id="imports_list",
        summary="List imports, newest first",
        parameters=PAGING,
        responses=page_of(import_serializers.ImportSummaryRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of imports, without their lines."""
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), UUID)
        rows = Import.objects.filter(book=self.book).order_by("-id")
        if cursor is not None and cursor.back:
            rows = rows.filter(id__gt=cursor.key[0]).order_by("id")
        elif cursor is not None:
            rows = rows.filter(id__lt=cursor.key[0])
        found = list(rows[: limit + 1])
        counts: dict[UUID, dict[str, int]] = {row.id: {} for row in found}
        counted = ImportLine.objects.filter(of_import__in=found).order_by()
        for id, verdict, count in counted.values_list("of_import", "verdict").annotate(Count("id")):
            counts[id][verdict] = count
        return Response(
            page(
                request,
                [queries.summary(row, counts[row.id]) for row in found],
                limit=limit,
                cursor=cursor,
                key=lambda row: (str(row["id"]),),
            )
        )

    @extend_schema(
        operation_id="imports_create",
        summary="Upload a bank's file and see what it would change",
        request={"multipart/form-data": import_serializers.ImportUpload},
        responses={201: import_serializers.ImportRead},
    )
    def post(self, request: Request) -> Response:
        """Read an OFX or QFX file; the ledger does not change before the commit."""
        sent = fields.read(
            dict(request.data.items()),
            {"account": fields.identity, "file": _file},
            required=("account", "file"),
        )
        file: UploadedFile = sent["file"]
        _refuse_larger(file.size)
        # Django has already reduced it to a bare name; whatever else it is, it is only shown.
        name = "".join(sign for sign in file.name or "file" if sign.isprintable())
        started = services.preview(
            book=self.book,
            by=self.actor,
            account_id=sent["account"],
            file=file.file,
            file_name=name or "file",
        )
        return Response(queries.detail(started), status=201)


class ImportView(BookView):
    """One import."""

    row = Import

    @extend_schema(
        operation_id="imports_read",
        summary="Read an import",
        responses=import_serializers.ImportRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the import and its lines, each with its verdict and reason."""
        return Response(queries.detail(services.get_import(self.book, id)))

    @extend_schema(operation_id="imports_delete", summary="Discard a preview", responses=DELETED)
    def delete(self, request: Request, id: UUID) -> Response:
        """Throw the preview away."""
        services.discard(book=self.book, by=self.actor, import_id=id)
        return Response(status=204)


class ImportCommitView(BookView):
    """Commit an import."""

    @extend_schema(
        operation_id="imports_commit",
        summary="Record the new lines of an import",
        request=import_serializers.ImportCommit,
        responses=import_serializers.ImportRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Record the new lines, all or none; the gap is booked only when asked for."""
        services.get_import(self.book, id)
        sent = fields.read(
            request.data if request.data is not None else {},
            {"book_opening_balance": fields.flag},
        )
        services.commit(book=self.book, by=self.actor, import_id=id, **sent)
        return Response(queries.detail(services.get_import(self.book, id)))


class ImportRevertView(BookView):
    """Revert an import."""

    @extend_schema(
        operation_id="imports_revert",
        summary="Take a committed import back",
        request=None,
        responses=import_serializers.ImportRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Delete what it recorded; the file can be imported again."""
        services.revert(book=self.book, by=self.actor, import_id=id)
        return Response(queries.detail(services.get_import(self.book, id)))
