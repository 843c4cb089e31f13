"""The API of what a book writes about exchange rates: those of its own."""

import re
from decimal import Decimal
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts import quotations, rate_serializers
from accounts.api import DELETED
from accounts.rate_api import ExchangeRatesView, ExchangeRateView
from buffet.rest import fields, query
from buffet.rest.responses import Response
from transactions import services

_RATE = re.compile(rate_serializers.RATE, re.ASCII)


def rate(value: object) -> Decimal:
    """Read a rate: a positive decimal number.

    :raises Malformed: if it is none.
    """
    if not isinstance(value, str) or len(value) > 40 or not _RATE.fullmatch(value):
        raise query.Malformed(
            'A rate is a string with a decimal number, such as "5.4321", '
            "of at most 12 digits before the point and 12 behind it."
        )
    found = Decimal(value)
    if not found:
        raise query.Malformed("A rate is more than zero.")
    return found


_CHANGES = {
    "on": fields.day,
    "rate": rate,
    "source": fields.cleared(fields.text(40)),
}


class LedgerRatesView(ExchangeRatesView):
    """The rates that the book sees, the latest first."""

    @extend_schema(
        operation_id="exchange_rates_create",
        summary="Add a rate of the book's own",
        request=rate_serializers.ExchangeRateCreate,
        responses={201: rate_serializers.ExchangeRateRead},
    )
    def post(self, request: Request) -> Response:
        """Add a rate that goes before the shared one of its day and pair, in this book.

        It holds from its day until there is a later one between the two currencies: the book's own
        or a shared one, of either direction, or the cross through the euro where both halves are
        quoted later. One that would hold on a day of a closed month is refused (`month_closed`):
        figures of closed months do not change by it.
        """
        sent = fields.read(
            request.data,
            {"base": fields.currency, "quote": fields.currency, **_CHANGES},
            required=("base", "quote", "on", "rate"),
        )
        rate = services.create_own_rate(book=self.book, by=self.actor, **sent)
        return Response(quotations.own_row(rate), status=201)


class LedgerRateView(ExchangeRateView):
    """One rate; only the book's own change, and of them those of open months."""

    @extend_schema(
        operation_id="exchange_rates_change",
        summary="Change a rate of the book's own",
        request=rate_serializers.ExchangeRateChange,
        responses=rate_serializers.ExchangeRateRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; a rate that all books share does not change here.

        One that holds on a day of a closed month, or would, is refused (`month_closed`).
        """
        services.get_own_rate(self.book, id)
        sent = fields.read(request.data, _CHANGES)
        rate = services.change_own_rate(book=self.book, by=self.actor, rate_id=id, **sent)
        return Response(quotations.own_row(rate))

    @extend_schema(
        operation_id="exchange_rates_delete",
        summary="Delete a rate of the book's own",
        responses=DELETED,
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete it: what is shared holds again.

        One that holds on a day of a closed month is refused (`month_closed`).
        """
        services.delete_own_rate(book=self.book, by=self.actor, rate_id=id)
        return Response(status=204)
