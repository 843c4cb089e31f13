"""The API of loading a whole book."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.api.books import book_row
from buffet.errors import Refusal
from buffet.rest import fields
from buffet.rest.parsers import WholeFormParser
from buffet.rest.responses import Response
from buffet.rest.uploads import Upload
from buffet.rest.views import ApiView
from buffet.serializers import BookRead
from transactions.books.loading import load_book
from transactions.import_serializers import BookUpload

_FORM_OVERHEAD = 64 * 1024


class BookTooLarge(Refusal):
    """The file is too large to load over the network; `manage.py load_book` loads any."""

    code = "too_large"
    status = 413


def _refuse_larger(size: int) -> None:
    if size > settings.BOOK_MAX_BYTES:
        raise BookTooLarge(
            f"A book that is loaded over the network has at most {settings.BOOK_MAX_BYTES} bytes; "
            "manage.py load_book loads a larger one."
        )


def _file(value: object) -> Upload:
    """Read an uploaded file."""
    found = Upload.of(value)
    if found is None:
        raise fields.Malformed("This is a file.")
    return found


class BooksLoadView(ApiView):
    """A new book from the file of another."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller, then the size of what is about to be read."""
        super().initial(request, *args, **kwargs)
        _refuse_larger(int(request.META.get("CONTENT_LENGTH") or 0) - _FORM_OVERHEAD)

    def get_parsers(self) -> list[Any]:
        """Read forms here, since files come in them."""
        return [WholeFormParser()]

    @extend_schema(
        operation_id="books_load",
        summary="Load a whole book from its export",
        request={"multipart/form-data": BookUpload},
        responses={201: BookRead},
    )
    def post(self, request: Request) -> Response:
        """Make a new book of the caller's from JSON Lines: all of it, or nothing."""
        sent = fields.read(dict(request.data.items()), {"file": _file}, required=("file",))
        file: Upload = sent["file"]
        _refuse_larger(file.size)
        book = load_book(by=self.actor, user_id=self.caller.id, file=file.file)
        return Response(book_row(book, "owner"), status=201)
