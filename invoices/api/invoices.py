"""The API of invoices: a card's statements."""

from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet.rest import fields, query
from buffet.rest.documents import DAY, FLAG, IDENTITY, MONTHS, PAGING, parameter, sort
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.views import BookView
from buffet.serializers import page_of
from invoices import serializers, services
from invoices.api.cards import month
from invoices.models import Invoice
from invoices.queries import lines, statements
from invoices.services.cards import get_card
from invoices.services.statements import get_invoice

_SORTS = ("-month", "month")
_CHANGES = {
    "opens_on": fields.day,
    "closes_on": fields.day,
    "due_on": fields.day,
    "minimum_payment": fields.optional(fields.amount),
}
_PAYMENT = {
    "amount": fields.amount,
    "date": fields.day,
    "from_account": fields.identity,
    "from_amount": fields.amount,
    "notes": fields.text(2000, lines=True),
}


class InvoicesView(BookView):
    """The statements of the book's cards, the newest first."""

    shape = Shape(serializers.InvoiceSummaryRead, {})
    parameters = {
        "get": PARAMETERS
        | {
            "card": query.uuid,
            "status": query.one_of(*serializers.STATUSES),
            "month": lambda text: month(text),
            "due_from": query.day,
            "due_to": query.day,
            "empty": query.flag,
            "sort": query.one_of(*_SORTS),
        }
    }

    @extend_schema(
        operation_id="invoices_list",
        summary="List card statements",
        parameters=[
            *PAGING,
            sort(*_SORTS),
            parameter("card", "Only those of this card.", IDENTITY),
            parameter(
                "status",
                "Where they stand.",
                {"type": "string", "enum": list(serializers.STATUSES)},
            ),
            parameter("month", "Of which month.", {"type": "string", "pattern": MONTHS}),
            parameter("due_from", "The first day on which they are due.", DAY),
            parameter("due_to", "The last day on which they are due.", DAY),
            parameter(
                "empty",
                "Only statements without a line and with nothing carried over, or only the others.",
                FLAG,
            ),
        ],
        responses=page_of(serializers.InvoiceSummaryRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of statements: all that have opened, and each card's next one.

        A card has a statement for every month from its first on, also for those in which
        nothing was bought: each has dates that can be changed and takes lines that are moved to it.
        `empty=false` leaves out those that a bank would not have sent. Later ones are there when
        they have lines.
        """
        asked = self.query
        card_id = asked.get("card")
        if card_id is not None:
            get_card(self.book, card_id)
        found = statements.listed(self.book_id, self.today, None if card_id is None else [card_id])
        kept = [one for one in found if _is_asked(one, asked)]
        limit = asked.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(asked.get("cursor"), str, str)
        falling = (asked.get("sort") == "month") == (cursor is not None and cursor.back)
        rows = sorted(kept, key=_key, reverse=falling)
        if cursor is not None:
            rows = [one for one in rows if (_key(one) < cursor.key) == falling
                    and _key(one) != cursor.key]  # fmt: skip
        return Response(
            page(
                request,
                [statements.summary(one) for one in rows[: limit + 1]],
                limit=limit,
                cursor=cursor,
                key=lambda row: (row["month"], str(row["id"])),
            )
        )


def _key(one: statements.Statement) -> tuple[str, str]:
    return f"{one.invoice.month:%Y-%m}", str(one.invoice.id)


def _is_asked(one: statements.Statement, asked: dict[str, Any]) -> bool:
    row = one.invoice
    return (
        asked.get("status", one.status) == one.status
        and asked.get("month", row.month) == row.month
        and asked.get("empty", one.is_empty) == one.is_empty
        and asked.get("due_from", row.due_on) <= row.due_on <= asked.get("due_to", row.due_on)
    )


class InvoiceView(BookView):
    """One statement."""

    row = Invoice
    shape = Shape(serializers.InvoiceRead, {})

    @extend_schema(
        operation_id="invoices_read",
        summary="Read a card statement",
        responses=serializers.InvoiceRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the statement, what paid it and what changed after it had closed."""
        return Response(self._detail(id))

    def _detail(self, id: UUID) -> dict[str, Any]:
        return statements.detail(statements.get(self.book_id, id, self.today))

    @extend_schema(
        operation_id="invoices_change",
        summary="Change a statement's dates or minimum payment",
        request=serializers.InvoiceChange,
        responses=serializers.InvoiceRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; lines follow the dates."""
        get_invoice(self.book, id)
        sent = fields.read(request.data, _CHANGES)
        services.change_invoice(book=self.book, by=self.actor, invoice_id=id, **sent)
        return Response(self._detail(id))


class InvoiceLinesView(BookView):
    """The lines of a statement."""

    shape = Shape(serializers.InvoiceLineRead, {})
    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="invoices_lines",
        summary="List the lines of a card statement",
        parameters=PAGING,
        responses=page_of(serializers.InvoiceLineRead),
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with a page of lines, by date."""
        get_invoice(self.book, id)
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), date.fromisoformat, UUID)
        rows = lines.page(
            self.book_id,
            id,
            limit=limit + 1,
            place=cursor.key if cursor else None,
            falling=cursor is not None and cursor.back,
        )
        return Response(
            page(
                request,
                rows,
                limit=limit,
                cursor=cursor,
                key=lambda row: (row["date"].isoformat(), str(row["id"])),
            )
        )


class InvoiceLineView(BookView):
    """One line of a statement."""

    @extend_schema(
        operation_id="invoices_lines_move",
        summary="Move a line to another statement",
        request=serializers.InvoiceLineMove,
        responses=serializers.InvoiceRead,
    )
    def patch(self, request: Request, id: UUID, line: UUID) -> Response:
        """Move it, and answer with the statement that it is on now."""
        services.statements.get_line(self.book, id, line)
        sent = fields.read(
            request.data, {"invoice": fields.optional(fields.identity)}, required=("invoice",)
        )
        found = services.move_line(
            book=self.book, by=self.actor, entry_id=line, invoice_id=sent["invoice"]
        )
        return Response(statements.detail(statements.get(self.book_id, found.id, self.today)))


class InvoicePayView(BookView):
    """Pay a statement."""

    @extend_schema(
        operation_id="invoices_pay",
        summary="Pay a card statement",
        request=serializers.InvoicePayment,
        responses=serializers.InvoiceRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Record a transfer to the card, and answer with the statement."""
        get_invoice(self.book, id)
        sent = fields.read(request.data, _PAYMENT)
        for name, column in (("from_account", "from_account_id"), ("date", "on")):
            if name in sent:
                sent[column] = sent.pop(name)
        services.pay(book=self.book, by=self.actor, invoice_id=id, today=self.today, **sent)
        return Response(statements.detail(statements.get(self.book_id, id, self.today)))


class InvoiceAllocationsView(BookView):
    """What settles a statement."""

    @extend_schema(
        operation_id="invoices_allocate",
        summary="Let a payment settle this statement first",
        request=serializers.InvoiceAllocationCreate,
        responses=serializers.InvoiceRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Choose it for this statement, and answer with the statement."""
        get_invoice(self.book, id)
        known = {"payment": fields.identity, "amount": fields.optional(fields.amount)}
        sent = fields.read(request.data, known, required=("payment",))
        services.allocate(
            book=self.book,
            by=self.actor,
            invoice_id=id,
            entry_id=sent["payment"],
            amount=sent.get("amount"),
        )
        return Response(statements.detail(statements.get(self.book_id, id, self.today)))


class InvoiceAllocationView(BookView):
    """One payment that settles a statement."""

    @extend_schema(
        operation_id="invoices_take_back",
        summary="Take a payment back from a statement",
        responses=DELETED,
    )
    def delete(self, request: Request, id: UUID, payment: UUID) -> Response:
        """Let the payment settle others instead."""
        services.take_back(
            book=self.book, by=self.actor, invoice_id=id, entry_id=payment, today=self.today
        )
        return Response(status=204)
