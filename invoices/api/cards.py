"""The API of credit cards."""

from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from accounts.models import CardBrand, CreditCard
from buffet.errors import invalid
from buffet.rest import fields, query
from buffet.rest.documents import FLAG, parameter
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from invoices import serializers, services
from invoices.queries import cards

_DAY_OF_MONTH = fields.whole(1, 31)
_BRANDS = tuple(str(brand) for brand in CardBrand.values)


def last_four(value: object) -> str:
    """Read the last four digits of a card."""
    if isinstance(value, str):
        digits = value.isascii() and value.isdecimal() and len(value) == 4
        if not value or digits:
            return value
    raise fields.Malformed("These are four digits.")


def month(value: object) -> date:
    """Read a month, YYYY-MM, as its first day."""
    if isinstance(value, str) and len(value) == 7:
        return fields.day(f"{value}-01")
    raise fields.Malformed("A month is written YYYY-MM.")


_BOTH = {
    "name": fields.text(100, least=1),
    "brand": fields.one_of(*_BRANDS),
    "limit": fields.optional(fields.amount),
    "paying_account": fields.optional(fields.identity),
    "closing_day_is_next": fields.flag,
    "closing_day": _DAY_OF_MONTH,
    "due_day": _DAY_OF_MONTH,
}
NEW = _BOTH | {
    "account": fields.optional(fields.identity),
    "currency": fields.currency,
    "broker": fields.optional(fields.identity),
    "opened_on": fields.optional(fields.day),
    "opening_balance": fields.amount,
    "last_four": last_four,
}
CHANGES = _BOTH | {"last_four": fields.cleared(last_four), "from_month": month}
_OF_ACCOUNT = ("name", "currency", "broker", "opened_on", "opening_balance")


def _columns(sent: dict[str, Any]) -> dict[str, Any]:
    for name in ("account", "broker", "paying_account"):
        if name in sent:
            sent[f"{name}_id"] = sent.pop(name)
    return sent


class CreditCardsView(BookView):
    """The book's cards."""

    parameters = {"get": {"archived": query.flag}}

    @extend_schema(
        operation_id="credit_cards_list",
        summary="List credit cards",
        parameters=[parameter("archived", "Only archived cards, or only those in use.", FLAG)],
        responses=serializers.CreditCardsPage,
    )
    def get(self, request: Request) -> Response:
        """Answer with all cards, by name."""
        rows = cards.cards(self.book_id, self.today)
        archived = self.query.get("archived")
        if archived is not None:
            rows = [row for row in rows if (row["archived_at"] is not None) == archived]
        return Response({"results": rows, "next": None, "previous": None})

    @extend_schema(
        operation_id="credit_cards_create",
        summary="Add a credit card",
        request=serializers.CreditCardCreate,
        responses={201: serializers.CreditCardRead},
    )
    def post(self, request: Request) -> Response:
        """Make a card of an account, or of a new one; its statements are made ahead."""
        sent = fields.read(request.data, NEW, required=("closing_day", "due_day"))
        if sent.get("account") is None:
            sent.pop("account", None)
            missing = [name for name in ("name", "currency") if name not in sent]
            if missing:
                sentence = "Say of which account, or the name and currency of a new one."
                raise invalid(f"/{missing[0]}", "required", sentence)
        else:
            for name in _OF_ACCOUNT:
                if name in sent:
                    raise invalid(f"/{name}", "has_account", "The account already says this.")
        fields.in_currency(sent, "opening_balance", request.data.get("opening_balance"))
        card = services.create_card(
            book=self.book, by=self.actor, today=self.today, **_columns(sent)
        )
        return Response(cards.get(self.book_id, card.id, self.today), status=201)


class CreditCardView(BookView):
    """One card."""

    row = CreditCard

    @extend_schema(
        operation_id="credit_cards_read",
        summary="Read a credit card",
        responses=serializers.CreditCardRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the card."""
        return Response(cards.get(self.book_id, id, self.today))

    @extend_schema(
        operation_id="credit_cards_change",
        summary="Change a credit card",
        request=serializers.CreditCardChange,
        responses=serializers.CreditCardRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; new days hold from a month on."""
        services.cards.get_card(self.book, id)
        sent = fields.read(request.data, CHANGES)
        services.change_card(
            book=self.book, by=self.actor, card_id=id, today=self.today, **_columns(sent)
        )
        return Response(cards.get(self.book_id, id, self.today))

    @extend_schema(
        operation_id="credit_cards_delete", summary="Delete a credit card", responses=DELETED
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a card without entries, with its account and statements."""
        services.delete_card(book=self.book, by=self.actor, card_id=id)
        return Response(status=204)


class CreditCardArchiveView(BookView):
    """Archive a card."""

    @extend_schema(
        operation_id="credit_cards_archive",
        summary="Archive a credit card",
        request=None,
        responses=serializers.CreditCardRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Archive its account: it takes no more entries."""
        services.archive_card(book=self.book, by=self.actor, card_id=id)
        return Response(cards.get(self.book_id, id, self.today))


class CreditCardReopenView(BookView):
    """Take an archived card back into use."""

    @extend_schema(
        operation_id="credit_cards_reopen",
        summary="Reopen a credit card",
        request=None,
        responses=serializers.CreditCardRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Reopen its account."""
        services.reopen_card(book=self.book, by=self.actor, card_id=id)
        return Response(cards.get(self.book_id, id, self.today))
