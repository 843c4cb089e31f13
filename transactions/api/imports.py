"""The API of imports: upload, look, commit, revert."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet.errors import Refusal
from buffet.rest import fields
from buffet.rest.documents import PAGING
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, Cursor, page, read_cursor
from buffet.rest.parsers import WholeFormParser
from buffet.rest.responses import Response
from buffet.rest.uploads import Upload
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import import_bodies, import_serializers, services
from transactions.models import Import, ImportLine, ImportStatus
from transactions.queries import imports as queries

_FORM_OVERHEAD = 64 * 1024


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


class UploadView(BookView):
    """A view that takes a file in a form."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller, then the size of what is about to be read."""
        super().initial(request, *args, **kwargs)
        _refuse_larger(int(request.META.get("CONTENT_LENGTH") or 0) - _FORM_OVERHEAD)

    def get_parsers(self) -> list[Any]:
        """Read forms here, since files come in them."""
        return [WholeFormParser()]


def _answer(request: Request, started: Import, status: int = 200) -> Response:
    """Return the answer with an import: its first lines, and where the others are."""
    found = queries.detail(started)
    if started.lines_count > queries.LINES_INLINE:
        sent = request._request
        host = sent.META.get("HTTP_HOST") or sent.get_host()
        after = Cursor((str(queries.LINES_INLINE),))
        found["next"] = f"{sent.scheme}://{host}/api/v1/imports/{started.id}/lines?cursor={after}"
    return Response(found, status=status)


class ImportsView(UploadView):
    """The book's imports, newest first."""

    parameters = {"get": PARAMETERS}

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
        """Read a file of any known format; the ledger does not change before the commit."""
        sent, wish = import_bodies.upload(request.data)
        file: Upload = sent["file"]
        _refuse_larger(file.size)
        # Django has already reduced it to a bare name; whatever else it is, it is only shown.
        name = "".join(sign for sign in file.name or "file" if sign.isprintable())
        started = services.preview(
            book=self.book,
            by=self.actor,
            account_id=sent.get("account"),
            file=file.file,
            file_name=name or "file",
            statement_number=sent.get("statement"),
            wish=wish,
        )
        return _answer(request, started, 201)


class ImportInspectionView(UploadView):
    """A look into a file."""

    # Nothing is kept, so there is nothing to do twice.
    keeps_answers = False

    @extend_schema(
        operation_id="imports_inspect",
        summary="See what a bank's file holds",
        request={"multipart/form-data": import_serializers.ImportInspection},
        responses=import_serializers.ImportInspectionRead,
    )
    def post(self, request: Request) -> Response:
        """Read a file and name its statements; nothing of it is kept."""
        file, wish = import_bodies.inspection(request.data)
        _refuse_larger(file.size)
        return Response(services.inspect(book=self.book, file=file.file, wish=wish))


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
        return _answer(request, services.get_import(self.book, id))

    @extend_schema(
        operation_id="imports_update",
        summary="Read the file of a preview in another way",
        request=import_serializers.ImportChange,
        responses=import_serializers.ImportRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Read the kept file again; what was chosen for lines stays with them."""
        services.get_import(self.book, id)
        wish = import_bodies.wish(request.data)
        started = services.read_again(book=self.book, by=self.actor, import_id=id, wish=wish)
        return _answer(request, started)

    @extend_schema(operation_id="imports_delete", summary="Discard a preview", responses=DELETED)
    def delete(self, request: Request, id: UUID) -> Response:
        """Throw the preview away."""
        services.discard(book=self.book, by=self.actor, import_id=id)
        return Response(status=204)


#: A long file takes several requests: what is not done yet is answered with 202.
_IN_PARTS = {200: import_serializers.ImportRead, 202: import_serializers.ImportRead}


class ImportCommitView(BookView):
    """Commit an import."""

    @extend_schema(
        operation_id="imports_commit",
        summary="Record the new lines of an import",
        request=import_serializers.ImportCommit,
        responses=_IN_PARTS,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Record the new lines; the gap is booked only when asked for.

        A long file takes several requests: 202 says that it is `committing` and how far it is, and
        the same request again goes on, on any instance. With an `Idempotency-Key`, what a request
        records is one transaction, and its 202 is repeated for its key: go on with another key or
        none. `GET` shows the progress.
        """
        services.get_import(self.book, id)
        sent = fields.read(
            request.data if request.data is not None else {},
            {"book_opening_balance": fields.flag},
        )
        started = services.commit(
            book=self.book,
            by=self.actor,
            import_id=id,
            seconds=settings.IMPORT_SECONDS,
            **sent,
        )
        status = 202 if started.status == ImportStatus.COMMITTING else 200
        return _answer(request, services.get_import(self.book, id), status)


class ImportRevertView(BookView):
    """Revert an import."""

    @extend_schema(
        operation_id="imports_revert",
        summary="Take a committed import back",
        request=None,
        responses=_IN_PARTS,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Delete what it recorded, also of a part; the file can be imported again.

        What an import into another account has told of since stays there, without its other side.

        A long file takes several requests, as its commit does: 202 says that it is `reverting`.
        """
        started = services.revert(
            book=self.book, by=self.actor, import_id=id, seconds=settings.IMPORT_SECONDS
        )
        status = 202 if started.status == ImportStatus.REVERTING else 200
        return _answer(request, services.get_import(self.book, id), status)
