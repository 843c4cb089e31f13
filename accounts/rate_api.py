"""The API of exchange rates: the shared ones and the book's own, read; and conversion."""

from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts import quotations, rate_serializers
from accounts.models import BookRate
from accounts.rates import Rates, described
from buffet.errors import Fault, Invalid, NotFound, invalid
from buffet.money import BadAmount, BadCurrency, Money, parse_amount, parse_currency, text
from buffet.rest import query
from buffet.rest.documents import AMOUNT, CODE, DAY, ON, PAGING, component, parameter
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.views import BookView
from buffet.serializers import page_of

CURRENCY = {"type": "string", "pattern": CODE}


def _currency(text: str) -> str:
    """Read the code of a currency."""
    try:
        return parse_currency(text)
    except BadCurrency as error:
        raise query.Malformed(str(error)) from None


class ExchangeRatesView(BookView):
    """The rates that the book sees, the latest first."""

    shape = Shape(rate_serializers.ExchangeRateRead, {})
    parameters = {
        "get": PARAMETERS
        | {
            "base": _currency,
            "quote": _currency,
            "on": query.day,
            "date_from": query.day,
            "date_to": query.day,
            "scope": query.one_of(*quotations.SCOPES),
        }
    }

    @extend_schema(
        operation_id="exchange_rates_list",
        summary="List exchange rates",
        parameters=[
            *PAGING,
            parameter("base", "Only those of one unit of this currency.", CURRENCY),
            parameter("quote", "Only those in this currency.", CURRENCY),
            parameter(
                "on",
                "Of each pair only the rate in force on this day: its own, or the last before.",
                DAY,
            ),
            parameter("date_from", "The first day.", DAY),
            parameter("date_to", "The last day.", DAY),
            parameter("scope", "Only the book's own, or only the shared.", component("RateScope")),
        ],
        responses=page_of(rate_serializers.ExchangeRateRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of rates, shared and own."""
        asked = self.query
        filters = quotations.Filters(
            **{name: asked[name] for name in quotations.Filters.__slots__ if name in asked}
        )
        limit = asked.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(asked.get("cursor"), date.fromisoformat, str, str, str)
        rows = quotations.page(
            self.book_id,
            filters,
            limit=limit + 1,
            place=quotations.Place(*cursor.key) if cursor else None,
            back=cursor is not None and cursor.back,
        )
        return Response(page(request, rows, limit=limit, cursor=cursor, key=_key))


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return row["on"].isoformat(), row["base"], row["quote"], row["scope"]


class ExchangeRateView(BookView):
    """One rate."""

    row = BookRate
    shape = ExchangeRatesView.shape

    @extend_schema(
        operation_id="exchange_rates_read",
        summary="Read a rate",
        responses=rate_serializers.ExchangeRateRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the rate, shared or own."""
        found = quotations.rate(self.book_id, id)
        if found is None:
            raise NotFound("There is no such rate in this book.")
        return Response(found)


class ConversionView(BookView):
    """An amount in another currency."""

    parameters = {
        "get": {"amount": query.amount, "from": _currency, "to": _currency, "on": query.day},
    }

    @extend_schema(
        operation_id="exchange_rates_convert",
        summary="Convert an amount",
        parameters=[
            parameter("amount", "How much, no finer than its currency.", AMOUNT, required=True),
            parameter("from", "Its currency.", CURRENCY, required=True),
            parameter("to", "The currency wanted.", CURRENCY, required=True),
            ON,
        ],
        responses=rate_serializers.ConvertedRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with what the amount was worth on a day, at the rate that reports would take.

        The freshest of the pair, either way round, and of the cross through the euro; where there
        is neither, the cross of the book's own rates through the book's currency. A cross names the
        sources of both halves, and the older of their days.
        """
        missing = [name for name in ("amount", "from", "to") if name not in self.query]
        if missing:
            detail = "Say how much, of what, in what."
            raise Invalid([Fault(f"?{name}", "required", detail) for name in missing])
        source, target = self.query["from"], self.query["to"]
        try:
            amount = parse_amount(str(self.query["amount"]), source)
        except BadAmount as error:
            raise invalid("?amount", "malformed", str(error)) from None
        on = self.query.get("on", self.today)
        book = self.book
        rate = Rates.read(book.id, book.base_currency, target, [source], [on]).rate(source, on)
        return Response(
            {
                "amount": _money(Money(amount, source)),
                "converted": _money(rate.convert(amount, target)),
                **described(rate),
            }
        )


def _money(value: Money | None) -> dict[str, str] | None:
    if value is None:
        return None
    return {"amount": text(value.amount, value.currency), "currency": value.currency}
