"""The API of exports: a book as a file, in several formats, and links to such files."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet import keys
from buffet.errors import Fault, Invalid
from buffet.rest import fields, query
from buffet.rest.documents import DAY, IDENTITY, parameter
from buffet.rest.responses import Response
from buffet.rest.times import instant
from buffet.rest.views import BookView
from reports.exports import serializers
from reports.exports.kinds import CONTENT_TYPE, EXPORTS, Export
from reports.exports.links import made
from reports.exports.streaming import Streamed, streamed
from transactions.books.describing import described

_FILE = {(200, CONTENT_TYPE): OpenApiTypes.BINARY}
_DAYS = [
    parameter("date_from", "The first day.", DAY),
    parameter("date_to", "The last day.", DAY),
]
_ACCOUNT = parameter("account", "Only entries on this account.", IDENTITY)


class ExportView(BookView):
    """A book as a file that is written while it is read."""

    export: Export

    def exported(self, **more: Any) -> Streamed:
        """Return the file of what is asked for."""
        pieces = self.export.write(self.book, self.today, self.query | more)
        name = self.export.file_name(self.book)
        return streamed(self.request._request, self.caller.id, name, CONTENT_TYPE, pieces)


class TransactionsCsvView(ExportView):
    """The entries of a book as CSV."""

    export = EXPORTS["transactions.csv"]
    parameters = {"get": export.parameters}

    @extend_schema(
        operation_id="exports_transactions_csv",
        summary="Export entries as CSV",
        parameters=[_ACCOUNT, *_DAYS],
        responses=_FILE,
    )
    def get(self, request: Request) -> Streamed:
        """Answer with a row for each entry; cells that look like formulas begin with '."""
        return self.exported()


class BookJsonlView(ExportView):
    """A whole book as JSON Lines."""

    export = EXPORTS["book.jsonl"]

    @extend_schema(
        operation_id="exports_book_jsonl",
        summary="Export the whole book as JSON Lines",
        description=described(),
        responses=_FILE,
    )
    def get(self, request: Request) -> Streamed:
        """Answer with all of the book, a row a line; `POST /books/load` makes a book of it."""
        return self.exported()


class BookBeancountView(ExportView):
    """A book as a journal of beancount."""

    export = EXPORTS["book.beancount"]

    @extend_schema(
        operation_id="exports_book_beancount",
        summary="Export the book for beancount",
        responses=_FILE,
    )
    def get(self, request: Request) -> Streamed:
        """Answer with the book's journal as beancount reads it."""
        return self.exported()


class BookHledgerView(ExportView):
    """A book as a journal of hledger."""

    export = EXPORTS["book.hledger"]

    @extend_schema(
        operation_id="exports_book_hledger",
        summary="Export the book for hledger",
        responses=_FILE,
    )
    def get(self, request: Request) -> Streamed:
        """Answer with the book's journal as hledger reads it."""
        return self.exported()


class StatementOfxView(ExportView):
    """The statement of an account as OFX."""

    export = EXPORTS["statement.ofx"]
    parameters = {
        "get": {name: one for name, one in export.parameters.items() if name != "account"}
    }

    @extend_schema(
        operation_id="accounts_statement_ofx",
        summary="Export an account's statement as OFX",
        parameters=_DAYS,
        responses=_FILE,
    )
    def get(self, request: Request, id: UUID) -> Streamed:
        """Answer with what was on the account, until today when left out, and its balance."""
        return self.exported(account=id)


class ExportsView(BookView):
    """Links to exports that expire.

    Answers are not kept for a second attempt: a link's address is a secret.
    """

    keeps_answers = False

    @extend_schema(
        operation_id="exports_link",
        summary="Make a link to an export",
        request=serializers.ExportLinkCreate,
        responses={201: serializers.ExportLinkRead},
    )
    def post(self, request: Request) -> Response:
        """Make a link that opens in a browser or with curl, without a token, for some minutes."""
        sent = fields.read(
            request.data,
            {"kind": fields.one_of(*EXPORTS), "parameters": _parameters},
            required=("kind",),
        )
        export, asked = EXPORTS[sent["kind"]], sent.get("parameters", {})
        _refuse_unreadable(export, asked)
        token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip()
        link, secret, expires_at = made(
            user_id=self.caller.id,
            book_id=self.book_id,
            session_id=self.caller.session_id,
            token_digest=keys.digest(token),
            kind=export.name,
            asked=asked,
        )
        path = f"/exports/{secret}/{export.name}"
        url = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else (
            request._request.build_absolute_uri(path)
        )  # fmt: skip
        answer = {"id": link.id, "url": url, "expires_at": instant(expires_at)}
        return Response(answer, status=201)


def _parameters(value: object) -> dict[str, str]:
    """Read the parameters of an export: texts by name, as an address would have them."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise fields.Malformed("This is an object of texts.")
    return value


def _refuse_unreadable(export: Export, asked: Mapping[str, str]) -> None:
    """Check what is asked of an export as its own address would.

    :raises Invalid: naming what is unknown, malformed or missing.
    """
    faults = []
    for name, value in asked.items():
        pointer = f"/parameters/{name[:60].replace('~', '~0').replace('/', '~1')}"
        if name not in export.parameters:
            faults.append(Fault(pointer, "unknown_field", "This field is not known here."))
            continue
        try:
            export.parameters[name](value)
        except query.Malformed as error:
            faults.append(Fault(pointer, "malformed", str(error)))
    faults += [
        Fault(f"/parameters/{name}", "required", "This field is required.")
        for name in export.required
        if name not in asked
    ]
    if faults:
        raise Invalid(faults)
